// How a command line is taken: help and version first, then flags and what depends on more than one of them.
#ifndef DNSWARM_CLI_FLAG_PARSER_H_
#define DNSWARM_CLI_FLAG_PARSER_H_

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <string_view>

namespace dnswarm::cli {

struct CommandWords {
  std::string_view name;   // "dnswarm bench"
  std::string_view start;  // --help, before the flags
  std::string_view end;    // --help, behind them
  std::string_view brief;  // -h; empty: as --help
};

class FlagParser {
 public:
  explicit FlagParser(const CommandWords& words);

  CLI::App& app() { return app_; }  // to add flags to

  // Parses, and then calls `settle`, which may throw CLI::ValidationError as flags do. True where there are
  // flags to run with; else there is a text for stdout (exit code 0) or for stderr (2).
  bool parse(int argc, const char* const* argv, const std::function<void()>& settle, std::string* text,
             int* exit_code);

 private:
  const CommandWords words_;
  CLI::App app_;
};

}  // namespace dnswarm::cli

#endif  // DNSWARM_CLI_FLAG_PARSER_H_
