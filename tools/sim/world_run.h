// `dnswarm-sim world`.
#ifndef DNSWARM_SIM_WORLD_RUN_H_
#define DNSWARM_SIM_WORLD_RUN_H_

namespace dnswarm::sim {

// argv[0] is "world". Returns the exit code.
int run_world(int argc, const char* const* argv);

}  // namespace dnswarm::sim

#endif  // DNSWARM_SIM_WORLD_RUN_H_
