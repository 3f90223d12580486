// `dnswarm trace`: one name, to read.
#ifndef DNSWARM_CLI_TRACE_RUN_H_
#define DNSWARM_CLI_TRACE_RUN_H_

namespace dnswarm::cli {

// argv[0] is "trace". Returns the exit code.
int trace_run(int argc, const char* const* argv);

}  // namespace dnswarm::cli

#endif  // DNSWARM_CLI_TRACE_RUN_H_
