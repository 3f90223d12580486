// The letters of a name in a random case (draft-vixie-dnsext-dns0x20): a forger has to guess it too. Servers
// send the question back as it came, all but a few.
#ifndef DNSWARM_DNS_MIXED_CASE_H_
#define DNSWARM_DNS_MIXED_CASE_H_

#include <bit>
#include <cstdint>

#include "base/octets.h"
#include "dns/octet_words.h"

namespace dnswarm {

// Writes `qname` (wire format, lower case) to `out`, as many octets, its letters in a case that `bits`
// determine: each in upper case for half of all bits. Length octets are below the letters, so they stay. No
// bits: an exact copy.
inline void mix_case(Octets qname, uint32_t bits, uint8_t* out) {
  constexpr uint64_t spread = 0x9e3779b97f4a7c15u;  // odd: bit i of a product depends on bits 0 to i
  const size_t size = qname.size();
  uint64_t chosen = bits * spread;
  if (size < word_octets) {
    for (size_t i = 0; i < size; ++i, chosen = std::rotl(chosen, 7)) {
      const bool letter = static_cast<uint8_t>(qname[i] - 'a') < 26;
      out[i] = static_cast<uint8_t>(qname[i] ^ (letter ? chosen & 0x20 : 0));
    }
    return;
  }
  for (size_t at = 0; at + word_octets < size; at += word_octets, chosen = std::rotl(chosen, 7) * spread) {
    store_word(upper_word(load_word(qname.data() + at), chosen), out + at);
  }
  const size_t last = size - word_octets;  // overlaps the one before, and has the last say
  store_word(upper_word(load_word(qname.data() + last), chosen), out + last);
}

}  // namespace dnswarm

#endif  // DNSWARM_DNS_MIXED_CASE_H_
