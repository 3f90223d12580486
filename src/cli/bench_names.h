// Where `dnswarm bench` gets its names from.
#ifndef DNSWARM_CLI_BENCH_NAMES_H_
#define DNSWARM_CLI_BENCH_NAMES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/bench_flags.h"
#include "dnswarm/load.h"

namespace dnswarm::cli {

struct BenchNames {
  LoadNames names;
  uint64_t lines = 0;      // with a name; 0 for a pattern
  uint64_t bad_lines = 0;  // of them, left out
  std::vector<std::string> warnings;  // about the first bad lines, and how many there are
  std::string error;       // why there are no names
  int exit_code = 0;       // where there is an error: 1 reading failed, 2 usage
};

// Reads the whole file, or checks the pattern.
BenchNames read_bench_names(const BenchFlags& flags);

}  // namespace dnswarm::cli

#endif  // DNSWARM_CLI_BENCH_NAMES_H_
