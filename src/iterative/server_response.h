// What a response of an authoritative server means for the question it was asked, and what of it is believed.
//
// Here and nowhere else it is decided what is believed: records whose owner is at or below the zone that was
// asked (the bailiwick), and of the rest of the message nothing. Later steps see only what this left.
//
// Threads: pure functions.
#ifndef DNSWARM_ITERATIVE_SERVER_RESPONSE_H_
#define DNSWARM_ITERATIVE_SERVER_RESPONSE_H_

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "dns/message_parser.h"
#include "dns/name.h"
#include "iterative/delegation.h"

namespace dnswarm {

// Of a cut's name servers so many are kept: more are no use, and each may cost look-ups (NXNSAttack; Unbound
// scrubs to 20 as well).
inline constexpr size_t name_servers_max = 20;
// Addresses of one name server out of the additional section.
inline constexpr size_t glue_addresses_max = 8;
// CNAME and DNAME links in one response.
inline constexpr unsigned response_links_max = 16;

enum class Meaning : uint8_t {
  answer,    // `answers` has the links, if any, and the records of the type
  nodata,    // the name at the end of the links exists and has no such records
  nxdomain,  // it does not exist
  alias,     // the links lead to `target`, which is to be asked for
  referral,  // `delegation` is the zone cut to go on at
  lame,      // the server does not serve the zone, or not properly: `code`
  broken,    // the response contradicts itself: `code`
};

// The codes are stable; "lame" is said of
//   not_authoritative   an answer without AA: a cache, or a server that lost the zone
//   upward_referral     NS records of the zone asked, or of one above: it refers to itself or back up
//   empty               neither answer, nor SOA, nor NS, without AA
// and "broken" of
//   cname_loop          the links return, or are over response_links_max
//   nxdomain_with_answer  both at once
//   dname_too_long      a DNAME makes a name over 255 octets (RFC 6672 section 2.2)
struct ServerResponse {
  Meaning meaning = Meaning::broken;
  std::string_view code;        // where lame or broken
  std::vector<Record> answers;  // believed ones, in the order of the links; views into the message
  unsigned links = 0;
  Name target;                  // where alias
  uint32_t negative_ttl_s = 0;  // where nodata or nxdomain (RFC 2308 section 5); 0 without a believed SOA
  Delegation delegation;        // where referral

  void clear();
};

// Reads a parsed response (RCODE NOERROR or NXDOMAIN, not truncated) to `qname` and `qtype`, as it came from
// a server of `zone`, which is at or above qname. `out` is reused without allocation where it can be.
void read_server_response(const Message& message, Octets zone, Octets qname, RRType qtype,
                          ServerResponse& out);

// The zone's own name servers, out of a response that was read as the answer to a question for its NS
// records: those in `read`.answers, with the addresses that the message has for them.
Delegation read_name_servers(const Message& message, const ServerResponse& read);

// What an A or AAAA record of class IN holds, without a port; nothing for others.
std::optional<Address> address_of_record(const Record& record);

}  // namespace dnswarm

#endif  // DNSWARM_ITERATIVE_SERVER_RESPONSE_H_
