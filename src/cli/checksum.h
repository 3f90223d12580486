// A checksum of 64 bits over any octets, for what lies on disks between runs: torn writes, flipped bits,
// edited files. Not against an adversary. The same on every machine, whatever the parts are that octets come
// in.
//
// Eight octets at a time (little-endian) are xored in, multiplied and folded: each step is a bijection of the
// state, so a change within one such word is always seen, any other but with a chance of 2^-64.
#ifndef DNSWARM_CLI_CHECKSUM_H_
#define DNSWARM_CLI_CHECKSUM_H_

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace dnswarm::cli {

class Checksum {
 public:
  void add(std::string_view octets) {
    size_ += octets.size();
    while (pending_octets_ != 0 && !octets.empty()) {
      add_octet(octets.front());
      octets.remove_prefix(1);
    }
    for (; octets.size() >= sizeof(uint64_t); octets.remove_prefix(sizeof(uint64_t))) {
      uint64_t word;
      std::memcpy(&word, octets.data(), sizeof word);
      if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
      state_ = step(state_, word);
    }
    for (const char c : octets) add_octet(c);
  }

  // Of all octets so far; more may follow. The last word is filled with zeros, their number decides.
  uint64_t value() const { return step(step(state_, pending_), size_); }

 private:
  static uint64_t step(uint64_t state, uint64_t word) {
    state = (state ^ word) * 0x9e3779b97f4a7c15u;  // odd; 2^64 divided by the golden ratio
    return state ^ state >> 32;
  }
  void add_octet(char c) {
    pending_ |= uint64_t{static_cast<uint8_t>(c)} << 8 * pending_octets_;
    if (++pending_octets_ < sizeof pending_) return;
    state_ = step(state_, pending_);
    pending_ = 0;
    pending_octets_ = 0;
  }

  uint64_t state_ = 0x6a09e667f3bcc908u;  // the first bits of the square root of 2
  uint64_t size_ = 0;
  uint64_t pending_ = 0;
  size_t pending_octets_ = 0;
};

// Sixteen hexadecimal digits.
inline std::string hex_text(uint64_t number) {
  std::string text(16, '0');
  for (size_t i = 16; i-- > 0; number >>= 4) text[i] = "0123456789abcdef"[number & 15];
  return text;
}

inline std::string checksum_text(std::string_view octets) {
  Checksum checksum;
  checksum.add(octets);
  return hex_text(checksum.value());
}

}  // namespace dnswarm::cli

#endif  // DNSWARM_CLI_CHECKSUM_H_
