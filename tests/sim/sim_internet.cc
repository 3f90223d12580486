#include "sim_internet.h"

#include <utility>

#include "base/check.h"
#include "lower_question.h"

namespace dnswarm::sim {
namespace {

std::unique_ptr<World> make_world(RuleZonesOptions options, uint64_t seed) {
  options.seed = seed;
  std::string error;
  auto world = World::make(options, &error);
  CHECK(world != nullptr);
  return world;
}

}  // namespace

SimInternet::SimInternet(const RuleZonesOptions& zones, const ServerFaults& faults, uint64_t seed)
    : world_(make_world(zones, seed)), random_(seed * 31 + 7) {
  models_.resize(world_->server_count());
  draw_models(faults);
  states_.resize(world_->zones().zone_count());
  const RuleZones& rule = *world_->rule_zones();
  for (ZoneIndex zone = 0; zone < states_.size(); ++zone) {
    const bool is_domain = zone >= rule.first_domain() && zone < rule.first_domain() + rule.domain_count();
    const bool is_honest = find_state(zone).honest;
    if (is_domain) (is_honest ? honest_zones_ : hostile_zones_).push_back(zone);
  }
  hostile_ = std::make_unique<HostileServers>(*world_, hostile_zones_, honest_zones_, seed);
  writer_ = std::make_unique<ResponseWriter>(*hostile_, nullptr, ResponderOptions{.authoritative = true});
}

void SimInternet::draw_models(const ServerFaults& faults) {
  const auto draw = [this] { return random_.below(1'000'000) / 1e6; };
  constexpr ServerFault lame[] = {ServerFault::refuses, ServerFault::refers_up,
                                  ServerFault::not_authoritative, ServerFault::fails, ServerFault::empty};
  for (ServerIndex server = 1; server < models_.size(); ++server) {
    ServerModel& model = models_[server];
    const bool is_domain = world_->role(server) == ServerRole::domain;
    double share = draw();
    const auto falls_to = [&](double part) {
      share -= part;
      return share < 0 && share + part >= 0;
    };
    if (falls_to(is_domain ? faults.hostile : 0)) model.fault = ServerFault::hostile;
    if (falls_to(faults.dead)) model.fault = ServerFault::dead;
    if (falls_to(faults.lame)) model.fault = lame[random_.below(std::size(lame))];
    if (falls_to(faults.returning)) {
      model.dies = Instant(std::chrono::milliseconds(random_.below(3'000)));
      model.returns = model.dies + std::chrono::milliseconds(random_.below(8'000));
    }
    model.refuses_edns = draw() < faults.refuses_edns;
    model.truncates = draw() < faults.truncating;
    if (draw() < faults.tcp_refused)
      model.tcp = random_.below(2) == 0 ? TcpFault::refused : TcpFault::unreachable;
    if (draw() < faults.tcp_silent) model.tcp = TcpFault::silent;
    model.lowers_case = faults.lowering_case > 0 && draw() < faults.lowering_case;
  }
}

ZoneIndex SimInternet::zone_of(Octets name, RRType type) const {
  Name lower;
  lower.assign_wire(name);
  name = lower.wire();
  if (type == RRType::DS && name.size() > 1) name = parent_of(name);
  for (;; name = parent_of(name)) {
    if (const auto zone = world_->zones().zone_at(name)) return *zone;
  }
}

const SimInternet::ZoneState& SimInternet::find_state(ZoneIndex zone) {
  ZoneState& state = states_[zone];
  if (std::exchange(state.known, true)) return state;
  state.honest = true;
  for (const ServerIndex server : world_->zones().servers(zone)) {
    state.honest &= !models_[server].is_hostile();
    state.reachable |= models_[server].answers();
  }
  const auto needs = [&](ZoneIndex other) {
    const ZoneState needed = find_state(other);
    state.honest &= needed.honest;
    state.reachable &= needed.reachable;
  };
  Name apex;
  apex.assign_wire(world_->zones().apex(zone));
  if (apex.size() > 1) needs(zone_of(parent_of(apex.wire()), RRType::A));
  Answer servers;
  CHECK(world_->expect(apex.wire(), RRType::NS, servers));
  for (const auto& record : servers.records()) {
    Name target;
    target.assign_wire(servers.rdata(record));
    if (!is_subdomain(target.wire(), apex.wire())) needs(zone_of(target.wire(), RRType::A));
  }
  state.reachable &= state.honest;
  return state;
}

std::vector<uint8_t> SimInternet::respond_lame(ServerFault fault, const QueryView& query, Octets octets,
                                               Transport transport) {
  std::vector<uint8_t> room(response_octets_max);
  ResponseNote note;
  switch (fault) {
    case ServerFault::refuses:
      room.resize(writer_->write_rcode(query, Rcode::REFUSED, false, room.data()));
      break;
    case ServerFault::fails:
      room.resize(writer_->write_rcode(query, Rcode::SERVFAIL, false, room.data()));
      break;
    case ServerFault::empty:
      room.resize(writer_->write_rcode(query, Rcode::NOERROR, false, room.data()));
      break;
    case ServerFault::refers_up: room.resize(writer_->write_upward_referral(query, room.data())); break;
    default:
      room.resize(writer_->write(octets, transport, {}, room.data(), note));
      if (fault == ServerFault::not_authoritative) room[2] &= static_cast<uint8_t>(~(HeaderFlags::aa >> 8));
  }
  return room;
}

std::vector<uint8_t> SimInternet::respond(ServerIndex server, Transport transport, Octets octets, Instant now,
                                          Duration& wait) {
  const ServerModel& model = models_[server];
  QueryView query;
  CHECK(parse_query(octets, query) == QueryError::none);
  const bool udp = transport == Transport::udp;
  if (model.dead_at(now)) return {};
  if (model.is_hostile()) return hostile_->respond(server, transport, query, random_, wait);
  std::vector<uint8_t> room(header_octets + name_octets_max + 32);
  if (query.edns && model.refuses_edns) {
    query.edns = false;
    room.resize(writer_->write_rcode(query, Rcode::FORMERR, false, room.data()));
    return room;
  }
  if (udp && model.truncates) {
    room.resize(writer_->write_rcode(query, Rcode::NOERROR, true, room.data()));
    return room;
  }
  const Authority authority = world_->authority(server);
  writer_->set_source(authority);
  room = respond_lame(model.fault, query, octets, transport);
  if (udp && model.lowers_case) lower_question(room);
  return room;
}

}  // namespace dnswarm::sim
