// The HTML page that charts stand on (svg_chart.h): its colours, and how figures, tables and a boxed verdict
// look. It refers to nothing outside.
#ifndef DNSWARM_CLI_CHART_PAGE_H_
#define DNSWARM_CLI_CHART_PAGE_H_

#include <string>
#include <string_view>

namespace dnswarm::cli {

// A chart has no more lines than there are colours.
inline constexpr size_t chart_colours = 8;

// Up to where the page's own text begins; it ends with "</html>".
std::string chart_page_start(std::string_view title);

}  // namespace dnswarm::cli

#endif  // DNSWARM_CLI_CHART_PAGE_H_
