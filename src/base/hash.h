// A hash of a few dozen octets, for tables: 64 bits, all of them good. Seeded once a process, so nobody
// outside can aim at one place or one worker; not for anything that is stored or shown: fnv1a() is for that.
//
// absl::Hash takes about 290 instructions for a name and its type, this takes about 50: sixteen octets at a
// time are multiplied and folded.
#ifndef DNSWARM_BASE_HASH_H_
#define DNSWARM_BASE_HASH_H_

#include <cstdint>
#include <cstring>

#include "base/octets.h"

namespace dnswarm {

// Of this process. From the system's random source.
uint64_t hash_seed();

namespace hash_detail {

// Odd, half of the bits set, otherwise without meaning.
inline constexpr uint64_t multiplier_a = 0x9c3b5d1ae46f7285u;
inline constexpr uint64_t multiplier_b = 0xd1e9638a57c4b2f3u;
inline constexpr uint64_t multiplier_c = 0x6a8f35e1c97b24d5u;

inline uint64_t word(const uint8_t* at) {
  uint64_t value;
  std::memcpy(&value, at, sizeof value);
  return value;
}
inline uint64_t half_word(const uint8_t* at) {
  uint32_t value;
  std::memcpy(&value, at, sizeof value);
  return value;
}
// Both halves of the product: the upper one spreads upwards, the lower one downwards.
inline uint64_t fold(uint64_t a, uint64_t b) {
  __extension__ using Product = unsigned __int128;
  const Product product = static_cast<Product>(a) * b;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

}  // namespace hash_detail

// FNV-1a, the same everywhere and always: for what is stored or shown, or must not differ between runs.
inline uint64_t fnv1a(Octets octets) {
  uint64_t hash = 0xcbf29ce484222325u;
  for (const uint8_t octet : octets) hash = (hash ^ octet) * 0x100000001b3u;
  return hash;
}

inline uint64_t hash_octets(Octets octets, uint64_t tag, uint64_t seed) {
  using namespace hash_detail;
  const uint8_t* at = octets.data();
  size_t left = octets.size();
  uint64_t hash = seed ^ fold(tag ^ multiplier_b, left ^ multiplier_c);
  for (; left > 16; at += 16, left -= 16) {
    hash = fold(word(at) ^ multiplier_a, word(at + 8) ^ hash);
  }
  // The last 1-16 octets as two words that may overlap.
  uint64_t first = 0, last = 0;
  if (left >= 8) {
    first = word(at);
    last = word(at + left - 8);
  } else if (left >= 4) {
    first = half_word(at);
    last = half_word(at + left - 4);
  } else if (left > 0) {
    first = uint64_t{at[0]} << 16 | uint64_t{at[left / 2]} << 8 | at[left - 1];
  }
  return fold(fold(first ^ multiplier_a, last ^ hash), multiplier_b ^ hash);
}

}  // namespace dnswarm

#endif  // DNSWARM_BASE_HASH_H_
