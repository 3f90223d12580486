// A question -> a query's octets. What all queries of a run share (flags, OPT) is built once.
#ifndef DNSWARM_DNS_QUERY_BUILDER_H_
#define DNSWARM_DNS_QUERY_BUILDER_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/octets.h"
#include "dns/edns_codes.h"
#include "dns/header.h"
#include "dns/name.h"
#include "dnswarm/types.h"

namespace dnswarm {

struct QueryOptions {
  bool recursion_desired = true;
  bool authentic_data = false;
  bool checking_disabled = false;
  bool edns = true;
  bool dnssec_ok = false;
  bool nsid = false;
  std::string client_subnet;  // "192.0.2.0/24"; must parse, see client_subnet_option
  uint16_t udp_payload_octets = 1232;
  RRClass rrclass = RRClass::IN;
};

// From the public Options or LoadOptions.
template <typename AnyOptions>
QueryOptions query_options_of(const AnyOptions& o) {
  return {o.recursion_desired, o.authentic_data, o.checking_disabled,  o.edns,   o.dnssec_ok,
          o.nsid,              o.client_subnet,  o.udp_payload_octets, o.rrclass};
}

// header + QNAME + QTYPE and QCLASS + OPT with NSID, ECS (RFC 7871: 4 + 4 + 16 octets) and COOKIE
inline constexpr size_t opt_octets_max = 11 + 4 + 4 + 4 + 16;
inline constexpr size_t query_octets_max =
    header_octets + name_octets_max + 4 + opt_octets_max + 4 + cookie_octets_max;

// What a forger who does not see a query cannot know of it, beside port and ID.
struct QuerySecrets {
  uint32_t case_bits = 0;  // of the QNAME's letters (mixed_case.h)
  Octets cookie;           // for the COOKIE option, at most cookie_octets_max; empty: none
};

// The ECS option's octets, code and length included, for "address/prefix"; nothing where the text is
// malformed. Bits after the prefix are cleared (RFC 7871 section 6).
std::optional<std::string> client_subnet_option(std::string_view text);
// One sentence where such a text is malformed; empty where it is fine, or there is none.
std::string client_subnet_error(const std::string& text);

class QueryBuilder {
 public:
  explicit QueryBuilder(const QueryOptions& options);

  // Writes the query into `out`, which has room for its size, and returns that. Without EDNS no cookie goes.
  size_t build(Octets qname, RRType type, uint16_t id, bool with_edns, uint8_t* out,
               const QuerySecrets& secrets = {}) const;
  size_t size(size_t qname_octets, bool with_edns, size_t cookie_octets = 0) const {
    const size_t size = header_octets + qname_octets + 4;
    return with_edns ? size + opt_size_ + (cookie_octets == 0 ? 0 : 4 + cookie_octets) : size;
  }
  bool edns() const { return opt_size_ != 0; }
  uint16_t flags() const { return flags_; }

 private:
  uint16_t flags_;
  uint16_t rrclass_;
  size_t opt_size_ = 0;  // 0: no EDNS at all
  std::array<uint8_t, opt_octets_max> opt_{};
};

}  // namespace dnswarm

#endif  // DNSWARM_DNS_QUERY_BUILDER_H_
