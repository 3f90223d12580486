// The command line: flags and their values, checked.
#ifndef DNSWARM_CLI_FLAGS_H_
#define DNSWARM_CLI_FLAGS_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/row_format.h"
#include "dnswarm/options.h"
#include "dnswarm/shard.h"

namespace dnswarm::cli {

enum class When : uint8_t { automatic, always, never };
enum class StatusFormat : uint8_t { text, json };

// More unanswered rows than this share make the exit code 3. 0: any; above 100: none.
struct FailOn {
  double percent_max = 0;
  std::string text = "any";
};

struct Flags {
  Options options;
  RowStyle row_style;
  std::string format_text = "ndjson";
  std::vector<RRType> types = {RRType::A};
  std::string input = "-";
  bool input_given = false;
  std::string output = "-";
  std::string summary;  // empty: none
  std::string resume;   // the state file; empty: none
  Shard shard;
  bool ordered = false;
  bool validate_resolvers = false;  // at start, and then every validate_interval
  std::chrono::milliseconds validate_interval{10'000};
  bool quiet = false;
  FailOn fail_on;
  When colour = When::automatic;
  When progress = When::automatic;
  StatusFormat status_format = StatusFormat::text;
  std::vector<std::string> warnings;  // for stderr, before the run
};

// "2/8"
inline std::string shard_text(const Shard& shard) {
  return std::to_string(shard.number) + "/" + std::to_string(shard.of);
}

// Either flags to run with, or a text for stdout (exit 0) or for stderr (exit 2).
struct FlagsResult {
  std::optional<Flags> flags;
  int exit_code = 0;
  std::string text;
};

FlagsResult flags_from_arguments(int argc, const char* const* argv);

}  // namespace dnswarm::cli

#endif  // DNSWARM_CLI_FLAGS_H_
