// Where the answer section of a response leads: from the QNAME along its CNAMEs (RFC 1034 section
// 3.6.2). A recursive upstream should have followed them to the end; not all do.
#ifndef DNSWARM_RESOLVER_CNAME_CHAIN_H_
#define DNSWARM_RESOLVER_CNAME_CHAIN_H_

#include "dns/message_parser.h"
#include "dns/name.h"

namespace dnswarm {

struct ChainEnd {
  enum class Kind : uint8_t {
    answered,  // the end of the chain has records of the type; or there is no chain at all
    open,      // it ends in a name for which the response holds nothing: `target`
    loop,      // it returns to a name it has been at, or has more than 16 links
  };
  Kind kind = Kind::answered;
  unsigned links = 0;
};

// From the QNAME of a message that has one. `target` is set where the result is open. Types CNAME and ANY
// ask for the links themselves.
ChainEnd follow_cnames(const Message& message, RRType type, Name& target);

}  // namespace dnswarm

#endif  // DNSWARM_RESOLVER_CNAME_CHAIN_H_
