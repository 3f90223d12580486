// Wire format for tests, from hex and from presentation format.
#ifndef DNSWARM_TESTS_DNS_WIRE_TEXT_H_
#define DNSWARM_TESTS_DNS_WIRE_TEXT_H_

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "dns/name.h"
#include "dns/rdata_text.h"

namespace dnswarm {

using Bytes = std::vector<uint8_t>;

// "c0 00 02 01" or "c0000201".
inline Bytes bytes_of_hex(std::string_view hex) {
  Bytes bytes;
  unsigned value = 0;
  bool half = false;
  for (char c : hex) {
    if (c == ' ') continue;
    value = value << 4 | static_cast<unsigned>(c <= '9' ? c - '0' : (c | 32) - 'a' + 10);
    if (half) bytes.push_back(static_cast<uint8_t>(value));
    half = !half;
  }
  CHECK(!half);
  return bytes;
}

inline std::string hex_of(Octets octets) {
  std::string hex;
  for (uint8_t octet : octets) {
    hex += "0123456789abcdef"[octet >> 4];
    hex += "0123456789abcdef"[octet & 15];
  }
  return hex;
}

inline Bytes name_bytes(std::string_view text) {
  Name name;
  const NameError error = name.assign_text(text);
  CHECK(error == NameError::none);
  return {name.wire().begin(), name.wire().end()};
}

inline Bytes bytes_of(std::string_view text) { return {text.begin(), text.end()}; }

inline Bytes joined(std::initializer_list<Bytes> parts) {
  Bytes all;
  for (const Bytes& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

inline std::string text_of_name(Octets wire) {
  std::string text;
  append_name_text(wire, text);
  return text;
}

inline bool rdata_is_valid_alone(RRType type, const Bytes& rdata, RRClass rrclass = RRClass::IN) {
  return rdata_is_valid(type, rrclass, rdata, 0, rdata.size());
}

inline std::string text_of_rdata(RRType type, const Bytes& rdata, bool dotted = false,
                                 RRClass rrclass = RRClass::IN) {
  if (!rdata_is_valid_alone(type, rdata, rrclass)) return "(invalid)";
  std::string text;
  append_rdata_text(type, rrclass, rdata, 0, rdata.size(), text, dotted);
  return text;
}

}  // namespace dnswarm

#endif  // DNSWARM_TESTS_DNS_WIRE_TEXT_H_
