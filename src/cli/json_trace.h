// The trace of a row as JSON, one object a step, keys in this order:
//
//   name type depth zone cached server? proto? at_us rtt_us? rcode? outcome target? code? servers?
//
// server and proto are there where one was asked, rtt_us and rcode where it responded, target where the
// outcome is referral or alias, code where it is lame or broken, servers (the cut's, with the glue) where it
// is referral.
#ifndef DNSWARM_CLI_JSON_TRACE_H_
#define DNSWARM_CLI_JSON_TRACE_H_

#include <span>

#include "cli/row_buffer.h"
#include "dnswarm/trace.h"

namespace dnswarm::cli {

// The array, with its brackets.
void append_json_trace(RowBuffer& out, std::span<const TraceStep> trace);

}  // namespace dnswarm::cli

#endif  // DNSWARM_CLI_JSON_TRACE_H_
