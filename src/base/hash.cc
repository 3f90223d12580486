#include "base/hash.h"

#include "base/random.h"

namespace dnswarm {

uint64_t hash_seed() {
  static const uint64_t seed = Random().u64();
  return seed;
}

}  // namespace dnswarm
