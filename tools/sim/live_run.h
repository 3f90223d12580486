// A story on the wall clock and on sockets: the world's servers on their addresses in 127/8, resolvers of the
// library in iterative mode, clients and forwarders with their caches in one thread.
//
// As in a run in virtual time, but links take what loopback takes, no address changes, and the counts depend
// on what the machine does meanwhile.
#ifndef DNSWARM_SIM_LIVE_RUN_H_
#define DNSWARM_SIM_LIVE_RUN_H_

#include <optional>
#include <string>

#include "story_result.h"

namespace dnswarm::sim {

// For options.length(), which is real time here: 10 minutes at most. Nothing, and a sentence in *error, where
// the options are wrong or sockets cannot be had.
std::optional<StoryResult> run_live(const StoryOptions& options, std::string* error);

}  // namespace dnswarm::sim

#endif  // DNSWARM_SIM_LIVE_RUN_H_
