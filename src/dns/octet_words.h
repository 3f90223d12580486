// Octets of names eight at a time: the first is the lowest of the word.
#ifndef DNSWARM_DNS_OCTET_WORDS_H_
#define DNSWARM_DNS_OCTET_WORDS_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace dnswarm {

inline constexpr size_t word_octets = 8;

inline uint64_t load_word(const void* from) {
  uint64_t word;
  std::memcpy(&word, from, sizeof word);
  if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
  return word;
}
inline void store_word(uint64_t word, void* to) {
  if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
  std::memcpy(to, &word, sizeof word);
}

constexpr uint64_t each(uint8_t octet) { return 0x0101010101010101u * octet; }
inline constexpr uint64_t high_bits = each(0x80);

// For octets below 0x80: the high bit is set where the octet is in first-last. No sum carries over.
constexpr uint64_t in_range(uint64_t word, uint8_t first, uint8_t last) {
  return (word + each(static_cast<uint8_t>(0x80 - first))) &
         ~(word + each(static_cast<uint8_t>(0x7f - last)));
}

// ASCII letters in lower case, all else as it is.
constexpr uint64_t lower_word(uint64_t word) {
  const uint64_t letters = in_range(word & ~high_bits, 'A', 'Z') & ~word & high_bits;
  return word | letters >> 2;  // 0x20
}

// Letters in lower case get upper case where bit 5 of their octet in `chosen` is set.
constexpr uint64_t upper_word(uint64_t word, uint64_t chosen) {
  const uint64_t letters = in_range(word & ~high_bits, 'a', 'z') & ~word & high_bits;
  return word ^ (letters >> 2 & chosen);  // 0x20
}

}  // namespace dnswarm

#endif  // DNSWARM_DNS_OCTET_WORDS_H_
