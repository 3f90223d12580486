#include "engine/response_match.h"

#include <algorithm>

#include "dns/name.h"

namespace dnswarm {

namespace {

bool is_failure_rcode(Rcode rcode) { return rcode != Rcode::NOERROR && rcode != Rcode::NXDOMAIN; }

}  // namespace

bool match_response(std::span<uint8_t> octets, Octets qname, RRType qtype, RRClass qclass, Message& message,
                    MismatchStats& counters) {
  bool as_asked = parse_question_of(octets, qname, qtype, qclass, message);
  if (!as_asked && parse_question(octets, message) != ParseError::none) {
    ++counters.malformed;
    return false;
  }
  if ((message.header.flags & (HeaderFlags::qr | HeaderFlags::opcode_mask)) != HeaderFlags::qr) {
    ++counters.not_a_response;
    return false;
  }
  if (as_asked) return true;
  if (message.qname_octets == 0) {
    // A bare header and nothing else: everything that follows would be unchecked.
    if (is_failure_rcode(message.rcode()) && octets.size() == header_octets) return true;
    ++counters.wrong_question;
    return false;
  }
  if (message.qtype != qtype || message.qclass != qclass || !names_equal(message.qname(), qname)) {
    ++counters.wrong_question;
    return false;
  }
  std::copy(qname.begin(), qname.end(), octets.begin() + header_octets);
  return true;
}

}  // namespace dnswarm
