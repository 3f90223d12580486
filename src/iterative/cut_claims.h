// Which zone cuts somebody is finding out about, over all workers: one asks for com's servers, and the others
// look into the delegation cache a little later. Within a worker walks wait for one another directly; between
// workers they look again every few milliseconds, and not for longer than a query takes: so nobody waits in a
// circle.
//
// Zones go by the hash of their name (NameHash): where two have the same one, one of them waits for nothing,
// a little.
//
// Threads: any. Sharded, a mutex each.
#ifndef DNSWARM_ITERATIVE_CUT_CLAIMS_H_
#define DNSWARM_ITERATIVE_CUT_CLAIMS_H_

#include <algorithm>
#include <array>
#include <cstdint>
#include <mutex>

#include "absl/container/flat_hash_set.h"
#include "base/clock.h"
#include "iterative/name_map.h"

namespace dnswarm {

class CutClaims {
 public:
  static constexpr Duration look_again_after = std::chrono::milliseconds(2);
  static constexpr Duration wait_max = std::chrono::milliseconds(400);

  // With one worker there is nobody to coordinate with: every claim succeeds at no cost.
  explicit CutClaims(bool shared) : shared_(shared) {}

  // Never 0.
  static uint64_t hash_of(Octets zone) { return std::max<uint64_t>(NameHash()(key_of(zone)), 1); }

  // True: the caller holds it now, and is to release it. False: another one does.
  [[nodiscard]] bool take(uint64_t zone_hash) {
    if (!shared_) return true;
    Shard& shard = shard_of(zone_hash);
    std::lock_guard lock(shard.mutex);
    return shard.held.insert(zone_hash).second;
  }
  void release(uint64_t zone_hash) {
    if (!shared_) return;
    Shard& shard = shard_of(zone_hash);
    std::lock_guard lock(shard.mutex);
    shard.held.erase(zone_hash);
  }

 private:
  struct Shard {
    std::mutex mutex;
    absl::flat_hash_set<uint64_t> held;  // no more than there are walks
  };
  static constexpr size_t shards = 16;

  Shard& shard_of(uint64_t zone_hash) { return shards_[zone_hash >> 32 & (shards - 1)]; }

  const bool shared_;
  std::array<Shard, shards> shards_;
};

}  // namespace dnswarm

#endif  // DNSWARM_ITERATIVE_CUT_CLAIMS_H_
