// What a cache entry holds: the engine's meaning of CacheValue::kind.
#ifndef DNSWARM_RESOLVER_CACHE_KIND_H_
#define DNSWARM_RESOLVER_CACHE_KIND_H_

#include <cstdint>

#include "dnswarm/response.h"

namespace dnswarm {

struct CacheKind {
  static constexpr uint8_t complete = 0;    // the final response
  static constexpr uint8_t open_chain = 1;  // a CNAME chain whose target must still be asked for
  static constexpr uint8_t failure = 2;     // + Failure: no definitive answer (RFC 9520)

  static uint8_t of(Failure f) { return static_cast<uint8_t>(failure + static_cast<uint8_t>(f)); }
  static bool is_failure(uint8_t kind) { return kind >= failure; }
  static Failure failure_of(uint8_t kind) { return static_cast<Failure>(kind - failure); }
};

}  // namespace dnswarm

#endif  // DNSWARM_RESOLVER_CACHE_KIND_H_
