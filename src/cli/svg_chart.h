// A chart of lines as an SVG element for an HTML page. Colours are CSS classes c0, c1, ... that the page
// defines, so that it can follow a dark theme. Knows nothing of what is drawn.
#ifndef DNSWARM_CLI_SVG_CHART_H_
#define DNSWARM_CLI_SVG_CHART_H_

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dnswarm::cli {

struct ChartPoint {
  double x = 0, y = 0;
};

struct ChartLine {
  std::string name;
  std::vector<ChartPoint> points;  // by rising x; with a logarithmic axis those at or below 0 are left out
};

struct ChartTick {
  double at = 0;
  std::string text;
};

struct Chart {
  std::string title;
  std::string x_label, y_label;
  std::string (*y_text)(double) = nullptr;  // of a tick or a point
  std::string (*x_text)(double) = nullptr;
  bool y_logarithmic = false;   // else from 0
  std::vector<ChartTick> x_ticks;  // empty: round numbers
  std::vector<ChartLine> lines;
  std::optional<ChartTick> mark;   // a vertical line
};

// Figure, legend and SVG. Texts may hold any characters.
std::string chart_html(const Chart& chart);

// &, <, > and quotation marks as entities.
std::string html_text(std::string_view text);

}  // namespace dnswarm::cli

#endif  // DNSWARM_CLI_SVG_CHART_H_
