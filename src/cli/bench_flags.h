// The command line of `dnswarm bench`: flags and their values, checked.
#ifndef DNSWARM_CLI_BENCH_FLAGS_H_
#define DNSWARM_CLI_BENCH_FLAGS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/flags.h"
#include "dnswarm/load.h"

namespace dnswarm::cli {

enum class BenchFormat : uint8_t { text, json, csv };

struct BenchFlags {
  LoadOptions options;
  std::vector<RRType> types = {RRType::A};
  std::string input;    // a file of names; "-": stdin; empty: none
  std::string pattern;  // --pattern, or what --random stands for; empty: none
  BenchFormat format = BenchFormat::text;
  std::string output = "-";
  std::string plot;     // empty: none
  bool quiet = false;
  When progress = When::automatic;
  FailOn fail_on{101, "none"};
};

// Either flags to run with, or a text for stdout (exit 0) or for stderr (exit 2).
struct BenchFlagsResult {
  std::optional<BenchFlags> flags;
  int exit_code = 0;
  std::string text;
};

// argv[0] is "bench".
BenchFlagsResult bench_flags_from_arguments(int argc, const char* const* argv);

struct RampRange {
  double from = 0, to = 0;
  unsigned steps = 0;  // 0: not given
};
// "1000:50000" or "1000:50000:25". Where it is none, *rule says what it must be.
std::optional<RampRange> ramp_range_from_text(std::string_view text, std::string* rule);

}  // namespace dnswarm::cli

#endif  // DNSWARM_CLI_BENCH_FLAGS_H_
