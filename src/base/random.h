// Randomness as an argument. Message IDs and source ports must not be predictable (RFC 5452 section
// 4.2), so the worker's Random draws from the kernel's CSPRNG; a simulation seeds its own.
#ifndef DNSWARM_BASE_RANDOM_H_
#define DNSWARM_BASE_RANDOM_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace dnswarm {

class Random {
 public:
  Random() = default;                          // from the kernel's CSPRNG
  explicit Random(uint64_t seed);              // reproducible: for tests and simulations only
  uint16_t u16() { return take<uint16_t>(); }
  uint32_t u32() { return take<uint32_t>(); }
  uint64_t u64() { return take<uint64_t>(); }
  // Uniform below `bound` (> 0); the bias of the multiplication is below 2^-32 * bound.
  uint32_t below(uint32_t bound) {
    return static_cast<uint32_t>(uint64_t{u32()} * bound >> 32);
  }

 private:
  template <typename T>
  T take() {
    if (at_ + sizeof(T) > pool_.size()) refill();
    T value;
    std::memcpy(&value, pool_.data() + at_, sizeof value);
    at_ += sizeof(T);
    return value;
  }
  void refill();

  // One getrandom() per 2,048 IDs: the call costs about as much as sending two datagrams.
  std::array<uint8_t, 4096> pool_;
  size_t at_ = sizeof(pool_);
  bool seeded_ = false;
  uint64_t state_ = 0;
};

}  // namespace dnswarm

#endif  // DNSWARM_BASE_RANDOM_H_
