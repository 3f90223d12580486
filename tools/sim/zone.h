// Zones from zone files. Asked as one server, they answer as authority.h says, out of all loaded zones.
#ifndef DNSWARM_SIM_ZONE_H_
#define DNSWARM_SIM_ZONE_H_

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "authority.h"
#include "zone_set.h"

namespace dnswarm::sim {

// The zones' records, and how they are looked up.
class Zones : public ZoneSet, public AnswerSource {
 public:
  explicit Zones(bool rotate) : rotate_(rotate) {}
  Zones(const Zones&) = delete;
  Zones& operator=(const Zones&) = delete;

  // The same apex again is the same zone. Server 0 serves it, until it is said who does.
  ZoneIndex add_zone(const std::string& apex);
  // Records come in any order. An owner outside of its zone is left out.
  void add(ZoneIndex zone, const std::string& owner, RRType type, uint32_t ttl, std::string rdata);
  void set_servers(ZoneIndex zone, std::vector<ServerIndex> servers) {
    zones_[zone].servers = std::move(servers);
  }

  // ZoneSet
  ZoneIndex zone_count() const override { return static_cast<ZoneIndex>(zones_.size()); }
  Octets apex(ZoneIndex zone) const override;
  std::optional<ZoneIndex> zone_at(Octets name) const override;
  std::span<const ServerIndex> servers(ZoneIndex zone) const override { return zones_[zone].servers; }
  bool is_cut(ZoneIndex zone, Octets name) const override;
  bool exists(ZoneIndex zone, Octets name) const override { return find(zone, name) != nullptr; }
  unsigned add_records(ZoneIndex zone, Octets name, RRType type, Section section, Octets owner,
                       Answer& answer) const override;
  // AnswerSource: server 0
  void answer(Octets qname, RRType qtype, RRClass qclass, Answer& answer) const override {
    Authority(*this, 0).answer(qname, qtype, qclass, answer);
  }

 private:
  struct RRset {
    uint32_t ttl = 0;
    std::vector<std::string> rdata;
  };
  using Node = std::map<RRType, RRset>;  // empty: an empty non-terminal
  struct NameHash {
    using is_transparent = void;
    size_t operator()(std::string_view name) const { return std::hash<std::string_view>{}(name); }
  };
  template <typename Value>
  using ByName = std::unordered_map<std::string, Value, NameHash, std::equal_to<>>;
  struct Zone {
    std::string apex;
    std::vector<ServerIndex> servers;
    ByName<Node> nodes;
  };

  const Node* find(ZoneIndex zone, Octets name) const;
  void add_rrset(Octets owner, RRType type, const RRset& rrset, Section section, Answer& answer) const;

  bool rotate_;
  std::deque<Zone> zones_;
  ByName<ZoneIndex> apexes_;
};

// Reads the files. Null, and a sentence in *error, where one cannot be read, is malformed, or has
// no SOA; or where this program was built without ldns. `rotate`: RRsets of several records begin
// with the next one in each response.
std::unique_ptr<Zones> load_zones(const std::vector<std::string>& paths, bool rotate, std::string* error);

}  // namespace dnswarm::sim

#endif  // DNSWARM_SIM_ZONE_H_
