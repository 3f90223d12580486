// The regimes in which the adaptive rate per upstream (src/upstream/rate_finder.h) is looked at: upstreams
// with caps, caps that change, loss and delays that are no caps, upstreams that die.
#ifndef DNSWARM_TESTS_SIM_RATE_REGIMES_H_
#define DNSWARM_TESTS_SIM_RATE_REGIMES_H_

#include <optional>
#include <string>
#include <vector>

#include "sim_network.h"

namespace dnswarm::sim {

struct TimeSpan {
  Duration from{0}, to{0};  // since the start
  double seconds() const { return seconds_of(to - from); }
};

struct Regime {
  std::string title;
  SimOptions options;
  // How long the same work takes at best, in seconds: by the caps; none where there are none.
  std::optional<double> ideal_seconds;
  // The same work with the live upstreams alone, where others die: what takes the ideal's place.
  std::optional<SimOptions> live_only;
  // When the caps' total is looked at, where not at the end: how much of it passed.
  std::optional<TimeSpan> measured;
  double used_wanted = 0;         // of that total, 0-1
  double slower_wanted = 0;       // times the ideal, at most; 0: no target
  double queries_wanted = 0;      // a name, at most; 0: no target
  std::optional<Duration> event;  // caps change or upstreams die then
  std::string event_text;
};

// All of them, always in the same order. `part` of the caps, of the names and of what is in flight, in the
// same time: 1 is the whole story, less is for those who have no time. The seed decides all that is random.
std::vector<Regime> rate_regimes(uint64_t seed, double part);

// Queries a second that pass at that time; 0: it has no cap.
unsigned cap_at(const UpstreamModel& model, Duration since_start);

}  // namespace dnswarm::sim

#endif  // DNSWARM_TESTS_SIM_RATE_REGIMES_H_
