// The result as one HTML page: charts in SVG, the figures, the verdict. It refers to nothing outside.
#include <algorithm>
#include <cmath>

#include "cli/bench_report.h"
#include "cli/chart_page.h"
#include "cli/formatted_text.h"
#include "cli/svg_chart.h"

namespace dnswarm::cli {
namespace {

std::string latency_text(double us) {
  if (us < 1000) return number_text("%.3g", us) + " \u00b5s";
  if (us < 1e6) return number_text("%.3g", us / 1000) + " ms";
  return number_text("%.3g", us / 1e6) + " s";
}

std::string amount_text(double value) {
  if (value >= 1e6) return number_text("%.4g", value / 1e6) + " M";
  if (value >= 1e4) return number_text("%.4g", value / 1e3) + " k";
  return number_text("%.4g", value);
}

std::string second_text(double value) { return number_text("%g", value) + " s"; }
std::string percent_text(double value) { return number_text("%.3g", value) + " %"; }

// The axis of a percentile plot: each nine takes the same room.
double nines(double share) { return -std::log10(1 - share); }
std::string nines_text(double value) { return number_text("%.6g", 100 * (1 - std::pow(10, -value))) + " %"; }

Chart latency_over_time(const LoadResult& result) {
  Chart chart{.title = "Latency over time", .x_label = "seconds from the start", .y_label = "latency",
              .y_text = latency_text, .x_text = second_text, .y_logarithmic = true,
              .x_ticks = {}, .lines = {{"50 %", {}}, {"99 %", {}}}, .mark = {}};
  for (const LoadSecond& second : result.series) {
    chart.lines[0].points.push_back({static_cast<double>(second.second), second.p50_us});
    chart.lines[1].points.push_back({static_cast<double>(second.second), second.p99_us});
  }
  return chart;
}

Chart counts_over_time(const LoadResult& result) {
  Chart chart{.title = "Queries and answers in each second",
              .x_label = "seconds from the start",
              .y_label = "a second",
              .y_text = amount_text,
              .x_text = second_text,
              .y_logarithmic = false,
              .x_ticks = {},
              .lines = {{"sent", {}}, {"lost", {}}, {"answered", {}}},
              .mark = {}};
  for (const LoadSecond& second : result.series) {
    const auto x = static_cast<double>(second.second);
    chart.lines[0].points.push_back({x, static_cast<double>(second.sent)});
    chart.lines[1].points.push_back({x, static_cast<double>(second.lost)});
    chart.lines[2].points.push_back({x, static_cast<double>(second.answered)});
  }
  return chart;
}

ChartLine distribution_line(const char* name, const LoadLatency& latency) {
  ChartLine line{name, {}};
  uint64_t below = 0;
  double last = -1;
  for (const LoadLatency::Bucket& bucket : latency.buckets) {
    // Of what lies in a bucket the last is not above it; the maximum itself has no percentile.
    below += bucket.count;
    const double share = static_cast<double>(below) / static_cast<double>(latency.count);
    const double x = share < 1 ? nines(share) : nines(1 - 0.5 / static_cast<double>(latency.count));
    if (x - last < 0.004) continue;  // closer than the eye sees
    line.points.push_back({x, bucket.us});
    last = x;
  }
  return line;
}

Chart distribution(const LoadResult& result, bool open_loop) {
  Chart chart{
      .title = "Latency by percentile",
      .x_label = "share of answers that were at least as fast",
      .y_label = "latency",
      .y_text = latency_text,
      .x_text = nines_text,
      .y_logarithmic = true,
      .x_ticks = {{0, "0 %"}},
      .lines = {distribution_line(open_loop ? "from the scheduled time" : "from sending", result.latency)},
      .mark = {}};
  for (const double share : {0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 0.9999, 0.99999, 0.999999}) {
    chart.x_ticks.push_back({nines(share), number_text("%.6g", 100 * share) + " %"});
  }
  if (open_loop) chart.lines.push_back(distribution_line("from sending", result.from_send));
  return chart;
}

std::vector<const LoadResult*> by_rate(const LoadReport& report) {
  std::vector<const LoadResult*> steps;
  for (const LoadResult& step : report.results) steps.push_back(&step);
  std::sort(steps.begin(), steps.end(), [](auto* a, auto* b) { return a->rate_wanted < b->rate_wanted; });
  return steps;
}

std::optional<ChartTick> best_mark(const LoadReport& report) {
  if (!report.best) return std::nullopt;
  const double rate = report.results[*report.best].rate_wanted;
  return ChartTick{rate, "highest that passed: " + amount_text(rate) + "/s"};
}

Chart latency_over_rate(const LoadReport& report) {
  constexpr std::pair<const char*, size_t> shown[] = {{"50 %", 0}, {"90 %", 2}, {"99 %", 4}, {"99.9 %", 5}};
  Chart chart{.title = "Latency over rate", .x_label = "queries per second", .y_label = "latency",
              .y_text = latency_text, .x_text = amount_text, .y_logarithmic = true,
              .x_ticks = {}, .lines = {}, .mark = best_mark(report)};
  for (const auto& [name, index] : shown) {
    ChartLine line{name, {}};
    for (const LoadResult* step : by_rate(report))
      line.points.push_back({step->rate_wanted, step->latency.quantile_us[index]});
    chart.lines.push_back(line);
  }
  return chart;
}

Chart answers_over_rate(const LoadReport& report) {
  Chart chart{.title = "Answers over rate",
              .x_label = "queries per second",
              .y_label = "a second",
              .y_text = amount_text,
              .x_text = amount_text,
              .y_logarithmic = false,
              .x_ticks = {},
              .lines = {{"sent", {}}, {"wanted", {}}, {"answered", {}}},
              .mark = best_mark(report)};
  for (const LoadResult* step : by_rate(report)) {
    chart.lines[0].points.push_back({step->rate_wanted, step->send_rate()});
    chart.lines[1].points.push_back({step->rate_wanted, step->rate_wanted});
    chart.lines[2].points.push_back({step->rate_wanted, step->answer_rate()});
  }
  return chart;
}

Chart loss_over_rate(const LoadReport& report) {
  Chart chart{.title = "Loss over rate",
              .x_label = "queries per second",
              .y_label = "lost",
              .y_text = percent_text,
              .x_text = amount_text,
              .y_logarithmic = false,
              .x_ticks = {},
              .lines = {{"lost", {}}},
              .mark = best_mark(report)};
  for (const LoadResult* step : by_rate(report))
    chart.lines[0].points.push_back({step->rate_wanted, step->loss_percent()});
  return chart;
}

std::string table(const LoadReport& report, bool open_loop) {
  std::string out = "<div class=wide><table><tr>";
  if (open_loop) out += "<th>queries/s</th>";
  out += "<th>sent</th><th>answers/s</th><th>lost</th><th>mean</th>";
  for (const double q : LoadLatency::quantiles) out += "<th>" + number_text("%g", 100 * q) + " %</th>";
  out += "<th>max</th></tr>\n";
  std::vector<const LoadResult*> rows = by_rate(report);
  for (const LoadResult* row : rows) {
    out += "<tr>";
    if (open_loop) out += "<td>" + rate_text(row->rate_wanted) + "</td>";
    out += "<td>" + count_text(row->counts.sent) + "</td><td>" + rate_text(row->answer_rate()) + "</td><td>" +
           number_text("%.3f", row->loss_percent()) + " %</td><td>" + latency_text(row->latency.mean_us) +
           "</td>";
    for (const double us : row->latency.quantile_us) out += "<td>" + latency_text(us) + "</td>";
    out += "<td>" + latency_text(row->latency.max_us) + "</td></tr>\n";
  }
  return out + "</table></div>\n";
}

}  // namespace

std::string bench_html(const BenchFlags& flags, const LoadReport& report, const BenchFacts& facts) {
  const LoadMode mode = flags.options.mode;
  const std::string names = flags.pattern.empty() ? count_text(facts.names) + " questions" : flags.pattern;
  std::string out = chart_page_start("dnswarm bench");
  out += "<h1>" + html_text(flags.options.server) + " over " + (flags.options.tcp ? "TCP" : "UDP") +
         "</h1>\n<p class=facts>" + html_text(pace_text(flags) + "; " + names + "; " + facts.io) + "</p>\n";
  const bool any_limit = std::any_of(report.results.begin(), report.results.end(),
                                     [](const LoadResult& result) { return !result.client_limits.empty(); });
  out += std::string("<div class=\"verdict") + (any_limit ? " warn" : "") + "\">" +
         html_text(verdict_text(flags, report)) + "</div>\n";
  if (mode == LoadMode::ramp) {
    out += chart_html(latency_over_rate(report)) + chart_html(answers_over_rate(report)) +
           chart_html(loss_over_rate(report));
  } else {
    for (const LoadResult& result : report.results) {
      out += chart_html(latency_over_time(result)) + chart_html(counts_over_time(result)) +
             chart_html(distribution(result, mode == LoadMode::open));
    }
  }
  return out + table(report, mode != LoadMode::closed) + "</html>\n";
}

}  // namespace dnswarm::cli
