// What a message says to a load source: which query it may be the response to, and its RCODE. Its records are
// nobody's business here.
#ifndef DNSWARM_LOAD_LOAD_RESPONSE_H_
#define DNSWARM_LOAD_LOAD_RESPONSE_H_

#include <array>
#include <cstdint>

#include "base/octets.h"
#include "dns/name.h"

namespace dnswarm {

struct LoadResponse {
  enum class Kind : uint8_t {
    malformed,    // no response, or its question is cut off or compressed
    bare_header,  // refuses the query without its question: the ID is all there is to match
    question,     // has one, to match
    other,        // a response without a question, or with several
  };
  Kind kind = Kind::malformed;
  uint16_t id = 0;
  uint16_t flags = 0;  // the header's second 16 bits
  Octets question;     // QNAME, QTYPE and QCLASS, within the message
};

LoadResponse read_load_response(Octets message);

// A question with its name in lower case, as all names are asked. A view into `out`.
using QuestionRoom = std::array<uint8_t, name_octets_max + 4>;
Octets lower_question(Octets question, QuestionRoom& out);

}  // namespace dnswarm

#endif  // DNSWARM_LOAD_LOAD_RESPONSE_H_
