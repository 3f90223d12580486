#include "cli/svg_chart.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "cli/chart_page.h"

namespace dnswarm::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string plain_text(double value) { return std::to_string(static_cast<int>(value)); }

Chart chart_of(std::vector<ChartPoint> points, bool logarithmic = false) {
  return {.title = "a title", .x_label = "x", .y_label = "y", .y_text = plain_text, .x_text = plain_text,
          .y_logarithmic = logarithmic, .x_ticks = {}, .lines = {{"one", std::move(points)}}, .mark = {}};
}

TEST(SvgChart, draws_a_line_with_its_points_and_names) {
  const std::string html = chart_html(chart_of({{0, 1}, {5, 20}, {10, 15}}));
  EXPECT_THAT(html, HasSubstr("class=\"line c0\""));
  EXPECT_THAT(html, HasSubstr("one: 20 at 5"));
  EXPECT_THAT(html, HasSubstr("a title"));
}

TEST(SvgChart, copes_with_no_points_one_point_and_flat_lines) {
  for (const bool logarithmic : {false, true}) {
    for (const auto& points :
         {std::vector<ChartPoint>{}, {{3, 7}}, {{0, 4}, {1, 4}}, {{0, 0}, {1, 0}}, {{0, 1e-3}, {1, 1e9}}}) {
      const std::string html = chart_html(chart_of(points, logarithmic));
      EXPECT_THAT(html, HasSubstr("</svg>"));
      EXPECT_THAT(html, Not(HasSubstr("nan")));
      EXPECT_THAT(html, Not(HasSubstr("inf")));
    }
  }
}

TEST(SvgChart, leaves_a_gap_where_a_logarithm_has_none) {
  const std::string html = chart_html(chart_of({{0, 1}, {1, 2}, {2, 0}, {3, 4}, {4, 5}}, true));
  const size_t path = html.find("class=\"line");
  const std::string line = html.substr(path, html.find('>', path) - path);
  EXPECT_EQ(std::count(line.begin(), line.end(), 'M'), 2);
}

TEST(SvgChart, long_series_have_no_point_each) {
  std::vector<ChartPoint> points;
  for (int i = 0; i < 5000; ++i) points.push_back({static_cast<double>(i), static_cast<double>(i % 7 + 1)});
  EXPECT_THAT(chart_html(chart_of(points)), Not(HasSubstr("<circle")));
}

TEST(SvgChart, texts_are_escaped) {
  EXPECT_EQ(html_text("<a href=\"x\">&'"), "&lt;a href=&quot;x&quot;&gt;&amp;&#39;");
  Chart chart = chart_of({{0, 1}, {1, 2}});
  chart.title = "<script>";
  EXPECT_THAT(chart_html(chart), Not(HasSubstr("<script>")));
}

TEST(ChartPage, has_a_colour_for_each_line_and_nothing_from_outside) {
  const std::string page = chart_page_start("<a & b>");
  EXPECT_THAT(page, HasSubstr("<title>&lt;a &amp; b&gt;</title>"));
  for (size_t i = 0; i < chart_colours; ++i) {
    EXPECT_THAT(page, HasSubstr(".c" + std::to_string(i) + "{color:var(--" + std::to_string(i) + ")}"));
  }
  for (const char* outside : {"http", "src=", "url(", "@import", "<script"}) {
    EXPECT_THAT(page, Not(HasSubstr(outside)));
  }
}

}  // namespace
}  // namespace dnswarm::cli
