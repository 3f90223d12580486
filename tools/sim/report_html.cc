// The report as one HTML page: charts in SVG, and the points.
#include <algorithm>

#include "cli/chart_page.h"
#include "cli/formatted_text.h"
#include "cli/svg_chart.h"
#include "report.h"

namespace dnswarm::sim {
namespace {

using cli::Chart;
using cli::ChartLine;
using cli::ChartPoint;

std::string percent_text(double value) { return cli::number_text("%.3g %%", value); }
std::string hours_text(double value) { return cli::number_text("%.3g h", value); }
std::string seconds_text(double value) { return cli::number_text("%.4g s", value); }
std::string rate_text(double value) { return cli::number_text("%.4g", value); }

// The middle of a part, in hours.
double hours_of(const StoryResult& result, size_t part) {
  return (static_cast<double>(part) + 0.5) * seconds(result.part_length()) / 3600;
}

ChartLine hit_line(const StoryResult& result, std::string name,
                   const std::array<HitCount, parts_all>& parts) {
  ChartLine line{std::move(name), {}};
  for (size_t part = 0; part < parts_all; ++part) {
    if (parts[part].questions > 0) line.points.push_back({hours_of(result, part), parts[part].hit_percent()});
  }
  return line;
}

// Clients together, then as many forwarders and resolvers as there are colours.
Chart hit_chart(const StoryResult& result) {
  Chart chart{.title = "Hit rate of each cache",
              .x_label = "hours of virtual time",
              .y_label = "hits",
              .y_text = percent_text,
              .x_text = hours_text,
              .x_ticks = {},
              .lines = {},
              .mark = {}};
  std::array<HitCount, parts_all> clients{};
  for (const CacheResult& cache : result.caches) {
    if (cache.level != Level::client) continue;
    for (size_t part = 0; part < parts_all; ++part) clients[part].merge(cache.parts[part]);
  }
  if (result.options.levels >= 2) chart.lines.push_back(hit_line(result, "all clients", clients));
  for (const CacheResult& cache : result.caches) {
    if (cache.level == Level::client || chart.lines.size() == cli::chart_colours) continue;
    chart.lines.push_back(hit_line(result, cache.name, cache.parts));
  }
  return chart;
}

Chart level_chart(const StoryResult& result) {
  Chart chart{.title = "Queries by level",
              .x_label = "hours of virtual time",
              .y_label = "a second",
              .y_text = rate_text,
              .x_text = hours_text,
              .y_logarithmic = true,
              .x_ticks = {},
              .lines = {},
              .mark = {}};
  for (size_t i = 0; i < levels_all; ++i) {
    if (result.queries[i] == 0) continue;
    ChartLine line{std::string(to_text(static_cast<Level>(i))), {}};
    for (size_t part = 0; part < parts_all; ++part) {
      const double rate = static_cast<double>(result.queries_parts[i][part]) / seconds(result.part_length());
      line.points.push_back({hours_of(result, part), rate});
    }
    chart.lines.push_back(std::move(line));
  }
  return chart;
}

// Steps: a share holds until the next one.
ChartLine spread_line(std::string name, const Spread& spread, double until) {
  ChartLine line{std::move(name), {{0, 0}}};
  double share = 0;
  for (const Spread::Point& point : spread.points) {
    const double x = seconds(point.after);
    if (x < 0) continue;
    line.points.push_back({x, 100 * share});
    line.points.push_back({x, 100 * (share = point.share)});
  }
  line.points.push_back({std::max(until, line.points.back().x), 100 * share});
  return line;
}

Chart spread_chart(const Story& story) {
  const uint32_t ttl = story.main.options.ttl;
  return {.title = "Clients that know a changed address",
          .x_label = "seconds after the change",
          .y_label = "of all clients",
          .y_text = percent_text,
          .x_text = seconds_text,
          .y_logarithmic = false,
          .x_ticks = {},
          .lines = {spread_line("TTL " + std::to_string(ttl) + " s", story.spread, 1.1 * ttl)},
          .mark = cli::ChartTick{static_cast<double>(ttl), "one TTL"}};
}

}  // namespace

std::string report_html(const Story& story) {
  std::string out = cli::chart_page_start("dnswarm-sim report");
  out += "<h1>A story of DNS</h1>\n<p class=facts>" + cli::html_text(story_text(story.main)) + "</p>\n";
  out += cli::chart_html(hit_chart(story.main)) + cli::chart_html(level_chart(story.main)) +
         cli::chart_html(spread_chart(story));
  for (const Point& point : points_of(story)) {
    out += "<h2>" + cli::html_text(point.heading) + "</h2>\n<p>" + cli::html_text(point.text) + "</p>\n";
    if (!point.table.empty()) out += "<div class=wide><pre>" + cli::html_text(point.table) + "</pre></div>\n";
  }
  return out + "</html>\n";
}

}  // namespace dnswarm::sim
