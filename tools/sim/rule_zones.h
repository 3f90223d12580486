// Zones that a rule makes up from a list of domains: a root, TLDs, and a zone for each domain, 10 to 10^6 of
// them. Kept are the names and who is delegated what (about 100 octets a domain); records are made when
// they are asked for.
//
// 1. Domains. Each listed name of two or more labels is a zone of its own, delegated by the closest listed
//    name above it, or else by its TLD: without "co.uk" in the list, "example.co.uk" is delegated by "uk",
//    where "co.uk" is an empty non-terminal; with it, co.uk is a zone as well. Each last label is a TLD, and
//    the root delegates them. A listed single label makes a TLD and nothing more.
//
// 2. What a domain's zone holds (H: hosts_per_domain; addresses as rule_rdata.cc makes them of the name):
//      @          SOA NS A AAAA, MX 10 mail     www        A AAAA
//      mail       A                             host1...H  A, even ones AAAA too
//      host.ent   A; so ent is empty            ns1 ns2    A: the servers of this zone
//      alias      CNAME www                     away       CNAME www of the next domain in the list
//    less what lies below a zone cut; a domain that is called ns1 or ns2 of another one has at its apex that
//    server's A instead. Root and TLDs hold SOA, NS and delegations, the root also the
//    addresses of ns<i>.root-servers and ns<i>.tld-servers.
//
// 3. Servers: the root's, the TLDs', the domains', with consecutive addresses in this order. All root servers
//    serve the root; two of the TLD servers each TLD; two of the domains' servers (one, where there is no
//    other) each domain.
//
// 4. Delegations. A domain's name servers are ns1 and ns2 in itself, with glue. A glueless domain's are
//    those of a provider, on whose servers it is: a domain "h<i>.hosting" that is made up for this, with
//    zone and glue like the others.
#ifndef DNSWARM_SIM_RULE_ZONES_H_
#define DNSWARM_SIM_RULE_ZONES_H_

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/probe_table.h"
#include "zone_set.h"

namespace dnswarm::sim {

struct RuleZonesOptions {
  std::string names;        // the domains, one a line; doubles count once. Empty: `domains` are made up
  uint32_t domains = 1000;  // 1 to 10^7
  uint64_t seed = 1;

  uint32_t root_servers = 3;         // 1 to 13
  uint32_t tld_servers = 4;          // 1 to 1000
  uint32_t domain_servers = 0;       // 0: one for every ten domains, at least 2
  uint32_t first_ipv4 = 0x7f010000;  // of the servers: 127.1.0.0; 127.0.1.0 or above

  double glueless = 0;                 // of the domains, in percent
  uint32_t domains_per_provider = 10;  // 1 or more
  uint32_t hosts_per_domain = 4;       // 0 to 1000

  uint32_t ttl = 300;               // seconds; of everything that follows not
  uint32_t name_server_ttl = 3600;  // of NS and of the name servers' addresses, glue or not
  uint32_t negative_ttl = 60;       // of SOA and its MINIMUM
};

class RuleZones : public ZoneSet {
 public:
  // Null, and a sentence in *error, where an option is out of its range or a line is not a domain name.
  static std::unique_ptr<RuleZones> make(const RuleZonesOptions& options, std::string* error);

  const RuleZonesOptions& options() const { return options_; }
  uint32_t server_count() const {
    return options_.root_servers + options_.tld_servers + options_.domain_servers;
  }
  // Zones are in this order: the root, the domains as listed, TLDs, providers.
  ZoneIndex first_domain() const { return 1; }
  uint32_t domain_count() const { return domain_count_; }
  bool is_glueless(ZoneIndex zone) const { return entries_[zone].name_servers_of != zone; }
  // The zone that delegates it; of the root's, itself.
  ZoneIndex parent(ZoneIndex zone) const { return entries_[zone].parent; }
  // Names that the zone's own rule gives records, less those below its cuts; appended, the apex first.
  void list_names(ZoneIndex zone, std::vector<Name>& names) const;

  // ZoneSet
  ZoneIndex zone_count() const override { return zone_count_; }
  Octets apex(ZoneIndex zone) const override { return entries_[zone].name; }
  std::optional<ZoneIndex> zone_at(Octets name) const override;
  std::span<const ServerIndex> servers(ZoneIndex zone) const override;
  bool is_cut(ZoneIndex zone, Octets name) const override;
  bool exists(ZoneIndex zone, Octets name) const override;
  unsigned add_records(ZoneIndex zone, Octets name, RRType type, Section section, Octets owner,
                       Answer& answer) const override;

 private:
  friend class RuleZonesBuilder;
  enum class Depth : uint8_t { root, tld, domain, empty_non_terminal };
  struct Entry {
    Octets name;  // in blocks_
    ZoneIndex parent = 0;
    ZoneIndex name_servers_of = 0;  // itself, or its provider
    std::array<ServerIndex, 2> servers{};
    Depth depth = Depth::domain;
  };
  // What stands at a name of a zone, less its delegations.
  enum class Host : uint8_t { none, apex, www, mail, numbered, deep, empty, name_server, alias, away };
  struct Place {
    Host host = Host::none;
    uint32_t number = 0;  // of numbered and name_server, from 1
  };
  // The records of one add_records().
  struct Request;

  explicit RuleZones(const RuleZonesOptions& options) : options_(options) {}

  uint32_t find(Octets name) const;  // ProbeTable::none where there is none
  ZoneIndex topmost_child(ZoneIndex zone, Octets name) const;
  Place place_of(ZoneIndex zone, Octets name) const;
  unsigned server_count_of(const Entry& entry) const;
  ZoneIndex next_domain(ZoneIndex zone) const;
  Name name_server_name(ZoneIndex zone, unsigned number) const;
  void add_name_servers(const Request& request, ZoneIndex zone) const;
  void add_server_address(const Request& request, ServerIndex server) const;
  void add_delegated(const Request& request, ZoneIndex child, Octets name) const;
  void add_host(const Request& request, ZoneIndex zone, Place place, Octets name) const;
  void add_apex(const Request& request, ZoneIndex zone) const;

  RuleZonesOptions options_;
  std::vector<std::unique_ptr<uint8_t[]>> blocks_;  // names' octets
  std::vector<Entry> entries_;                      // zones, then empty non-terminals
  ProbeTable by_name_;                              // of entries_
  std::vector<ServerIndex> root_servers_;
  uint32_t zone_count_ = 0;
  uint32_t domain_count_ = 0;
};

}  // namespace dnswarm::sim

#endif  // DNSWARM_SIM_RULE_ZONES_H_
