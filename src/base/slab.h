// A pool of objects named by index. Grows in chunks (objects never move), reuses freed slots, never
// shrinks: its size is bounded by whoever allocates.
#ifndef DNSWARM_BASE_SLAB_H_
#define DNSWARM_BASE_SLAB_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "base/check.h"

namespace dnswarm {

template <typename T>
class Slab {
 public:
  // Returns the index of a slot; its object is as the last user left it (or default-made).
  uint32_t allocate() {
    if (free_.empty()) grow();
    uint32_t index = free_.back();
    free_.pop_back();
    ++used_;
    return index;
  }
  void release(uint32_t index) {
    CHECK(used_ > 0);
    --used_;
    free_.push_back(index);
  }
  T& operator[](uint32_t index) { return chunks_[index / chunk][index % chunk]; }
  const T& operator[](uint32_t index) const { return chunks_[index / chunk][index % chunk]; }
  size_t used() const { return used_; }
  uint32_t capacity() const { return static_cast<uint32_t>(chunks_.size() * chunk); }

 private:
  static constexpr uint32_t chunk = 1024;

  void grow() {
    auto first = static_cast<uint32_t>(chunks_.size() * chunk);
    chunks_.push_back(std::make_unique<T[]>(chunk));
    // Handed out from the lowest index up: few lookups in flight touch little memory.
    for (uint32_t i = chunk; i-- > 0;) free_.push_back(first + i);
  }

  std::vector<std::unique_ptr<T[]>> chunks_;
  std::vector<uint32_t> free_;
  size_t used_ = 0;
};

}  // namespace dnswarm

#endif  // DNSWARM_BASE_SLAB_H_
