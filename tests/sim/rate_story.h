// The adaptive rate per upstream, to be looked at: the regimes of rate_regimes.h run in virtual time, their
// figures beside their targets, and one HTML page with a chart of each upstream's rate over time.
#ifndef DNSWARM_TESTS_SIM_RATE_STORY_H_
#define DNSWARM_TESTS_SIM_RATE_STORY_H_

#include "rate_regimes.h"

namespace dnswarm::sim {

// What a regime's target is about.
struct Figure {
  std::string what, measured, target;
  bool reached = false;
};

struct RegimeResult {
  Regime regime;
  double seconds = 0;
  double ideal_seconds = 0;  // by the caps, or what the live upstreams alone took; 0: there is none
  uint64_t packets = 0;
  uint64_t unanswered = 0;  // rows that are neither NOERROR nor NXDOMAIN
  double used = 0;          // of the caps' total, in the time that is measured
  Duration step{0};
  Simulation::StepCounts sent, passed;  // in each step; nothing counts as passed where there is no cap
  std::vector<std::string> violations;  // of the engine's invariants

  double queries_per_name() const { return static_cast<double>(packets) / regime.options.names; }
};

RegimeResult run_regime(const Regime& regime);
std::vector<Figure> figures_of(const RegimeResult& result);
std::string rate_story_html(const std::vector<RegimeResult>& results, uint64_t seed);

}  // namespace dnswarm::sim

#endif  // DNSWARM_TESTS_SIM_RATE_STORY_H_
