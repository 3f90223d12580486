// The words of `dnswarm bench --help` around its flags.
#ifndef DNSWARM_CLI_BENCH_HELP_H_
#define DNSWARM_CLI_BENCH_HELP_H_

#include <string_view>

namespace dnswarm::cli {

extern const std::string_view bench_help_start;  // usage, examples
extern const std::string_view bench_help_end;    // what the figures mean, exit codes

}  // namespace dnswarm::cli

#endif  // DNSWARM_CLI_BENCH_HELP_H_
