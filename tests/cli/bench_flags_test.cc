#include "cli/bench_flags.h"

#include <gtest/gtest.h>

namespace dnswarm::cli {
namespace {

BenchFlagsResult parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "bench");
  return bench_flags_from_arguments(static_cast<int>(arguments.size()), arguments.data());
}

BenchFlags good(std::vector<const char*> arguments) {
  BenchFlagsResult result = parse(std::move(arguments));
  EXPECT_TRUE(result.flags.has_value()) << result.text;
  return result.flags.value_or(BenchFlags());
}

TEST(BenchFlags, the_pace_follows_from_the_flags) {
  EXPECT_EQ(good({"-r", "::1", "names"}).options.mode, LoadMode::closed);
  EXPECT_EQ(good({"-r", "::1", "--rate", "5", "names"}).options.mode, LoadMode::open);
  const BenchFlags ramp = good({"-r", "[::1]:5300", "--ramp", "10:20.5:3", "--max-loss", "1%", "names"});
  EXPECT_EQ(ramp.options.mode, LoadMode::ramp);
  EXPECT_EQ(ramp.options.ramp_to, 20.5);
  EXPECT_EQ(ramp.options.ramp_steps, 3u);
  EXPECT_EQ(ramp.options.loss_percent_max, 1);
}

TEST(BenchFlags, random_is_a_pattern) {
  EXPECT_EQ(good({"-r", "::1", "--random", "example.com"}).pattern, "{x:12}.example.com");
  EXPECT_EQ(good({"-r", "::1", "--random", "."}).pattern, "{x:12}.");
}

TEST(BenchFlags, durations_have_fractions) {
  EXPECT_EQ(good({"-r", "::1", "--duration", "1.5", "names"}).options.duration,
            std::chrono::milliseconds(1500));
}

TEST(BenchFlags, the_query_controls_are_those_of_the_main_job) {
  const BenchFlags flags = good({"-r", "::1", "--norecurse", "--dnssec", "--bufsize", "4096", "-t", "AAAA,MX",
                                 "--ecs", "192.0.2.0/24", "--class", "CH", "names"});
  EXPECT_FALSE(flags.options.recursion_desired);
  EXPECT_TRUE(flags.options.dnssec_ok && flags.options.edns);
  EXPECT_EQ(flags.options.udp_payload_octets, 4096);
  EXPECT_EQ(flags.types, (std::vector<RRType>{RRType::AAAA, RRType::MX}));
  EXPECT_EQ(flags.options.rrclass, RRClass::CH);
  EXPECT_FALSE(good({"-r", "::1", "--no-edns", "names"}).options.edns);
}

TEST(BenchFlags, ranges_of_a_ramp_are_checked) {
  std::string rule;
  const auto range = ramp_range_from_text("1000:50000", &rule);
  ASSERT_TRUE(range.has_value());
  EXPECT_EQ(range->to, 50'000);
  EXPECT_EQ(range->steps, 0u);
  for (const char* bad : {"", ":", "1", "1:", ":1", "2:1", "1:1", "0:5", "1:2:", "1:2:1", "1:2:1001",
                          "1:2:3:4", "1:2:3:", "a:b", "1:2:x", "-1:5", "1:1e9"}) {
    rule.clear();
    EXPECT_FALSE(ramp_range_from_text(bad, &rule).has_value()) << bad;
    EXPECT_NE(rule, "") << bad;
  }
}

TEST(BenchFlags, help_wins_over_all_else) {
  const BenchFlagsResult result = parse({"--nonsense", "-h"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_NE(result.text.find("--ramp"), result.text.npos);
}

}  // namespace
}  // namespace dnswarm::cli
