// Which options a job must be resumed with as it was begun: those that make other rows.
#ifndef DNSWARM_CLI_RESUME_OPTIONS_H_
#define DNSWARM_CLI_RESUME_OPTIONS_H_

#include <string>

#include "cli/checkpoint.h"
#include "cli/flags.h"

namespace dnswarm::cli {

// Which lines are asked for, who is asked what, and how rows look. The rest may change from run to run:
// rates, in flight, workers, timeouts, attempts, the cache, I/O, progress, summary, exit codes. `colour`:
// rows have it.
RowOptions row_options(const Flags& flags, bool colour);

// The first difference in words, "--type was A, and is A,AAAA"; empty where there is none.
std::string difference(const RowOptions& before, const RowOptions& now);

}  // namespace dnswarm::cli

#endif  // DNSWARM_CLI_RESUME_OPTIONS_H_
