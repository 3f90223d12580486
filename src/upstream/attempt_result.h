// What happened to one attempt (one query to one upstream over one transport). One flat enum; the
// engine decides in one place what follows from each.
#ifndef DNSWARM_UPSTREAM_ATTEMPT_RESULT_H_
#define DNSWARM_UPSTREAM_ATTEMPT_RESULT_H_

#include <cstdint>

namespace dnswarm {

enum class AttemptResult : uint8_t {
  answered,         // NOERROR or NXDOMAIN: definitive
  truncated,        // TC over UDP: the answer is to be had over TCP
  truncated_empty,  // the same with no answers at all: perhaps throttling
  servfail,         // SERVFAIL: about the name, or about the upstream; only another one can tell
  refused,          // REFUSED: policy or throttling
  no_edns,          // FORMERR, NOTIMP or BADVERS to a query with EDNS: ask again without
  bad_cookie,       // BADCOOKIE: ask again with the cookie that came with it
  other_rcode,      // any other RCODE
  malformed,        // matched its query, but does not parse
  doubted,          // without a habit of this upstream (habit.h), so maybe forged: TCP will tell
  timed_out,        // nothing in time
  send_failed,      // it could not leave (no route, not permitted)
  connection_lost,  // the TCP connection could not be made, or ended first
};

// The upstream answered, as far as UDP can tell.
constexpr bool is_answer(AttemptResult result) {
  return result == AttemptResult::answered || result == AttemptResult::truncated ||
         result == AttemptResult::truncated_empty || result == AttemptResult::doubted;
}
// It may mean "too much", and nothing about the name.
constexpr bool may_be_throttle(AttemptResult result) {
  return result == AttemptResult::servfail || result == AttemptResult::refused ||
         result == AttemptResult::truncated_empty;
}
// Nothing came from it at all.
constexpr bool is_silence(AttemptResult result) {
  return result == AttemptResult::timed_out || result == AttemptResult::send_failed ||
         result == AttemptResult::connection_lost;
}

}  // namespace dnswarm

#endif  // DNSWARM_UPSTREAM_ATTEMPT_RESULT_H_
