#include "base/random.h"

#include <sys/random.h>

#include <cerrno>

#include "base/check.h"

namespace dnswarm {

namespace {

// SplitMix64 (Steele, Lea, Flood 2014): enough for simulations, never used for real queries.
uint64_t split_mix(uint64_t& state) {
  uint64_t z = (state += 0x9e3779b97f4a7c15u);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

}  // namespace

Random::Random(uint64_t seed) : seeded_(true), state_(seed) {}

void Random::refill() {
  at_ = 0;
  if (seeded_) {
    for (size_t i = 0; i < pool_.size(); i += sizeof(uint64_t)) {
      uint64_t value = split_mix(state_);
      std::memcpy(pool_.data() + i, &value, sizeof value);
    }
    return;
  }
  size_t have = 0;
  while (have < pool_.size()) {
    ssize_t n = getrandom(pool_.data() + have, pool_.size() - have, 0);
    if (n < 0 && errno == EINTR) continue;
    CHECK(n > 0);  // getrandom(2) does not fail otherwise once the pool is initialised
    have += static_cast<size_t>(n);
  }
}

}  // namespace dnswarm
