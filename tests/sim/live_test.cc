// A story on sockets: what must add up there too, and that it meets the same questions as in virtual time.
#include "live_run.h"

#include <gtest/gtest.h>

#include "report.h"
#include "report_command.h"
#include "story_run.h"

namespace dnswarm::sim {
namespace {

StoryOptions two_seconds() {
  StoryOptions options;
  options.domains = 20;
  options.clients = 10;
  options.rate = 15;
  options.hours = 2.0 / 3600;
  options.levels = 3;
  options.policy = Policy::hash;
  return options;
}

TEST(LiveRun, asks_the_same_as_in_virtual_time_and_adds_up) {
  const StoryOptions options = two_seconds();
  std::string error;
  const std::optional<StoryResult> live = run_live(options, &error);
  ASSERT_TRUE(live) << error;
  const std::optional<StoryResult> in_virtual_time = run_story(options, &error);
  ASSERT_TRUE(in_virtual_time) << error;
  EXPECT_GT(live->questions(), 100u);
  EXPECT_EQ(live->questions(), in_virtual_time->questions());
  EXPECT_EQ(live->failed, 0u);
  EXPECT_EQ(live->hits(Level::client).questions, live->questions());
  EXPECT_EQ(live->hits(Level::client).misses(), live->at(Level::forwarder));
  EXPECT_EQ(live->hits(Level::forwarder).misses(), live->at(Level::resolver));
  EXPECT_EQ(live->hits(Level::resolver).questions, live->at(Level::resolver));
  // Nothing expires in two seconds: every client asks each name once, and resolvers ask the root for each
  // TLD.
  EXPECT_GT(live->hits(Level::client).hits, 0u);
  EXPECT_GE(live->at(Level::root), options.resolvers);
  EXPECT_GE(live->at(Level::domain), live->hits(Level::resolver).misses() / 2);
  uint64_t queries = 0;
  for (const ServerResult& server : live->servers) queries += server.queries;
  EXPECT_EQ(queries, live->at(Level::root) + live->at(Level::tld) + live->at(Level::domain));
  EXPECT_GT(queries, 0u);
  const std::string text = live_text(*live);
  EXPECT_NE(text.find("in 2 s, on sockets"), std::string::npos) << text;
  EXPECT_NE(text.find("forwarder 4"), std::string::npos) << text;
}

TEST(LiveRun, rejects_what_is_out_of_range) {
  StoryOptions options = two_seconds();
  std::string error;
  options.hours = 0.2;
  EXPECT_FALSE(run_live(options, &error));
  EXPECT_EQ(error, "over 600 s");
  options = two_seconds();
  options.clients = 0;
  EXPECT_FALSE(run_live(options, &error));
  EXPECT_EQ(error, "--clients: 0 is not 1 to 10000");
}

TEST(LiveRun, does_not_take_what_virtual_time_alone_has) {
  for (const char* flag : {"--hours", "--change", "--delays", "--conversation", "--format", "--plot"}) {
    const std::string value = flag == std::string("--delays")   ? "1,2,3,4"
                              : flag == std::string("--format") ? "json"
                                                                : "1";
    const char* argv[] = {"report", "--live", "3", flag, value.c_str()};
    int exit_code = 0;
    testing::internal::CaptureStderr();
    EXPECT_FALSE(parse_report_flags(5, argv, &exit_code)) << flag;
    EXPECT_EQ(exit_code, 2);
    EXPECT_NE(testing::internal::GetCapturedStderr().find(flag), std::string::npos);
  }
  const char* argv[] = {"report", "--live", "3"};
  int exit_code = 0;
  const auto flags = parse_report_flags(3, argv, &exit_code);
  ASSERT_TRUE(flags && flags->live);
  EXPECT_EQ(flags->story.length(), std::chrono::seconds(3));
}

}  // namespace
}  // namespace dnswarm::sim
