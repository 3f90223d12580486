// What happened to one attempt (one query to one upstream over one transport). One flat enum; the
// engine decides in one place what follows from each.
#ifndef DNSWARM_UPSTREAM_ATTEMPT_RESULT_H_
#define DNSWARM_UPSTREAM_ATTEMPT_RESULT_H_

#include <cstdint>

namespace dnswarm {

enum class AttemptResult : uint8_t {
  answered,         // NOERROR or NXDOMAIN: definitive
  truncated,        // TC over UDP: the answer is to be had over TCP
  servfail,         // SERVFAIL: about the name, or about the upstream; only another one can tell
  refused,          // REFUSED: policy or throttling
  no_edns,          // FORMERR, NOTIMP or BADVERS to a query with EDNS: ask again without
  other_rcode,      // any other RCODE
  malformed,        // matched its query, but does not parse
  timed_out,        // nothing in time
  send_failed,      // it could not leave (no route, not permitted)
  connection_lost,  // the TCP connection could not be made, or ended first
};

}  // namespace dnswarm

#endif  // DNSWARM_UPSTREAM_ATTEMPT_RESULT_H_
