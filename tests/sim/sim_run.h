// Runs of the simulated network in tests. A failure prints its seed; DNSWARM_SIM_SEED=n runs everything with
// that.
#ifndef DNSWARM_TESTS_SIM_SIM_RUN_H_
#define DNSWARM_TESTS_SIM_SIM_RUN_H_

#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <string>

#include "sim_network.h"

namespace dnswarm::sim {

inline uint64_t base_seed() {
  const char* text = std::getenv("DNSWARM_SIM_SEED");
  return text != nullptr ? std::strtoull(text, nullptr, 10) : 20261122;
}

// Runs and reports every violation with what is needed to repeat it.
inline std::unique_ptr<Simulation> run(SimOptions options, Duration limit = std::chrono::hours(24)) {
  options.seed = base_seed() * 1000 + options.seed;
  auto simulation = std::make_unique<Simulation>(options);
  simulation->run(limit);
  for (const std::string& violation : simulation->violations()) {
    ADD_FAILURE() << violation << " (DNSWARM_SIM_SEED=" << base_seed() << ")";
  }
  return simulation;
}

inline unsigned count(const Simulation& simulation, const std::string& status) {
  auto found = simulation.by_status().find(status);
  return found == simulation.by_status().end() ? 0 : found->second;
}

inline uint64_t rests_of(const Simulation& simulation) {
  uint64_t sum = 0;
  for (const UpstreamStats& upstream : simulation.stats().upstreams) sum += upstream.rests;
  return sum;
}

inline SimOptions with(UpstreamModel model, size_t upstreams, unsigned names) {
  SimOptions options;
  options.upstreams.assign(upstreams, model);
  options.names = names;
  return options;
}

}  // namespace dnswarm::sim

#endif  // DNSWARM_TESTS_SIM_SIM_RUN_H_
