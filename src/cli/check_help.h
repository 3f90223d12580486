// The words of `dnswarm check-resolvers --help` around its flags.
#ifndef DNSWARM_CLI_CHECK_HELP_H_
#define DNSWARM_CLI_CHECK_HELP_H_

#include <string_view>

namespace dnswarm::cli {

extern const std::string_view check_help_start;  // usage, examples
extern const std::string_view check_help_end;    // what the verdicts mean, exit codes

}  // namespace dnswarm::cli

#endif  // DNSWARM_CLI_CHECK_HELP_H_
