#include "load/series.h"

#include <gtest/gtest.h>

namespace dnswarm {
namespace {

LatencyRecorder latencies(std::initializer_list<int> milliseconds) {
  LatencyRecorder recorder;
  for (const int ms : milliseconds) recorder.add(std::chrono::milliseconds(ms));
  return recorder;
}

TEST(Series, a_second_is_whole_when_all_workers_have_handed_it_over) {
  Series series(2);
  series.publish(0, {10, 8, 1}, latencies({1, 1, 1}));
  series.publish(0, {20, 20, 0}, latencies({7}));
  EXPECT_FALSE(series.last().has_value());
  series.publish(1, {5, 5, 0}, latencies({100, 100}));
  ASSERT_TRUE(series.last().has_value());
  const LoadSecond second = *series.last();
  EXPECT_EQ(second.second, 0u);
  EXPECT_EQ(second.sent, 15u);
  EXPECT_EQ(second.answered, 13u);
  EXPECT_EQ(second.lost, 1u);
  EXPECT_NEAR(second.p50_us, 1000, 4);
  EXPECT_NEAR(second.p99_us, 100'000, 400);
}

TEST(Series, take_holds_the_last_seconds_of_workers_that_were_at_work_longer) {
  Series series(2);
  series.publish(0, {1, 1, 0}, latencies({1}));
  series.publish(1, {2, 2, 0}, latencies({1}));
  series.publish(1, {0, 3, 0}, latencies({2}));
  series.publish(1, {0, 4, 0}, latencies({3}));
  const auto seconds = series.take();
  ASSERT_EQ(seconds.size(), 3u);
  EXPECT_EQ(seconds[0].sent, 3u);
  EXPECT_EQ(seconds[2].second, 2u);
  EXPECT_EQ(seconds[2].answered, 4u);
}

TEST(Series, is_empty_at_first) {
  Series series(1);
  EXPECT_FALSE(series.last().has_value());
  EXPECT_TRUE(series.take().empty());
}

}  // namespace
}  // namespace dnswarm
