// dnswarm-rate-story: runs the regimes of rate_regimes.h and prints their page.
#include <cstdio>

#include <CLI/CLI.hpp>

#include "rate_story.h"

int main(int argc, char** argv) {
  CLI::App app(
      "The adaptive rate per upstream, simulated: an HTML page of charts on stdout, the figures on "
      "stderr. The same seed gives the same page.");
  uint64_t seed = 20261122;
  double part = 1;
  app.add_option("--seed", seed, "what decides all that is random")->capture_default_str();
  app.add_option("--part", part, "of the caps, the names and what is in flight; 1 takes half a minute")
      ->check(CLI::Range(0.02, 1.0))
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);

  std::vector<dnswarm::sim::RegimeResult> results;
  bool is_right = true;
  for (const dnswarm::sim::Regime& regime : dnswarm::sim::rate_regimes(seed, part)) {
    results.push_back(dnswarm::sim::run_regime(regime));
    for (const dnswarm::sim::Figure& figure : dnswarm::sim::figures_of(results.back())) {
      std::fprintf(stderr, "%-56s %-30s %-20s %s\n", regime.title.c_str(), figure.what.c_str(),
                   figure.measured.c_str(), figure.reached ? "" : ("not " + figure.target).c_str());
    }
    for (const std::string& violation : results.back().violations) {
      std::fprintf(stderr, "WRONG: %s: %s\n", regime.title.c_str(), violation.c_str());
      is_right = false;
    }
  }
  const std::string page = dnswarm::sim::rate_story_html(results, seed);
  const bool is_written =
      std::fwrite(page.data(), 1, page.size(), stdout) == page.size() && std::fflush(stdout) == 0;
  if (!is_written) std::fprintf(stderr, "cannot write the page\n");
  return is_right && is_written ? 0 : 1;
}
