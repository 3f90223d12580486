#include "world.h"

#include <arpa/inet.h>

#include <algorithm>

#include "base/check.h"
#include "zone_text.h"

namespace dnswarm::sim {
namespace {

constexpr uint8_t root_octets[] = {0};

ServerRole role_of(Octets apex) {
  if (apex.size() == 1) return ServerRole::root;
  return parent_of(apex).size() == 1 ? ServerRole::tld : ServerRole::domain;
}

}  // namespace

std::string_view to_text(ServerRole role) {
  switch (role) {
    case ServerRole::root: return "root";
    case ServerRole::tld: return "tld";
    case ServerRole::domain: break;
  }
  return "domain";
}

World::World(std::unique_ptr<ZoneSet> zones, const std::vector<uint32_t>& ipv4s) : zones_(std::move(zones)) {
  for (const uint32_t ipv4 : ipv4s) servers_.push_back({ipv4, ServerRole::domain});
  for (ZoneIndex zone = 0; zone < zones_->zone_count(); ++zone) {
    for (const ServerIndex server : zones_->servers(zone)) {
      servers_[server].role = std::min(servers_[server].role, role_of(zones_->apex(zone)));
    }
  }
}

std::unique_ptr<World> World::make(const RuleZonesOptions& options, std::string* error) {
  std::unique_ptr<RuleZones> zones = RuleZones::make(options, error);
  if (!zones) return nullptr;
  std::vector<uint32_t> ipv4s(zones->server_count());
  for (uint32_t i = 0; i < ipv4s.size(); ++i) ipv4s[i] = zones->options().first_ipv4 + i;
  const RuleZones* const rule_zones = zones.get();
  std::unique_ptr<World> world(new World(std::move(zones), ipv4s));
  // Where there are more servers than TLDs, some have a role and no zone.
  const uint32_t roots = rule_zones->options().root_servers;
  for (uint32_t i = 0; i < rule_zones->options().tld_servers; ++i) {
    world->servers_[roots + i].role = ServerRole::tld;
  }
  world->rule_zones_ = rule_zones;
  return world;
}

Address World::address(ServerIndex server, uint16_t port) const {
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_addr.s_addr = htonl(ipv4(server));
  v4.sin_port = htons(port);
  return Address(reinterpret_cast<const sockaddr*>(&v4));
}

std::optional<ServerIndex> World::server_at(uint32_t ipv4) const {
  const auto at =
      std::lower_bound(servers_.begin(), servers_.end(), ipv4,
                       [](const Server& server, uint32_t wanted) { return server.ipv4 < wanted; });
  if (at == servers_.end() || at->ipv4 != ipv4) return std::nullopt;
  return static_cast<ServerIndex>(at - servers_.begin());
}

std::vector<std::vector<ZoneIndex>> World::zones_by_server() const {
  std::vector<std::vector<ZoneIndex>> zones(server_count());
  for (ZoneIndex zone = 0; zone < zones_->zone_count(); ++zone) {
    for (const ServerIndex server : zones_->servers(zone)) zones[server].push_back(zone);
  }
  return zones;
}

// The zone that has authority over the question. DS of a zone is its parent's (RFC 4035 section 3.1.4.1).
ZoneIndex World::closest_zone(Octets name, RRType type) const {
  if (type == RRType::DS && name.size() > 1) name = parent_of(name);
  for (;; name = parent_of(name)) {
    if (const std::optional<ZoneIndex> zone = zones_->zone_at(name)) return *zone;
    CHECK(name.size() > 1);  // there is a root zone
  }
}

bool World::expect(Octets name, RRType type, Answer& expected) const {
  Name asked;
  asked.assign_wire(name);
  for (unsigned links = 0; links <= chain_links_max; ++links) {
    const ZoneIndex zone = closest_zone(asked.wire(), type);
    if (!topmost_cut(*zones_, zone, asked.wire(), type).empty()) return false;
    const std::optional<Name> node = answering_name(*zones_, zone, asked.wire());
    const auto add = [&](RRType of_type) {
      return zones_->add_records(zone, node->wire(), of_type, Section::answer, asked.wire(), expected) > 0;
    };
    if (!node) expected.rcode = Rcode::NXDOMAIN;
    if (node && add(type)) return true;
    if (!node || !add(RRType::CNAME)) {
      add_negative(*zones_, zone, expected);
      return true;
    }
    asked = last_target(expected);
  }
  return false;
}

std::string World::root_hints() const {
  Answer hints;
  authority(zones_->servers(*zones_->zone_at(root_octets))[0])
      .answer(root_octets, RRType::NS, RRClass::IN, hints);
  std::string text;
  for (const Answer::AnswerRecord& record : hints.records()) {
    if (record.type != RRType::NS && record.type != RRType::A) continue;
    append_record_line(hints, record, text);
  }
  return text;
}

}  // namespace dnswarm::sim
