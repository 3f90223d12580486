// One worker's cache: questions -> responses, bounded in octets, evicting what was not asked for
// again.
//
// Entries lie one after the other in a ring of octets, one write per insertion: no allocation, no
// fragmentation, no free lists, and the bound is exact. An entry is a header of 24 octets and the
// message, whose question is the key: an A answer takes about 80 octets. The table holds 8 octets an
// entry (offset and 32 bits of hash, so that rehashing never touches the ring) and is sized at
// start. When the ring is full the oldest entry goes: for good if nobody asked for it since it was
// written, else it is written anew at the front (second chance: an LRU that costs one bit on a hit).
// An entry that was replaced or has expired is dead weight until the oldest end reaches it.
//
// Admission: while the ring is full of live entries, a name is kept the second time it comes, not the first.
// Names that come once, as most do in most lists, would only push out others that come again, and writing
// and evicting them costs as much as reading and answering them.
//
// Threads: one. Time is an argument.
#ifndef DNSWARM_CACHE_CACHE_SHARD_H_
#define DNSWARM_CACHE_CACHE_SHARD_H_

#include <cstdint>
#include <memory>
#include <optional>

#include "absl/container/flat_hash_set.h"
#include "base/clock.h"
#include "base/huge_memory.h"
#include "base/octets.h"
#include "cache/seen_filter.h"
#include "dnswarm/resolver.h"
#include "dnswarm/types.h"

namespace dnswarm {

// A question as the cache knows it. `hash` must be a function of the other two.
struct CacheKey {
  uint64_t hash = 0;
  Octets qname;  // lower case, wire format
  RRType type{};
};

struct CacheValue {
  Octets message;       // header, the key as its only question, records. Out: valid until put()
  uint16_t upstream = 0;
  uint8_t kind = 0;     // the engine's own, 0-63
  uint32_t age_s = 0;   // out only: whole seconds since it was put, to count TTLs down
};

class CacheShard {
 public:
  // `octets_max` bounds ring and table together; 0 keeps nothing.
  explicit CacheShard(size_t octets_max);

  std::optional<CacheValue> get(const CacheKey& key, Instant now);
  // Keeps `value` for `ttl_s` seconds, replacing what was there; ttl_s 0 keeps nothing. Entries over
  // 1/16 of the ring are not kept, nor is what comes for the first time while the ring is full.
  void put(const CacheKey& key, const CacheValue& value, uint32_t ttl_s, Instant now);

  // Brings the place of a key in the table near, for a get() or put() that comes soon: the table is
  // larger than any processor cache, so each first look at it would wait for memory.
  void prefetch(uint64_t hash) const {
    if (ring_octets_ == 0) return;
    table_.prefetch(CacheKey{hash, {}, {}});
    seen_.prefetch(hash);
  }

  // The same for the entry, once the place is near: the first one with this hash, as far as most entries go.
  void prefetch_entry(uint64_t hash) const {
    if (ring_octets_ == 0) return;
    auto found = table_.find(HashOnly{static_cast<uint32_t>(hash >> 32)});
    if (found == table_.end()) return;
    const uint8_t* at = ring_.get() + size_t{found->at} * unit;
    __builtin_prefetch(at);
    __builtin_prefetch(at + 64);
    __builtin_prefetch(at + 128);
  }

  CacheStats stats() const;

 private:
  struct Entry;
  struct Slot {
    uint32_t at;    // in units, from the start of the ring
    uint32_t hash;  // upper half of the key's
  };
  struct HashOnly {  // stands for any key with this hash
    uint32_t hash;
  };
  struct Hash {
    using is_transparent = void;
    size_t operator()(HashOnly key) const { return spread(key.hash); }
    size_t operator()(Slot slot) const { return spread(slot.hash); }
    size_t operator()(const CacheKey& key) const { return spread(key_hash(key)); }
    static size_t spread(uint32_t hash) { return hash * size_t{0x9e3779b97f4a7c15u}; }
  };
  struct Equal {
    using is_transparent = void;
    const CacheShard* shard;
    bool operator()(Slot a, Slot b) const { return a.at == b.at; }
    bool operator()(Slot slot, HashOnly key) const { return slot.hash == key.hash; }
    bool operator()(HashOnly key, Slot slot) const { return slot.hash == key.hash; }
    bool operator()(Slot slot, const CacheKey& key) const;
    bool operator()(const CacheKey& key, Slot slot) const { return (*this)(slot, key); }
  };

  static uint32_t key_hash(const CacheKey& key) { return static_cast<uint32_t>(key.hash >> 32); }
  static size_t slots_of(size_t octets_max);
  static size_t entry_octets(size_t message_octets);
  bool ring_ends_at(size_t octet) const;
  bool has_room(size_t octets) const;
  bool admits(const CacheKey& key, size_t octets, Instant now);
  Entry* entry(size_t octet) const { return reinterpret_cast<Entry*>(ring_.get() + octet); }
  void make_room(size_t octets, Instant now);
  void prefetch_oldest();
  void advance_tail(Instant now);
  uint32_t write(const Entry& header, Octets message, size_t octets);
  static void move_slot(const Slot& slot, uint32_t at);

  static constexpr size_t unit = 8;  // 32-bit offsets reach 32 GiB
  static constexpr size_t slot_octets = sizeof(Slot) + 1;
  size_t entries_max_;
  size_t ring_octets_ = 0;
  // In plain pages, the table in huge ones: it is written in order, the table is read at random.
  Pages ring_;
  size_t head_ = 0;  // where the next entry goes
  size_t tail_ = 0;  // the oldest entry
  size_t used_ = 0;  // octets from tail to head, skipped ends of the ring included
  size_t table_octets_ = 0;  // the filter's included
  unsigned second_chances_left_ = 0;
  unsigned oldest_near_ = 0;  // how many of the oldest entries were brought near
  absl::flat_hash_set<Slot, Hash, Equal, HugeAllocator<Slot>> table_;
  SeenFilter seen_;
  CacheStats stats_;
};

}  // namespace dnswarm

#endif  // DNSWARM_CACHE_CACHE_SHARD_H_
