// The message header (RFC 1035 section 4.1.1, RFC 4035 section 3.2 for AD and CD):
//
//    0  1  2  3  4  5  6  7  8  9 10 11 12 13 14 15
//   |                      ID                       |
//   |QR|   Opcode  |AA|TC|RD|RA| Z|AD|CD|   RCODE   |
//   |                    QDCOUNT                    |
//   |                    ANCOUNT                    |
//   |                    NSCOUNT                    |
//   |                    ARCOUNT                    |
#ifndef DNSWARM_DNS_HEADER_H_
#define DNSWARM_DNS_HEADER_H_

#include <cstdint>

#include "base/octets.h"
#include "dnswarm/types.h"

namespace dnswarm {

inline constexpr size_t header_octets = 12;

struct HeaderFlags {
  static constexpr uint16_t qr = 0x8000;
  static constexpr uint16_t opcode_mask = 0x7800;
  static constexpr uint16_t aa = 0x0400;
  static constexpr uint16_t tc = 0x0200;
  static constexpr uint16_t rd = 0x0100;
  static constexpr uint16_t ra = 0x0080;
  static constexpr uint16_t ad = 0x0020;
  static constexpr uint16_t cd = 0x0010;
  static constexpr uint16_t rcode_mask = 0x000f;
};

struct Header {
  uint16_t id = 0;
  uint16_t flags = 0;
  uint16_t qdcount = 0;
  uint16_t ancount = 0;
  uint16_t nscount = 0;
  uint16_t arcount = 0;
};

// Of at least header_octets.
inline Header load_header(const uint8_t* at) {
  return {load_u16(at),     load_u16(at + 2), load_u16(at + 4),
          load_u16(at + 6), load_u16(at + 8), load_u16(at + 10)};
}

}  // namespace dnswarm

#endif  // DNSWARM_DNS_HEADER_H_
