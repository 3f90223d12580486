#include "iterative/delegation_cache.h"

#include <algorithm>
#include <utility>

#include "base/optional_lock.h"
#include "dns/name.h"

namespace dnswarm {
namespace {

// Beside the cut itself: its slot, the name in the queue, and the allocator's part.
constexpr size_t entry_overhead_octets = 128;
constexpr Duration priming_pause = std::chrono::seconds(5);  // RFC 9520 section 3.2: failures are remembered

}  // namespace

DelegationCache::DelegationCache(const Delegation& root, size_t octets_max, bool primed, bool shared)
    : shard_octets_max_(octets_max / shards),
      shared_(shared),
      root_(root) {
  if (primed) prime_at_ = never;
}

bool DelegationCache::claim_priming(Instant now) {
  const OptionalLock lock(root_mutex_, shared_);
  if (now < prime_at_) return false;
  prime_at_ = now + priming_pause;
  return true;
}

void DelegationCache::set_root(Delegation root, Instant now) {
  const OptionalLock lock(root_mutex_, shared_);
  bool reachable = false;
  for (NameServer& server : root.servers) {
    for (size_t known = 0; known < root_.servers(); ++known) {
      if (!server.addresses.empty() || key_of(root_.server_name(known)) != server.name) continue;
      const std::span<const Address> addresses = root_.addresses(known);
      server.addresses.assign(addresses.begin(), addresses.end());
    }
    reachable |= !server.addresses.empty();
  }
  if (!reachable) return;
  prime_at_ = now + std::chrono::seconds(std::min(root.ttl_s, ttl_max_s));
  root_ = Cut(root);
}

size_t DelegationCache::cost_octets(const Cut& cut) {
  return entry_overhead_octets + cut.octets() + cut.zone().size();
}

void DelegationCache::put(Cut cut) {
  const std::string_view zone = key_of(cut.zone());
  if (cut.ttl_s() == 0 || zone.size() <= 1) return;
  const size_t octets = cost_octets(cut);
  const size_t hash = NameHash()(zone);
  Shard& shard = shard_at(hash);
  const OptionalLock lock(shard.mutex, shared_);
  if (const auto known = shard.cuts.find(zone, hash); known != shard.cuts.end()) {
    if (known->take_use()) cut.note_use();
    shard.octets -= cost_octets(*known);
    shard.cuts.erase(known);
  } else {
    shard.queue.emplace_back(zone);
  }
  shard.octets += octets;
  shard.cuts.insert(std::move(cut));
  evict(shard);
}

// Second chance: who was used since it came to the front goes to the back again.
void DelegationCache::evict(Shard& shard) {
  while (shard.octets > shard_octets_max_ && !shard.queue.empty()) {
    NameOctets zone = std::move(shard.queue.front());
    shard.queue.pop_front();
    const auto found = shard.cuts.find(std::string_view(zone));
    if (found->take_use() && shard.cuts.size() > 1) {
      shard.queue.push_back(std::move(zone));
      continue;
    }
    shard.octets -= cost_octets(*found);
    shard.cuts.erase(found);
    ++shard.evicted;
  }
}

Cut DelegationCache::find(Octets zone, Instant now) {
  const std::string_view key = key_of(zone);
  const size_t hash = NameHash()(key);
  Shard& shard = shard_at(hash);
  const OptionalLock lock(shard.mutex, shared_);
  const auto found = shard.cuts.find(key, hash);
  if (found == shard.cuts.end()) return Cut();
  const uint32_t ttl_s = std::min(found->ttl_s(), ttl_max_s);
  if (now >= found->learnt() + std::chrono::seconds(ttl_s)) return Cut();
  found->note_use();
  return *found;
}

Cut DelegationCache::closest(Octets name, Instant now) {
  for (; name.size() > 1; name = parent_of(name)) {
    if (Cut cut = find(name, now)) return cut;
  }
  const OptionalLock lock(root_mutex_, shared_);
  return root_;
}

Cut DelegationCache::closest_above(Octets name, Instant now) {
  return closest(name.size() > 1 ? parent_of(name) : name, now);
}

DelegationCache::Stats DelegationCache::stats() const {
  Stats stats;
  for (const Shard& shard : shards_) {
    const OptionalLock lock(shard.mutex, shared_);
    stats.cuts += shard.cuts.size();
    stats.octets += shard.octets;
    stats.evicted += shard.evicted;
  }
  return stats;
}

}  // namespace dnswarm
