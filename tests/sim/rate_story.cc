#include "rate_story.h"

#include <algorithm>

#include "cli/formatted_text.h"

namespace dnswarm::sim {
namespace {

using cli::number_text;

double elapsed_alone(const SimOptions& options) {
  Simulation simulation(options);
  simulation.run();
  return seconds_of(simulation.elapsed());
}

uint64_t unanswered_in(const Simulation& simulation) {
  uint64_t count = 0;
  for (const auto& [status, rows] : simulation.by_status()) {
    if (status != "NOERROR" && status != "NXDOMAIN") count += rows;
  }
  return count;
}

// Of what the caps let pass in that time: of what passed.
double used_in(const Simulation& simulation, const Regime& regime, const TimeSpan& span) {
  double capacity = 0;
  for (const UpstreamModel& model : regime.options.upstreams)
    capacity += cap_at(model, span.from) * span.seconds();
  return static_cast<double>(simulation.passed_between(span.from, span.to)) / capacity;
}

bool loses_packets(const Regime& regime) {
  const std::vector<UpstreamModel>& models = regime.options.upstreams;
  return std::any_of(models.begin(), models.end(), [](const UpstreamModel& m) { return m.loss > 0; });
}

Figure at_most(std::string what, double value, double bound, const char* format) {
  return {std::move(what), number_text(format, value), "<= " + number_text(format, bound), value <= bound};
}

}  // namespace

RegimeResult run_regime(const Regime& regime) {
  Simulation simulation(regime.options);
  simulation.run();
  RegimeResult result{.regime = regime};
  result.seconds = seconds_of(simulation.elapsed());
  result.ideal_seconds =
      regime.live_only ? elapsed_alone(*regime.live_only) : regime.ideal_seconds.value_or(0);
  result.packets = simulation.packets();
  result.unanswered = unanswered_in(simulation);
  if (regime.measured) result.used = used_in(simulation, regime, *regime.measured);
  result.step = std::chrono::milliseconds(100);
  result.sent = simulation.packets_in_steps(result.step);
  result.passed = simulation.passed_in_steps(result.step);
  result.violations = simulation.violations();
  return result;
}

std::vector<Figure> figures_of(const RegimeResult& result) {
  const Regime& regime = result.regime;
  std::vector<Figure> figures;
  if (regime.slower_wanted > 0) {
    Figure time = at_most("time", result.seconds / result.ideal_seconds, regime.slower_wanted, "%.2f");
    time.measured += " times " + number_text("%.2f", result.ideal_seconds) + " s";
    time.target += regime.live_only ? " times the live ones' alone" : " times the ideal by the caps";
    figures.push_back(std::move(time));
  }
  if (regime.measured) {
    const std::string span = number_text("%g", seconds_of(regime.measured->from)) + " to " +
                             number_text("%g", seconds_of(regime.measured->to)) + " s";
    figures.push_back({"capacity used from " + span, number_text("%.1f %%", 100 * result.used),
                       ">= " + number_text("%g %%", 100 * regime.used_wanted),
                       result.used >= regime.used_wanted});
  }
  if (regime.queries_wanted > 0)
    figures.push_back(at_most("queries a name", result.queries_per_name(), regime.queries_wanted, "%.3f"));
  // Where packets are lost a few names lose all of theirs.
  if (!loses_packets(regime))
    figures.push_back({"unanswered", cli::count_text(result.unanswered), "0", result.unanswered == 0});
  return figures;
}

}  // namespace dnswarm::sim
