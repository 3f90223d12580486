#include "load/pace.h"

#include <gtest/gtest.h>

#include <set>

namespace dnswarm {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(Pace, queries_are_evenly_spaced_from_the_start_on) {
  const Pace pace(1000, 0, 1);
  EXPECT_EQ(pace.due(0), Duration(0));
  EXPECT_EQ(pace.due(1), milliseconds(1));
  EXPECT_EQ(pace.due(3600 * 1000), hours(1));
}

TEST(Pace, workers_share_the_schedule_without_gap_or_overlap) {
  std::set<int64_t> due;
  for (unsigned worker = 0; worker < 3; ++worker) {
    const Pace pace(30, worker, 3);
    for (uint64_t k = 0; k < 10; ++k) due.insert((pace.due(k).count() + 500) / 1000);
  }
  const Pace alone(30, 0, 1);
  std::set<int64_t> expected;
  for (uint64_t k = 0; k < 30; ++k) expected.insert((alone.due(k).count() + 500) / 1000);
  EXPECT_EQ(due, expected);
}

TEST(Pace, due_before_counts_what_due_says) {
  for (const double rate : {0.01, 0.7, 3.0, 1000.0, 33'333.3, 1e8}) {
    for (const unsigned workers : {1u, 3u, 256u}) {
      for (const unsigned worker : {0u, workers - 1}) {
        const Pace pace(rate, worker, workers);
        for (const Duration end :
             {Duration(0), Duration(1), Duration(milliseconds(10)), Duration(seconds(100))}) {
          const uint64_t count = pace.due_before(end);
          if (count > 0) {
            EXPECT_LT(pace.due(count - 1), end) << rate;
          }
          EXPECT_GE(pace.due(count), end) << rate;
        }
      }
    }
  }
}

TEST(Pace, ten_seconds_hold_exactly_rate_times_ten) {
  for (const double rate : {1.0, 7.0, 1000.0, 123'457.0, 1'000'000.0}) {
    uint64_t sum = 0;
    for (unsigned worker = 0; worker < 4; ++worker) sum += Pace(rate, worker, 4).due_before(seconds(10));
    EXPECT_EQ(sum, static_cast<uint64_t>(rate * 10));
  }
}

TEST(Pace, stays_exact_after_a_week) {
  const Pace pace(1e6, 0, 1);
  const uint64_t k = uint64_t{7} * 24 * 3600 * 1'000'000;
  EXPECT_EQ(pace.due(k), hours(7 * 24));
  EXPECT_EQ(pace.due(k + 1) - pace.due(k), std::chrono::microseconds(1));
}

}  // namespace
}  // namespace dnswarm
