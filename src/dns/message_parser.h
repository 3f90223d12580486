// A response's octets -> header, question, records, EDNS. Everything is checked here, once: section
// counts against the octets there are, names and pointers, RDATA bounds, and the RDATA of every type
// whose format we know. What is handed on needs no further check.
#ifndef DNSWARM_DNS_MESSAGE_PARSER_H_
#define DNSWARM_DNS_MESSAGE_PARSER_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/octets.h"
#include "dns/header.h"
#include "dnswarm/response.h"

namespace dnswarm {

enum class ParseError : uint8_t {
  none,
  short_header,     // fewer than 12 octets
  bad_question,     // the question section does not parse
  bad_counts,       // a section count promises more records than the octets can hold
  bad_name,         // an owner name, or a name in RDATA, is malformed
  bad_rdata,        // RDLENGTH runs past the end, or does not fit the type
  bad_opt,          // two OPT records, one outside the additional section, or options that overrun
};
std::string_view code_text(ParseError error);  // "bad_rdata": stable

// OPT (RFC 6891), as received.
struct Edns {
  bool present = false;
  uint8_t version = 0;
  uint16_t udp_payload_octets = 0;
  bool dnssec_ok = false;
  Octets nsid;  // RFC 5001; empty if none
  Octets cookie;  // RFC 7873: client and server cookie, of whatever length; empty if none
};

struct Message {
  Octets octets;  // what was parsed; must outlive this
  Header header;
  // The first question; qdcount 0 leaves qname_octets 0. The QNAME stands uncompressed at offset 12.
  uint16_t qname_octets = 0;
  RRType qtype{};
  RRClass qclass{};
  std::vector<Record> records;  // answer, authority, additional in order; OPT is not among them
  size_t answer_count = 0;      // how many of them, from the front, are the answer section
  Edns edns;
  std::vector<ExtendedError> extended_errors;

  Octets qname() const { return octets.subspan(header_octets, qname_octets); }
  Rcode rcode() const { return rcode_; }  // with the 8 upper bits of EDNS
  bool truncated() const { return header.flags & HeaderFlags::tc; }

  Rcode rcode_{};
};

// Reads header and question only: enough to match a response to its query (RFC 5452), cheap enough
// to do first. bad_question also where qdcount is over 1 or the QNAME uses compression.
[[nodiscard]] ParseError parse_question(Octets octets, Message& message);

// The same where the octets are likely to be the response to one question: true where theirs is that one,
// octet for octet. False: it is not, or they are malformed; `message` is then as it was. Four times as fast.
[[nodiscard]] bool parse_question_of(Octets octets, Octets qname, RRType qtype, RRClass qclass,
                                     Message& message);

// Reads the rest, after parse_question succeeded on the same octets. `message` is reused without
// allocation. A message with TC set that breaks off in the middle of a record is valid up to there.
// Octets after the last record are ignored.
[[nodiscard]] ParseError parse_records(Message& message);

// The same for octets that parse_records() accepted before, such as what a cache kept of a message: names and
// RDATA are not checked again.
[[nodiscard]] ParseError parse_checked_records(Message& message);

}  // namespace dnswarm

#endif  // DNSWARM_DNS_MESSAGE_PARSER_H_
