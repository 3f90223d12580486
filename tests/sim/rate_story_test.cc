#include "rate_story.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/formatted_text.h"
#include "cli/svg_chart.h"

namespace dnswarm::sim {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr double part = 0.04;

std::vector<RegimeResult> short_story(uint64_t seed) {
  std::vector<RegimeResult> results;
  for (const Regime& regime : rate_regimes(seed, part)) results.push_back(run_regime(regime));
  return results;
}

// What stands between one regime's heading and the next one's.
std::string section_of(const std::string& page, const std::string& title) {
  const size_t begin = page.find("<h2>" + cli::html_text(title) + "</h2>");
  EXPECT_NE(begin, std::string::npos) << title;
  return begin == std::string::npos ? "" : page.substr(begin, page.find("<h2>", begin + 4) - begin);
}

uint64_t total(const Simulation::StepCounts& counts) {
  uint64_t sum = 0;
  for (const auto& steps : counts) {
    for (const uint64_t count : steps) sum += count;
  }
  return sum;
}

TEST(RateStory, the_same_seed_gives_the_same_page_and_another_another) {
  const std::string page = rate_story_html(short_story(1), 1);
  EXPECT_EQ(page, rate_story_html(short_story(1), 1));
  EXPECT_NE(page, rate_story_html(short_story(2), 1));
}

TEST(RateStory, each_regime_has_its_charts_and_the_figures_of_its_run) {
  const std::vector<RegimeResult> results = short_story(3);
  const std::string page = rate_story_html(results, 3);
  EXPECT_EQ(results.size(), 12u);
  for (const RegimeResult& result : results) {
    SCOPED_TRACE(result.regime.title);
    EXPECT_THAT(result.violations, IsEmpty());
    Simulation again(result.regime.options);
    again.run();
    const std::string section = section_of(page, result.regime.title);
    const double seconds = seconds_of(again.elapsed());
    const double per_name = static_cast<double>(again.packets()) / result.regime.options.names;
    EXPECT_THAT(section, HasSubstr(" in " + cli::number_text("%.2f", seconds) + " s"));
    EXPECT_THAT(section, HasSubstr(cli::number_text("%.3f", per_name) + " queries a name"));
    EXPECT_THAT(section, HasSubstr("<svg"));
    EXPECT_THAT(section, HasSubstr("class=\"line c0\""));
    EXPECT_THAT(section, Not(ContainsRegex("[^u]nan")));  // but "unanswered"
    EXPECT_EQ(total(result.sent), again.packets());
  }
}

TEST(RateStory, where_there_are_caps_what_passed_and_the_cap_are_drawn) {
  for (const RegimeResult& result : short_story(4)) {
    const std::string section = section_of(rate_story_html({result}, 4), result.regime.title);
    const bool is_capped = result.regime.options.upstreams[0].cap > 0;
    EXPECT_EQ(section.find("passed the cap") != std::string::npos, is_capped) << result.regime.title;
    EXPECT_LT(total(result.passed), total(result.sent));
    EXPECT_EQ(total(result.passed) > 0, is_capped);
  }
}

TEST(RateStory, figures_are_held_against_their_targets) {
  RegimeResult result;
  result.regime.options.names = 1000;
  result.regime.slower_wanted = 1.25;
  result.regime.queries_wanted = 1.2;
  result.ideal_seconds = 4;
  result.seconds = 5;
  result.packets = 1300;
  const std::vector<Figure> figures = figures_of(result);
  ASSERT_EQ(figures.size(), 3u);
  EXPECT_EQ(figures[0].measured, "1.25 times 4.00 s");
  EXPECT_TRUE(figures[0].reached);
  EXPECT_EQ(figures[1].measured, "1.300");
  EXPECT_FALSE(figures[1].reached);
  EXPECT_TRUE(figures[2].reached);
  result.unanswered = 1;
  EXPECT_FALSE(figures_of(result)[2].reached);
  result.regime.options.upstreams.resize(1);
  result.regime.options.upstreams[0].loss = 0.05;
  EXPECT_EQ(figures_of(result).size(), 2u);
}

TEST(RateStory, a_cap_that_changes_is_the_later_one_from_then_on) {
  UpstreamModel model;
  model.cap = 10;
  model.cap_later = 20;
  model.cap_changes = Instant(std::chrono::seconds(5));
  EXPECT_EQ(cap_at(model, std::chrono::milliseconds(4999)), 10u);
  EXPECT_EQ(cap_at(model, std::chrono::seconds(5)), 20u);
}

}  // namespace
}  // namespace dnswarm::sim
