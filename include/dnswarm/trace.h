// How a name was walked for, step by step: each query to an authoritative server and what came of it, and
// what was known already. Options::trace asks for it; Response::trace has it, with the lifetime of the
// Response.
#ifndef DNSWARM_TRACE_H_
#define DNSWARM_TRACE_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dnswarm/response.h"

namespace dnswarm {

// What the walk made of a step. The texts of outcome_text() are stable.
enum class TraceOutcome : uint8_t {
  timeout,       // nothing usable had come when the walk went on without it
  referral,      // the zone cut `target`, with its `servers`
  answer,        // records of the type
  nodata,        // the name exists without such records
  nxdomain,      // the name does not exist
  alias,         // CNAME or DNAME: the walk went on with `target`
  no_cut,        // with QNAME minimisation: the name that was asked for is no zone cut
  truncated,     // asked again over TCP
  edns_refused,  // asked again without EDNS
  other_case,    // the question's letters were not in the case they were sent in (0x20): asked again over TCP
  near_miss,     // somebody guessed at its ID: no response to it was taken any more, and it was asked again
  lame,          // the server does not serve the zone: `code` (README.md, "Walking the hierarchy")
  broken,        // the response contradicts itself or cannot be read: `code`
  refused,       // another RCODE than NOERROR and NXDOMAIN
  unreachable,   // the query could not be sent, or its TCP connection was lost
  shared,        // another name's look-up found out the same: this one waited for it
};

// A name server of a zone cut, as its parent has it.
struct TraceServer {
  std::string name;
  std::vector<std::string> addresses;  // glue, without a port; empty: there was none
};

struct TraceStep {
  std::string qname;  // what was asked for
  RRType type{};
  unsigned depth = 0;   // 0: for the name itself; 1: for the address of a name server; 2: of one for that ...
  std::string zone;     // whose server was asked, or whose data were known
  std::string server;   // its name, and
  std::string address;  // "192.0.2.53:53"; both empty where `cached`
  Protocol protocol = Protocol::udp;
  bool cached = false;                           // known before: nothing was asked
  std::chrono::microseconds at{0};               // since the walk's first step
  std::optional<std::chrono::microseconds> rtt;  // where a response came
  std::optional<Rcode> rcode;                    // the same
  TraceOutcome outcome = TraceOutcome::timeout;
  std::string target;                // where referral or alias
  std::string_view code;             // where lame or broken; static
  std::vector<TraceServer> servers;  // where referral
};

// A walk whose steps are more than that shows its first ones.
inline constexpr size_t trace_steps_max = 256;

// "referral", "edns_refused", ...
std::string_view outcome_text(TraceOutcome outcome);

}  // namespace dnswarm

#endif  // DNSWARM_TRACE_H_
