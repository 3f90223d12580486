// Memory for large tables that are read at random: in huge pages where the kernel grants them
// (transparent huge pages, mode "madvise" or "always"), which saves most TLB misses and page faults.
// Small amounts come from the heap. Fails by std::bad_alloc, as new does.
#ifndef DNSWARM_BASE_HUGE_MEMORY_H_
#define DNSWARM_BASE_HUGE_MEMORY_H_

#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>

namespace dnswarm {

inline constexpr size_t huge_page_octets = size_t{2} << 20;

// Plain pages, for what is written in order.
inline void* allocate_pages(size_t octets) {
  if (octets < huge_page_octets) return ::operator new(octets);
  void* at = mmap(nullptr, octets, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (at == MAP_FAILED) throw std::bad_alloc();
  return at;
}

inline void* allocate_huge(size_t octets) {
  void* at = allocate_pages(octets);
  // A wish: without it all works the same, slower.
  if (octets >= huge_page_octets) madvise(at, octets, MADV_HUGEPAGE);
  return at;
}

// Of either.
inline void release_huge(void* at, size_t octets) {
  if (octets < huge_page_octets) {
    ::operator delete(at);
  } else {
    munmap(at, octets);
  }
}

// Octets in plain pages. (Not by new: sanitizers end the process where that fails.)
struct PagesRelease {
  size_t octets = 0;
  void operator()(uint8_t* at) const { release_huge(at, octets); }
};
using Pages = std::unique_ptr<uint8_t[], PagesRelease>;
inline Pages make_pages(size_t octets) {
  return {static_cast<uint8_t*>(allocate_pages(octets)), PagesRelease{octets}};
}

// For containers.
template <typename T>
struct HugeAllocator {
  using value_type = T;
  HugeAllocator() = default;
  template <typename U>
  HugeAllocator(const HugeAllocator<U>&) {}
  T* allocate(size_t n) { return static_cast<T*>(allocate_huge(n * sizeof(T))); }
  void deallocate(T* at, size_t n) { release_huge(at, n * sizeof(T)); }
  template <typename U>
  bool operator==(const HugeAllocator<U>&) const {
    return true;
  }
};

}  // namespace dnswarm

#endif  // DNSWARM_BASE_HUGE_MEMORY_H_
