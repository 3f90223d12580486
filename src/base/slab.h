// A pool of objects named by index, in one piece of address space: an object is found by one multiplication
// and never moves. Address space is set aside for as many as there may ever be; memory is touched, and
// objects are made, as they are needed. Freed slots are reused, last freed first: they are still near.
#ifndef DNSWARM_BASE_SLAB_H_
#define DNSWARM_BASE_SLAB_H_

#include <sys/mman.h>

#include <cstdint>
#include <memory>
#include <new>
#include <vector>

#include "base/check.h"

namespace dnswarm {

template <typename T>
class Slab {
 public:
  // At most `max` objects (rounded up). Throws std::bad_alloc where there is no address space for them.
  explicit Slab(size_t max) : max_((max + chunk - 1) / chunk * chunk) {
    CHECK(max_ > 0 && max_ <= UINT32_MAX);
    void* at = mmap(nullptr, max_ * sizeof(T), PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (at == MAP_FAILED) throw std::bad_alloc();
    objects_ = static_cast<T*>(at);
  }
  ~Slab() {
    std::destroy_n(objects_, made_);
    munmap(objects_, max_ * sizeof(T));
  }
  Slab(const Slab&) = delete;
  Slab& operator=(const Slab&) = delete;

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
  T& operator[](uint32_t index) { return objects_[index]; }
  const T& operator[](uint32_t index) const { return objects_[index]; }
  size_t used() const { return used_; }
  uint32_t capacity() const { return made_; }  // so far

 private:
  static constexpr uint32_t chunk = 1024;

  void grow() {
    CHECK(made_ + chunk <= max_);
    for (uint32_t i = 0; i < chunk; ++i) ::new (&objects_[made_ + i]) T();
    // Handed out from the lowest index up: few lookups in flight touch little memory.
    for (uint32_t i = chunk; i-- > 0;) free_.push_back(made_ + i);
    made_ += chunk;
  }

  size_t max_;
  T* objects_ = nullptr;
  uint32_t made_ = 0;
  std::vector<uint32_t> free_;
  size_t used_ = 0;
};

}  // namespace dnswarm

#endif  // DNSWARM_BASE_SLAB_H_
