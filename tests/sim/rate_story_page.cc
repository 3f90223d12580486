// The page: a table of the figures, then for each regime its charts.
#include <algorithm>
#include <numeric>

#include "cli/chart_page.h"
#include "cli/formatted_text.h"
#include "cli/svg_chart.h"
#include "rate_story.h"

namespace dnswarm::sim {
namespace {

using cli::Chart;
using cli::ChartLine;
using cli::html_text;
using cli::number_text;
using Counts = std::vector<uint64_t>;

// So many stand side by side; of more upstreams only some are drawn.
constexpr size_t drawn_most = 4;
constexpr const char* style = R"(<style>
.upstreams{display:grid;grid-template-columns:repeat(auto-fit,minmax(24rem,1fr));gap:0 1rem}
.upstreams figure{margin:.6rem 0}.no{color:var(--warn)}
</style>
)";

std::string rate_text(double value) { return cli::count_text(static_cast<uint64_t>(value + 0.5)); }
std::string seconds_text(double value) { return number_text("%.3g s", value); }
std::string percent_text(double value) { return number_text("%.3g %%", value); }

bool has_caps(const RegimeResult& result) { return result.regime.options.upstreams[0].cap > 0; }

Chart rate_chart(const RegimeResult& result, std::string title) {
  Chart chart;
  chart.title = std::move(title);
  chart.x_label = "seconds from the start";
  chart.y_label = has_caps(result) ? "queries in the second before" : "queries a second";
  chart.y_text = rate_text;
  chart.x_text = seconds_text;
  if (result.regime.event) chart.mark = {seconds_of(*result.regime.event), result.regime.event_text};
  return chart;
}

// Caps are counted over any one second, so that what is held against them is, too; else step by step.
ChartLine rate_line(std::string name, const Counts& counts, const RegimeResult& result) {
  const double step = seconds_of(result.step);
  const auto steps = has_caps(result) ? static_cast<size_t>(1 / step + 0.5) : 1;
  const double in_a_second = has_caps(result) ? 1 : step;
  ChartLine line{std::move(name), {}};
  uint64_t sum = 0;
  for (size_t i = 0; i < counts.size(); ++i) {
    sum += counts[i];
    if (i >= steps) sum -= counts[i - steps];
    line.points.push_back({static_cast<double>(i + 1) * step, static_cast<double>(sum) / in_a_second});
  }
  return line;
}

// Of some upstreams together; a step where it changes.
ChartLine cap_line(const RegimeResult& result, const std::vector<size_t>& upstreams) {
  ChartLine line{"cap", {}};
  const double step = seconds_of(result.step);
  for (size_t i = 0; i < result.sent[0].size(); ++i) {
    double cap = 0;
    for (const size_t upstream : upstreams)
      cap += cap_at(result.regime.options.upstreams[upstream], result.step * static_cast<int64_t>(i));
    const double from = static_cast<double>(i) * step;
    if (i == 0 || cap != line.points.back().y) line.points.push_back({from, cap});
    line.points.push_back({from + step, cap});
  }
  return line;
}

Counts sum_of(const Simulation::StepCounts& counts, const std::vector<size_t>& upstreams) {
  Counts sum(counts[0].size());
  for (const size_t upstream : upstreams)
    std::transform(sum.begin(), sum.end(), counts[upstream].begin(), sum.begin(), std::plus<>());
  return sum;
}

// What was sent to some upstreams together, what passed, and their cap.
std::string capped_chart(const RegimeResult& result, std::string title,
                         const std::vector<size_t>& upstreams) {
  Chart chart = rate_chart(result, std::move(title));
  chart.lines = {rate_line("sent", sum_of(result.sent, upstreams), result),
                 rate_line("passed the cap", sum_of(result.passed, upstreams), result),
                 cap_line(result, upstreams)};
  return cli::chart_html(chart);
}

// Where there is no cap: a line for each.
std::string uncapped_chart(const RegimeResult& result) {
  Chart chart = rate_chart(result, "Sent to each upstream");
  for (size_t i = 0; i < result.sent.size(); ++i)
    chart.lines.push_back(rate_line("upstream " + std::to_string(i + 1), result.sent[i], result));
  return cli::chart_html(chart);
}

// By rising cap: how much of it was used in the time that is measured.
std::string use_chart(const RegimeResult& result, const std::vector<size_t>& by_cap) {
  Chart chart;
  chart.title = "Of each upstream's own cap: used in the time that is measured";
  chart.x_label = "cap";
  chart.y_label = "used";
  chart.y_text = percent_text;
  chart.x_text = rate_text;
  chart.lines = {{"used", {}}};
  const TimeSpan& span = *result.regime.measured;
  const auto first = static_cast<size_t>(span.from / result.step);
  for (const size_t upstream : by_cap) {
    const Counts& passed = result.passed[upstream];
    const size_t end = std::min(static_cast<size_t>(span.to / result.step), passed.size());
    uint64_t sum = 0;
    for (size_t i = first; i < end; ++i) sum += passed[i];
    const double cap = result.regime.options.upstreams[upstream].cap;
    chart.lines[0].points.push_back({cap, 100 * static_cast<double>(sum) / (cap * span.seconds())});
  }
  return cli::chart_html(chart);
}

std::string upstream_title(const RegimeResult& result, size_t upstream) {
  const std::string cap = cli::count_text(result.regime.options.upstreams[upstream].cap);
  return "Upstream " + std::to_string(upstream + 1) + ", cap " + cap + "/s";
}

// The lowest cap, the highest, and two between.
std::vector<size_t> drawn_of(const std::vector<size_t>& by_cap) {
  std::vector<size_t> drawn;
  for (size_t i = 0; i < drawn_most; ++i) drawn.push_back(by_cap[i * (by_cap.size() - 1) / (drawn_most - 1)]);
  return drawn;
}

std::string charts_of(const RegimeResult& result) {
  if (!has_caps(result)) return uncapped_chart(result);
  std::vector<size_t> by_cap(result.sent.size());
  std::iota(by_cap.begin(), by_cap.end(), 0);
  const std::vector<UpstreamModel>& models = result.regime.options.upstreams;
  std::stable_sort(by_cap.begin(), by_cap.end(),
                   [&](size_t a, size_t b) { return models[a].cap < models[b].cap; });
  const bool are_many = by_cap.size() > drawn_most;
  std::string out = are_many ? capped_chart(result, "All together", by_cap) : "";
  if (are_many) out += use_chart(result, by_cap);
  out += "<div class=upstreams>\n";
  for (const size_t upstream : drawn_of(by_cap))
    out += capped_chart(result, upstream_title(result, upstream), {upstream});
  return out + "</div>\n";
}

std::string facts_of(const RegimeResult& result) {
  std::string text = cli::count_text(result.regime.options.names) + " names in " +
                     number_text("%.2f", result.seconds) + " s, " +
                     number_text("%.3f", result.queries_per_name()) + " queries a name, " +
                     cli::count_text(result.unanswered) + " unanswered";
  for (const Figure& figure : figures_of(result))
    text += "; " + figure.what + " " + figure.measured + " (" + figure.target + ")";
  return "<p class=facts>" + html_text(text) + "</p>\n";
}

std::string table_of(const std::vector<RegimeResult>& results) {
  std::string out =
      "<div class=wide><table><tr><th>regime</th><th></th><th>measured</th><th>target</th>"
      "<th>reached</th></tr>\n";
  for (const RegimeResult& result : results) {
    for (const Figure& figure : figures_of(result)) {
      out += "<tr>";
      for (const std::string& cell : {result.regime.title, figure.what, figure.measured, figure.target})
        out += "<td>" + html_text(cell) + "</td>";
      out += figure.reached ? "<td>yes</td></tr>\n" : "<td class=no>no</td></tr>\n";
    }
  }
  return out + "</table></div>\n";
}

}  // namespace

std::string rate_story_html(const std::vector<RegimeResult>& results, uint64_t seed) {
  std::string out = cli::chart_page_start("The rate that an upstream bears");
  out += style;
  out += "<h1>The rate that an upstream bears</h1>\n<p class=facts>Simulated, in virtual time; seed " +
         std::to_string(seed) + "</p>\n" + table_of(results);
  for (const RegimeResult& result : results)
    out += "<h2>" + html_text(result.regime.title) + "</h2>\n" + facts_of(result) + charts_of(result);
  return out + "</html>\n";
}

}  // namespace dnswarm::sim
