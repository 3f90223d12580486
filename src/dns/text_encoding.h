// Octets as the text that presentation formats share: numbers, addresses, hex, base64, base32hex
// and quoted strings. All append, none allocates beyond `out`.
#ifndef DNSWARM_DNS_TEXT_ENCODING_H_
#define DNSWARM_DNS_TEXT_ENCODING_H_

#include <string>

#include "base/octets.h"

namespace dnswarm {

void append_decimal(uint32_t value, std::string& out);
// At least `digits` of them, with leading zeros.
void append_decimal_padded(uint32_t value, size_t digits, std::string& out);
void append_ipv4(const uint8_t* address, std::string& out);  // 4 octets
// 16 octets, as RFC 5952 recommends and inet_ntop does.
void append_ipv6(const uint8_t* address, std::string& out);
void append_hex(Octets octets, std::string& out);        // upper case, as dig writes digests
void append_base64(Octets octets, std::string& out);     // RFC 4648 section 4, padded
void append_base32hex(Octets octets, std::string& out);  // RFC 5155 section 3.3: unpadded
// The octets of a <character-string> (RFC 1035 section 5.1) without the quotes: `"` and `\` behind a
// backslash, octets outside 32-126 as \DDD.
void append_string_octets(Octets octets, std::string& out);

}  // namespace dnswarm

#endif  // DNSWARM_DNS_TEXT_ENCODING_H_
