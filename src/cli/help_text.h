// The words of -h, --help and --version.
#ifndef DNSWARM_CLI_HELP_TEXT_H_
#define DNSWARM_CLI_HELP_TEXT_H_

#include <string>
#include <string_view>

namespace dnswarm::cli {

extern const std::string_view short_help;   // -h
extern const std::string_view help_start;   // --help, before the flags: usage and examples
extern const std::string_view help_end;     // --help, behind them: formats and exit codes
extern const std::string_view version_number;  // "0.1.0"
std::string version_text();

}  // namespace dnswarm::cli

#endif  // DNSWARM_CLI_HELP_TEXT_H_
