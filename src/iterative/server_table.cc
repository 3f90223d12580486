#include "iterative/server_table.h"

#include <algorithm>
#include <vector>

#include "absl/hash/hash.h"
#include "base/hash.h"
#include "base/optional_lock.h"

namespace dnswarm {
namespace {

constexpr Duration rest_first = std::chrono::seconds(1);
constexpr unsigned rest_doublings_max = 6;

uint64_t hash_of(Octets zone) {
  static const uint64_t seed = hash_seed();
  return hash_octets(zone, 0, seed);
}

}  // namespace

ServerTable::ServerTable(double rate_per_server, size_t servers_max, bool shared)
    : rate_per_server_(rate_per_server),
      shard_servers_max_(std::max<size_t>(servers_max / shards, 1)),
      shared_(shared) {}

ServerTable::Place ServerTable::place_of(const Address& server) {
  const size_t hash = absl::Hash<Address>()(server);
  return {shards_[hash >> 40 & (shards - 1)], hash};
}

ServerTable::State& ServerTable::state_of(const Place& place, const Address& server, Instant now) {
  Shard& shard = place.shard;
  const auto found = shard.servers.find(server, place.hash);
  if (found != shard.servers.end()) {
    if (now - found->second.used > lifetime) found->second = State();
    found->second.used = now;
    return found->second;
  }
  if (shard.servers.size() >= shard_servers_max_) make_room(shard, now);
  State& state = shard.servers[server];
  state.used = now;
  return state;
}

// Everything that ended; where that is not an eighth, the older half of the rest. Rare, so it may look at
// all.
void ServerTable::make_room(Shard& shard, Instant now) {
  const size_t before = shard.servers.size();
  absl::erase_if(shard.servers, [&](const auto& entry) { return now - entry.second.used > lifetime; });
  if (shard.servers.size() * 8 <= before * 7) return;
  std::vector<Instant> used;
  for (const auto& [server, state] : shard.servers) used.push_back(state.used);
  const auto middle = used.begin() + static_cast<std::ptrdiff_t>(used.size() / 2);
  std::nth_element(used.begin(), middle, used.end());
  const Instant oldest_kept = *middle;
  absl::erase_if(shard.servers, [&](const auto& entry) { return entry.second.used <= oldest_kept; });
}

ServerView ServerTable::view(const Address& server, Octets zone, Instant now) {
  ServerView view;
  view.timeout = timeout_unknown;
  const Place place = place_of(server);
  const OptionalLock lock(place.shard.mutex, shared_);
  const auto found = place.shard.servers.find(server, place.hash);
  if (found == place.shard.servers.end() || now - found->second.used > lifetime) return view;
  const State& state = found->second;
  view.known = true;
  view.resting = now < state.rest_until;
  view.dead = view.resting && now >= state.silent_since + silence_of_the_dead;
  view.without_edns = state.without_edns;
  view.without_tcp = now < state.without_tcp_until;
  view.keeps_case = state.keeps_case.kept();
  if (state.rate) view.ready_at = state.rate->next(now);
  view.srtt = state.rtt.smoothed;
  if (state.rtt.known()) view.timeout = std::clamp(state.rtt.timeout(), timeout_min, timeout_max);
  if (now >= state.lame_until) return view;
  const uint64_t hash = hash_of(zone);
  for (const LameZone& lame : state.lame_zones) {
    if (lame.zone_hash != hash || now >= lame.until) continue;
    view.lame = lame.code;
    view.unsure_lame = lame.unsure;
  }
  return view;
}

void ServerTable::answered(const Address& server, Duration rtt, bool kept_case, Instant now) {
  const Place place = place_of(server);
  const OptionalLock lock(place.shard.mutex, shared_);
  State& state = state_of(place, server, now);
  state.silences = 0;
  state.last_word = now;
  state.rest_until = Instant();
  state.rtt.add(rtt);
  if (kept_case) state.keeps_case.on_shown();
}

void ServerTable::confirmed_other_case(const Address& server, Instant now) {
  const Place place = place_of(server);
  const OptionalLock lock(place.shard.mutex, shared_);
  state_of(place, server, now).keeps_case.on_confirmed();
}

void ServerTable::silent(const Address& server, Instant sent_at, Instant now) {
  const Place place = place_of(server);
  const OptionalLock lock(place.shard.mutex, shared_);
  State& state = state_of(place, server, now);
  if (sent_at < state.last_word) return;
  state.last_word = now;
  if (state.silences == 0) state.silent_since = sent_at;
  if (state.silences < UINT16_MAX) ++state.silences;
  if (state.silences < silences_to_rest) return;
  const unsigned doublings = std::min<unsigned>(state.silences - silences_to_rest, rest_doublings_max);
  state.rest_until = now + rest_first * (1 << doublings);
}

void ServerTable::refused_edns(const Address& server, Instant now) {
  const Place place = place_of(server);
  const OptionalLock lock(place.shard.mutex, shared_);
  state_of(place, server, now).without_edns = true;
}

void ServerTable::answered_over_tcp(const Address& server, Instant now) {
  const Place place = place_of(server);
  const OptionalLock lock(place.shard.mutex, shared_);
  State& state = state_of(place, server, now);
  state.takes_tcp = true;
  state.tcp_failures = 0;
  state.without_tcp_until = Instant();
}

void ServerTable::failed_over_tcp(const Address& server, Instant now) {
  const Place place = place_of(server);
  const OptionalLock lock(place.shard.mutex, shared_);
  State& state = state_of(place, server, now);
  if (state.takes_tcp || ++state.tcp_failures < tcp_failures_max) return;
  state.tcp_failures = 0;
  state.without_tcp_until = now + lifetime;
}

void ServerTable::lame(const Address& server, Octets zone, std::string_view code, bool unsure, Instant now) {
  const Place place = place_of(server);
  const OptionalLock lock(place.shard.mutex, shared_);
  State& state = state_of(place, server, now);
  state.lame_until = now + lifetime;
  const uint64_t hash = hash_of(zone);
  std::erase_if(state.lame_zones, [&](const LameZone& known) { return known.zone_hash == hash; });
  if (state.lame_zones.size() == lame_zones_max) state.lame_zones.erase(state.lame_zones.begin());
  state.lame_zones.push_back({hash, now + lifetime, code, unsure});
}

bool ServerTable::take(const Address& server, unsigned packets, Instant now) {
  if (!limited()) return true;
  const Place place = place_of(server);
  const OptionalLock lock(place.shard.mutex, shared_);
  State& state = state_of(place, server, now);
  if (!state.rate) state.rate = std::make_unique<RateLimit>(rate_per_server_);
  return state.rate->take(now, packets);
}

void ServerTable::give_back(const Address& server, unsigned packets, Instant now) {
  if (!limited()) return;
  const Place place = place_of(server);
  const OptionalLock lock(place.shard.mutex, shared_);
  if (State& state = state_of(place, server, now); state.rate) state.rate->give_back(packets);
}

Instant ServerTable::ready_at(const Address& server, Instant now) {
  if (!limited()) return now;
  const Place place = place_of(server);
  const OptionalLock lock(place.shard.mutex, shared_);
  const State& state = state_of(place, server, now);
  return state.rate ? state.rate->next(now) : now;
}

size_t ServerTable::size() const {
  size_t size = 0;
  for (const Shard& shard : shards_) {
    const OptionalLock lock(shard.mutex, shared_);
    size += shard.servers.size();
  }
  return size;
}

}  // namespace dnswarm
