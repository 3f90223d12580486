// Which names came by before: one bit each in a field of bits (a Bloom filter with one hash). It never says
// "new" of a name it remembers; of one in 16 on average, at most one in 8, it says "seen" though it was not.
// When it has as many names as it was made for, it forgets all of them and begins again.
#ifndef DNSWARM_CACHE_SEEN_FILTER_H_
#define DNSWARM_CACHE_SEEN_FILTER_H_

#include <bit>
#include <cstdint>
#include <vector>

#include "base/huge_memory.h"

namespace dnswarm {

class SeenFilter {
 public:
  // 8 to 16 bits for each of `names`. Memory is taken here, and touched with the first name.
  explicit SeenFilter(size_t names) : names_max_(names), mask_(octets_of(names) * 8 - 1) {
    words_.reserve((mask_ + 1) / 64);
  }

  static size_t octets_of(size_t names) { return std::bit_ceil(names * 8 + 64) / 8; }

  // Remembers it. True where it was there already.
  bool test_and_set(uint64_t hash) {
    if (words_.empty() || names_ >= names_max_) begin();
    uint64_t& word = words_[word_of(hash)];
    const uint64_t bit = uint64_t{1} << (hash & 63);
    if ((word & bit) != 0) return true;
    word |= bit;
    ++names_;
    return false;
  }
  void prefetch(uint64_t hash) const {
    if (!words_.empty()) __builtin_prefetch(&words_[word_of(hash)], 1);
  }

 private:
  size_t word_of(uint64_t hash) const { return (hash & mask_) >> 6; }
  void begin() {
    words_.assign((mask_ + 1) / 64, 0);
    names_ = 0;
  }

  size_t names_max_;
  size_t names_ = 0;
  std::vector<uint64_t, HugeAllocator<uint64_t>> words_;
  size_t mask_;
};

}  // namespace dnswarm

#endif  // DNSWARM_CACHE_SEEN_FILTER_H_
