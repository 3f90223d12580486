// A small internet: zones from the root down, the servers that serve them, each with an address of its own in
// 127/8, and what a resolver that walks them must find. It does no I/O and reads no clock.
//
// Threads: once made, any number may read.
#ifndef DNSWARM_SIM_WORLD_H_
#define DNSWARM_SIM_WORLD_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "authority.h"
#include "net/address.h"
#include "rule_zones.h"
#include "zone.h"
#include "zone_set.h"

namespace dnswarm::sim {

// What is the highest that a server serves.
enum class ServerRole : uint8_t { root, tld, domain };
std::string_view to_text(ServerRole role);  // "root", "tld", "domain"

class World {
 public:
  // Zones by the rule. Null, and a sentence in *error, where the options are wrong.
  static std::unique_ptr<World> make(const RuleZonesOptions& options, std::string* error);
  // Zones from files, one of them the root's. A zone's servers are those its delegation names, at their IPv4
  // addresses, which must lie in 127/8 but not in 127.0.0.0/24: as the delegating zone has them (glue), or
  // else the zone that has authority over the server's name; the root's by its own records.
  static std::unique_ptr<World> load(const std::vector<std::string>& paths, std::string* error);

  const ZoneSet& zones() const { return *zones_; }
  // Null where the zones are from files.
  const RuleZones* rule_zones() const { return rule_zones_; }

  // Servers are numbered by their addresses, in host order.
  ServerIndex server_count() const { return static_cast<ServerIndex>(servers_.size()); }
  uint32_t ipv4(ServerIndex server) const { return servers_[server].ipv4; }
  Address address(ServerIndex server, uint16_t port) const;
  std::optional<ServerIndex> server_at(uint32_t ipv4) const;
  ServerRole role(ServerIndex server) const { return servers_[server].role; }
  // What the server answers. Refers to this world; cheap to make and to copy.
  Authority authority(ServerIndex server) const { return {*zones_, server}; }
  // Which zones each server serves.
  std::vector<std::vector<ZoneIndex>> zones_by_server() const;

  // What a correct resolver must find for a question of class IN: the RCODE, and in the answer section the
  // CNAME links and the records at their end; where there are none, the SOA in the authority section. Fills a
  // cleared `expected`. False where there is nothing to find: the links return or are over
  // chain_links_max, or a delegation leads to a zone that is not here. Found by looking into the closest
  // zone, without asking any server.
  [[nodiscard]] bool expect(Octets name, RRType type, Answer& expected) const;

  // The root's servers, as a root hints file.
  std::string root_hints() const;

 private:
  struct Server {
    uint32_t ipv4;
    ServerRole role;
  };

  World(std::unique_ptr<ZoneSet> zones, const std::vector<uint32_t>& ipv4s);
  ZoneIndex closest_zone(Octets name, RRType type) const;

  std::unique_ptr<ZoneSet> zones_;
  const RuleZones* rule_zones_ = nullptr;
  std::vector<Server> servers_;
};

}  // namespace dnswarm::sim

#endif  // DNSWARM_SIM_WORLD_H_
