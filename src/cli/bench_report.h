// The result of `dnswarm bench` as text.
#ifndef DNSWARM_CLI_BENCH_REPORT_H_
#define DNSWARM_CLI_BENCH_REPORT_H_

#include <chrono>
#include <cstdint>
#include <string>

#include "cli/bench_flags.h"
#include "cli/formatted_text.h"
#include "dnswarm/load.h"

namespace dnswarm::cli {

// What is known of a run beside its report.
struct BenchFacts {
  std::string io;
  uint64_t names = 0;      // in the list; 0: a pattern
  uint64_t bad_lines = 0;
  std::chrono::system_clock::time_point started_at;
  int exit_code = 0;
};

std::string bench_text(const BenchFlags& flags, const LoadReport& report, const BenchFacts& facts);
std::string bench_json(const BenchFlags& flags, const LoadReport& report, const BenchFacts& facts);
std::string bench_csv(const LoadReport& report, LoadMode mode);
std::string bench_html(const BenchFlags& flags, const LoadReport& report, const BenchFacts& facts);

// "closed loop, 1,000 in flight, 10 s", "open loop, 20,000 queries/s, 60 s", ...
std::string pace_text(const BenchFlags& flags);
// How a ramp ended, or which limits of the client were seen: a sentence each, in lines.
std::string verdict_text(const BenchFlags& flags, const LoadReport& report);
// How long sending may last, of a ramp: of each step.
double step_seconds(const LoadOptions& options);
// As count_text, with a digit behind the point below 100.
std::string rate_text(double rate);

int bench_exit_code(const BenchFlags& flags, const LoadReport& report);

}  // namespace dnswarm::cli

#endif  // DNSWARM_CLI_BENCH_REPORT_H_
