// A hash table from 32-bit tags to indices (of slots in a slab): open addressing, linear probing, at most
// half full, erased by shifting back, so that a search ends at the first empty place.
//
// absl::flat_hash_map costs about 110 instructions for each insertion, search and erasure here (groups of
// control octets, and a random order of iteration nobody asked for); this takes about 20. It is for tables
// that stay in the second-level cache and whose tags are spread by a hash or are random anyway: the place
// is a product of the tag.
//
// Tags need not be unique: find() says which of those with the tag is meant. Threads: one.
#ifndef DNSWARM_BASE_PROBE_TABLE_H_
#define DNSWARM_BASE_PROBE_TABLE_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/check.h"

namespace dnswarm {

class ProbeTable {
 public:
  static constexpr uint32_t none = UINT32_MAX;

  // `expected`: entries it holds without growing.
  explicit ProbeTable(size_t expected = 0) { resize(std::bit_ceil(expected * 2 + 16)); }

  size_t size() const { return size_; }

  void insert(uint32_t tag, uint32_t index) {
    CHECK(index != none);
    if (++size_ > places_.size() / 2) grow();
    place(tag, index);
  }
  // The first index with this tag for which `match(index)` holds, or none.
  template <typename Match>
  uint32_t find(uint32_t tag, Match&& match) const {
    for (size_t at = home(tag);; at = next(at)) {
      const Place& p = places_[at];
      if (p.index == none) return none;
      if (p.tag == tag && match(p.index)) return p.index;
    }
  }
  uint32_t find(uint32_t tag) const {
    return find(tag, [](uint32_t) { return true; });
  }
  void prefetch(uint32_t tag) const { __builtin_prefetch(&places_[home(tag)]); }
  // The entry must be there; without an index, the one that find(tag) returns.
  void erase(uint32_t tag, uint32_t index = none) {
    size_t at = home(tag);
    while (places_[at].tag != tag || (index != none && places_[at].index != index)) {
      CHECK(places_[at].index != none);
      at = next(at);
    }
    CHECK(places_[at].index != none);
    --size_;
    // Whoever probed past this place moves up, if that is not before its home.
    for (size_t from = next(at); places_[from].index != none; from = next(from)) {
      size_t distance = (from - home(places_[from].tag)) & mask_;
      if (distance < ((from - at) & mask_)) continue;
      places_[at] = places_[from];
      at = from;
    }
    places_[at].index = none;
  }
  // Calls take(tag, index) for each, in no particular order. It must not change the table.
  template <typename Take>
  void for_each(Take&& take) const {
    for (const Place& p : places_) {
      if (p.index != none) take(p.tag, p.index);
    }
  }

 private:
  struct Place {
    uint32_t tag = 0;
    uint32_t index = none;
  };

  size_t home(uint32_t tag) const { return (uint64_t{tag} * 0x9e3779b1u & UINT32_MAX) >> shift_; }
  size_t next(size_t at) const { return (at + 1) & mask_; }
  void place(uint32_t tag, uint32_t index) {
    size_t at = home(tag);
    while (places_[at].index != none) at = next(at);
    places_[at] = {tag, index};
  }
  void resize(size_t places) {
    CHECK(places <= size_t{1} << 32);
    places_.assign(places, Place());
    mask_ = places - 1;
    shift_ = static_cast<unsigned>(32 - std::countr_zero(places));
  }
  void grow() {
    std::vector<Place> old;
    old.swap(places_);
    resize(old.size() * 2);
    for (const Place& p : old) {
      if (p.index != none) place(p.tag, p.index);
    }
  }

  std::vector<Place> places_;
  size_t mask_ = 0;
  unsigned shift_ = 0;
  size_t size_ = 0;
};

}  // namespace dnswarm

#endif  // DNSWARM_BASE_PROBE_TABLE_H_
