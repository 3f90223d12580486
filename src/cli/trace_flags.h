// The command line of `dnswarm trace`.
#ifndef DNSWARM_CLI_TRACE_FLAGS_H_
#define DNSWARM_CLI_TRACE_FLAGS_H_

#include <optional>
#include <string>

#include "dnswarm/options.h"

namespace dnswarm::cli {

struct TraceFlags {
  Options options;  // iterative, with traces
  std::string name;
  RRType type = RRType::A;
  bool all_servers = false;
};

// Either flags to run with, or a text for stdout (exit 0) or for stderr (exit 2).
struct TraceFlagsResult {
  std::optional<TraceFlags> flags;
  int exit_code = 0;
  std::string text;
};

TraceFlagsResult trace_flags_from_arguments(int argc, const char* const* argv);

}  // namespace dnswarm::cli

#endif  // DNSWARM_CLI_TRACE_FLAGS_H_
