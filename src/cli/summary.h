// --summary: the whole run as one JSON object.
#ifndef DNSWARM_CLI_SUMMARY_H_
#define DNSWARM_CLI_SUMMARY_H_

#include <chrono>
#include <string>
#include <string_view>

#include "cli/flags.h"
#include "cli/outcome.h"

namespace dnswarm::cli {

struct RunFacts {
  std::chrono::system_clock::time_point started_at;
  unsigned workers = 0;  // as they were chosen
  std::string_view io;
  int exit_code = 0;
};

// Times are in seconds or, where the key says _us, in microseconds.
std::string summary_json(const Flags& flags, const Outcome& outcome, const RunFacts& facts);

// The end line's data on one line, for --status-format json: "event" is "end".
std::string end_json(const Outcome& outcome, int exit_code);

}  // namespace dnswarm::cli

#endif  // DNSWARM_CLI_SUMMARY_H_
