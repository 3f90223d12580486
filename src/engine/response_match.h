// Whether octets are the response to a question: what of RFC 5452 section 9.1 is in the message itself.
// Source address, port and ID are the caller's to compare.
#ifndef DNSWARM_ENGINE_RESPONSE_MATCH_H_
#define DNSWARM_ENGINE_RESPONSE_MATCH_H_

#include <cstdint>
#include <span>

#include "dns/message_parser.h"
#include "dnswarm/resolver.h"

namespace dnswarm {

// True where it is one; its header and question are in `message` then, its records not yet (parse_records). A
// bare header with an RCODE that refuses the query matches, too: some servers send no more;
// message.qname_octets is 0 then. The name in the octets becomes `qname`, so that owners are shown as asked.
// False: counted.
[[nodiscard]] bool match_response(std::span<uint8_t> octets, Octets qname, RRType qtype, RRClass qclass,
                                  Message& message, MismatchStats& counters);

}  // namespace dnswarm

#endif  // DNSWARM_ENGINE_RESPONSE_MATCH_H_
