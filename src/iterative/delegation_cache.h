// The zone cuts that are known, by zone name: where a walk begins. Apart from the answer cache: what is here
// was said by parents about how to reach children, and never becomes an answer.
//
// Bounded in octets; what was not used for longest goes first (second chance). The root is always known.
//
// Threads: any. Cuts are shared and immutable, so that a walk may keep one while it is replaced. Sharded, a
// mutex each, which one thread alone does not lock.
#ifndef DNSWARM_ITERATIVE_DELEGATION_CACHE_H_
#define DNSWARM_ITERATIVE_DELEGATION_CACHE_H_

#include <array>
#include <deque>
#include <mutex>
#include <string_view>

#include "absl/container/flat_hash_set.h"
#include "base/clock.h"
#include "iterative/cut.h"
#include "iterative/delegation.h"

namespace dnswarm {

class DelegationCache {
 public:
  // NS records live for 2 days at the TLDs; who moves a zone expects a day.
  static constexpr uint32_t ttl_max_s = 86'400;

  // `octets_max` bounds names, addresses and table together, over all shards. `primed`: `root` is what the
  // root itself says, not hints. `shared`: by several threads.
  DelegationCache(const Delegation& root, size_t octets_max, bool primed = true, bool shared = true);

  // Whether the caller is to ask the root for its servers (priming, RFC 8109): they are hints, or their TTL
  // is over, and nobody was sent for them in the last 5 s.
  bool claim_priming(Instant now);
  // What came of it: replaces what is known of the root, for the TTL. A server that has no address there
  // keeps the ones that are known. Ignored where no server would have one.
  void set_root(Delegation root, Instant now);
  // Keeps a cut for its TTL from when it was learnt. One without TTL is not kept (the walk that learnt it may
  // use it all the same).
  void put(Cut cut);

  // The cut closest to `name` (in wire format, lower case): at it or above.
  Cut closest(Octets name, Instant now);
  // The same, but strictly above `name`: who is asked for DS records (RFC 4035 section 3.1.4.1). For the
  // root, the root.
  Cut closest_above(Octets name, Instant now);

  struct Stats {
    uint64_t cuts = 0;
    uint64_t octets = 0;
    uint64_t evicted = 0;
  };
  Stats stats() const;

 private:
  // The table has nothing but places of cuts, so that it stays near; a cut's name and time are in the cut,
  // which is needed next anyway.
  struct ZoneHash : NameHash {
    using NameHash::operator();
    size_t operator()(const Cut& cut) const { return (*this)(key_of(cut.zone())); }
  };
  struct SameZone {
    using is_transparent = void;
    bool operator()(const Cut& a, const Cut& b) const { return (*this)(a, key_of(b.zone())); }
    bool operator()(const Cut& a, std::string_view zone) const { return key_of(a.zone()) == zone; }
  };
  struct Shard {
    mutable std::mutex mutex;
    absl::flat_hash_set<Cut, ZoneHash, SameZone> cuts;
    std::deque<NameOctets> queue;  // of all zones in the table, each once, oldest first
    size_t octets = 0;
    uint64_t evicted = 0;
  };
  static constexpr size_t shards = 16;

  static size_t cost_octets(const Cut& cut);
  // The table goes by the low bits.
  Shard& shard_at(size_t hash) { return shards_[hash >> 32 & (shards - 1)]; }
  Cut find(Octets zone, Instant now);
  void evict(Shard& shard);

  const size_t shard_octets_max_;
  const bool shared_;
  std::array<Shard, shards> shards_;
  std::mutex root_mutex_;
  Cut root_;
  Instant prime_at_{};  // when the root is to be asked next
};

}  // namespace dnswarm

#endif  // DNSWARM_ITERATIVE_DELEGATION_CACHE_H_
