// Which zone cuts somebody is finding out about, over all workers: one asks for com's servers, and the others
// look into the delegation cache a little later. Within a worker walks wait for one another directly; between
// workers they look again every few milliseconds, and not for longer than a query takes: so nobody waits in a
// circle.
//
// Threads: any. Sharded, a mutex each.
#ifndef DNSWARM_ITERATIVE_CUT_CLAIMS_H_
#define DNSWARM_ITERATIVE_CUT_CLAIMS_H_

#include <array>
#include <mutex>

#include "base/clock.h"
#include "iterative/name_map.h"

namespace dnswarm {

class CutClaims {
 public:
  static constexpr Duration look_again_after = std::chrono::milliseconds(2);
  static constexpr Duration wait_max = std::chrono::milliseconds(400);

  // With one worker there is nobody to coordinate with: every claim succeeds at no cost.
  explicit CutClaims(bool shared) : shared_(shared) {}

  // True: the caller holds it now, and is to release it. False: another one does.
  [[nodiscard]] bool take(const NameOctets& zone) {
    if (!shared_) return true;
    Shard& shard = shard_of(zone);
    std::lock_guard lock(shard.mutex);
    return shard.held.insert(zone).second;
  }
  void release(const NameOctets& zone) {
    if (!shared_) return;
    Shard& shard = shard_of(zone);
    std::lock_guard lock(shard.mutex);
    shard.held.erase(zone);
  }

 private:
  struct Shard {
    std::mutex mutex;
    NameSet held;  // no more than there are walks
  };
  static constexpr size_t shards = 16;

  Shard& shard_of(const NameOctets& zone) { return shards_[NameHash()(zone) >> 32 & (shards - 1)]; }

  const bool shared_;
  std::array<Shard, shards> shards_;
};

}  // namespace dnswarm

#endif  // DNSWARM_ITERATIVE_CUT_CLAIMS_H_
