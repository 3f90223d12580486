// A world from zone files: who serves a zone is what its delegation says.
#include <algorithm>

#include "dns/rdata_text.h"
#include "query_view.h"
#include "world.h"

namespace dnswarm::sim {
namespace {

constexpr uint8_t root_octets[] = {0};

std::string text_of(Octets name) {
  std::string text;
  append_name_text(name, text);
  return "'" + text + "'";
}

class Delegations {
 public:
  Delegations(const Zones& zones, std::string* error) : zones_(zones), error_(error) {}

  // The addresses of the zone's servers. False, and a sentence, where they are missing or wrong.
  bool read(ZoneIndex zone, std::vector<uint32_t>& ipv4s) {
    const Octets apex = zones_.apex(zone);
    const bool is_root = apex.size() == 1;
    const ZoneIndex parent = is_root ? zone : closest_zone(parent_of(apex));
    Answer names;
    if (zones_.add_records(parent, apex, RRType::NS, Section::authority, apex, names) == 0) {
      return fail(is_root ? "the root zone has no NS records"
                          : "zone " + text_of(apex) + " is not delegated by zone " +
                                text_of(zones_.apex(parent)));
    }
    for (const Answer::AnswerRecord& record : names.records()) {
      const Octets name = names.rdata(record);
      Answer addresses;
      if (add_addresses(parent, name, addresses) == 0) add_addresses(closest_zone(name), name, addresses);
      for (const Answer::AnswerRecord& address : addresses.records()) {
        if (!add_address(apex, addresses.rdata(address), ipv4s)) return false;
      }
    }
    return !ipv4s.empty() ||
           fail("zone " + text_of(apex) + ": no name server has an IPv4 address in these zones");
  }

 private:
  bool fail(const std::string& sentence) { return *error_ = sentence, false; }

  ZoneIndex closest_zone(Octets name) const {
    for (;; name = parent_of(name)) {
      if (const std::optional<ZoneIndex> zone = zones_.zone_at(name)) return *zone;  // there is a root zone
    }
  }
  unsigned add_addresses(ZoneIndex zone, Octets name, Answer& addresses) const {
    if (!is_subdomain(name, zones_.apex(zone))) return 0;
    return zones_.add_records(zone, LowerName(name).octets(), RRType::A, Section::additional, name,
                              addresses);
  }
  bool add_address(Octets apex, Octets rdata, std::vector<uint32_t>& ipv4s) {
    const uint32_t ipv4 = load_u32(rdata.data());
    if (ipv4 < 0x7f000100 || ipv4 > 0x7ffffffe) {
      std::string text;
      append_rdata_text(RRType::A, RRClass::IN, rdata, 0, rdata.size(), text);
      return fail("zone " + text_of(apex) + ": the name server's address " + text +
                  " does not lie in 127.0.1.0-127.255.255.254");
    }
    if (std::find(ipv4s.begin(), ipv4s.end(), ipv4) == ipv4s.end()) ipv4s.push_back(ipv4);
    return true;
  }

  const Zones& zones_;
  std::string* error_;
};

}  // namespace

std::unique_ptr<World> World::load(const std::vector<std::string>& paths, std::string* error) {
  std::unique_ptr<Zones> zones = load_zones(paths, false, error);
  if (!zones) return nullptr;
  if (!zones->zone_at(root_octets)) {
    *error = "none of the files has the root zone";
    return nullptr;
  }
  std::vector<std::vector<uint32_t>> by_zone(zones->zone_count());
  std::vector<uint32_t> all;
  Delegations delegations(*zones, error);
  for (ZoneIndex zone = 0; zone < zones->zone_count(); ++zone) {
    if (!delegations.read(zone, by_zone[zone])) return nullptr;
    all.insert(all.end(), by_zone[zone].begin(), by_zone[zone].end());
  }
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  for (ZoneIndex zone = 0; zone < zones->zone_count(); ++zone) {
    std::vector<ServerIndex> servers;
    for (const uint32_t ipv4 : by_zone[zone]) {
      servers.push_back(
          static_cast<ServerIndex>(std::lower_bound(all.begin(), all.end(), ipv4) - all.begin()));
    }
    zones->set_servers(zone, std::move(servers));
  }
  return std::unique_ptr<World>(new World(std::move(zones), all));
}

}  // namespace dnswarm::sim
