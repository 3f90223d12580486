// Serving until a signal comes: the threads, the ready line, the counts at the end.
#ifndef DNSWARM_SIM_SERVE_H_
#define DNSWARM_SIM_SERVE_H_

#include <string>

#include "listen.h"
#include "simulation.h"

namespace dnswarm::sim {

inline constexpr int exit_ok = 0, exit_failure = 1, exit_usage = 2;

// "dnswarm-sim: FLAG: SENTENCE" to standard error. Returns exit_usage.
int usage_error(const char* flag, const std::string& sentence);

// As many descriptors as the system lets us have. Before sockets are opened.
void raise_descriptor_limit();

// Applies the faults, starts the workers, prints `ready_line`, and answers until SIGINT or SIGTERM; then the
// counts go to standard output, and to `counts_file` where that is not empty. Returns the exit code.
int serve(Simulation& simulation, Listeners& listeners, const std::vector<std::string>& faults,
          const std::string& counts_file, const std::string& ready_line);

}  // namespace dnswarm::sim

#endif  // DNSWARM_SIM_SERVE_H_
