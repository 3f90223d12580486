// Brings memory near before it is needed. A hint: nothing happens where there is none.
#ifndef DNSWARM_BASE_PREFETCH_H_
#define DNSWARM_BASE_PREFETCH_H_

#include <cstddef>

namespace dnswarm {

inline void prefetch(const void* begin, size_t octets) {
  constexpr size_t cache_line_octets = 64;
  const auto* at = static_cast<const char*>(begin);
  for (const char* const end = at + octets; at < end; at += cache_line_octets) __builtin_prefetch(at);
}

}  // namespace dnswarm

#endif  // DNSWARM_BASE_PREFETCH_H_
