// Whether octets are the response to a question: what of RFC 5452 section 9.1 is in the message itself, and
// the case of its letters. Source address, port and ID are the caller's to compare.
#ifndef DNSWARM_ENGINE_RESPONSE_MATCH_H_
#define DNSWARM_ENGINE_RESPONSE_MATCH_H_

#include <cstdint>
#include <span>

#include "dns/message_parser.h"
#include "dnswarm/resolver.h"

namespace dnswarm {

struct SentQuestion {
  Octets qname;  // wire format, lower case
  RRType qtype{};
  RRClass qclass{};
  uint32_t case_bits = 0;  // as it was sent (dns/mixed_case.h); 0: any case will do
};

enum class Match : uint8_t { no, yes, other_case };

// Whether they are one. If so, header and question are in `message`, the records not yet (parse_records). A
// bare header with an RCODE that refuses the query matches, too: some servers send no more;
// message.qname_octets is 0 then. The name in the octets becomes `qname`, so that what points to it is shown
// as asked. No: counted.
[[nodiscard]] Match match_response(std::span<uint8_t> octets, const SentQuestion& sent, Message& message,
                                   MismatchStats& counters);

// Whether octets are a response to any question at all, which is in `message` then; the records are not.
[[nodiscard]] bool read_question_of_response(std::span<uint8_t> octets, Message& message);

// After parse_records: owners in the answer section that spell the QNAME's first labels out as they were
// sent, instead of pointing to them, become as in `qname`, too, and CNAMEs that are made from a DNAME as
// their owners.
void restore_spelling(std::span<uint8_t> octets, const SentQuestion& sent, const Message& message);

}  // namespace dnswarm

#endif  // DNSWARM_ENGINE_RESPONSE_MATCH_H_
