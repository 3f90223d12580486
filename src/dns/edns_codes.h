// The numbers of EDNS (RFC 6891; IANA, "DNS EDNS0 Option Codes").
#ifndef DNSWARM_DNS_EDNS_CODES_H_
#define DNSWARM_DNS_EDNS_CODES_H_

#include <cstddef>
#include <cstdint>

namespace dnswarm {

struct EdnsOption {
  static constexpr uint16_t nsid = 3;             // RFC 5001
  static constexpr uint16_t client_subnet = 8;    // RFC 7871
  static constexpr uint16_t cookie = 10;          // RFC 7873
  static constexpr uint16_t extended_error = 15;  // RFC 8914
};
inline constexpr uint32_t edns_dnssec_ok = 0x8000;  // in OPT's TTL field (RFC 3225)

// RFC 7873 section 4: the client's part, and with the server's, which has 8-32.
inline constexpr size_t client_cookie_octets = 8;
inline constexpr size_t cookie_octets_min = client_cookie_octets + 8;
inline constexpr size_t cookie_octets_max = client_cookie_octets + 32;

}  // namespace dnswarm

#endif  // DNSWARM_DNS_EDNS_CODES_H_
