// How a run ended: the arithmetic, the end line, the exit code.
#ifndef DNSWARM_CLI_OUTCOME_H_
#define DNSWARM_CLI_OUTCOME_H_

#include <cstdint>
#include <string>

#include "cli/flags.h"
#include "cli/stop.h"
#include "cli/tally.h"
#include "cli/upstream_guard.h"
#include "dnswarm/resolver.h"

namespace dnswarm::cli {

struct Outcome {
  Stop::Reason stop = Stop::Reason::none;
  int output_error = 0;  // errno of the write that failed
  int state_error = 0;   // errno of the checkpoint that could not be kept
  int input_error = 0;   // errno of the read that failed; what was read before is finished
  uint64_t lines_accepted = 0;
  uint64_t rows_accepted = 0;
  uint64_t lines_not_started = 0;
  bool not_started_is_complete = true;
  Tally tally;  // rows that came out
  // With --resume, accepted lines and rows and the tally are those of the whole job, and rows may stay open.
  bool resumable = false;
  Tally before;  // rows of earlier runs
  Stats stats;
  double seconds = 0;
  std::string shard;  // "2/8"; empty: of one
  std::vector<LeftOutUpstream> left_out;  // by --validate-resolvers
  uint64_t validation_queries = 0;

  // Exactly one row for each accepted line and type, or a reason for which it is left open.
  bool adds_up() const {
    const bool may_be_open = resumable && (stop != Stop::Reason::none || input_error != 0);
    return (tally.rows == rows_accepted || (may_be_open && tally.rows < rows_accepted)) &&
           tally.sum() == tally.rows;
  }
  uint64_t rows_open() const { return resumable ? rows_accepted - tally.rows : 0; }
  uint64_t rows_of_this_run() const { return tally.rows - before.rows; }
  // There was something to ask an upstream, and none of them said anything.
  bool nobody_answered() const;
};

int exit_code(const Outcome& outcome, const FailOn& fail_on);

// "accepted 2 lines x types = 2 rows: NOERROR 1, TIMEOUT 1; cache hits 0; queries 5; 1.2 s; 2
// names/s", with "not started N lines" where a signal ended the run.
std::string end_line(const Outcome& outcome);

}  // namespace dnswarm::cli

#endif  // DNSWARM_CLI_OUTCOME_H_
