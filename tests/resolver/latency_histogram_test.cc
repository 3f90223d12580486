#include <gtest/gtest.h>

#include "dnswarm/resolver.h"

namespace dnswarm {
namespace {

using std::chrono::microseconds;

TEST(LatencyHistogram, is_empty_at_first) {
  LatencyHistogram histogram;
  EXPECT_EQ(histogram.total(), 0u);
  EXPECT_EQ(histogram.quantile(0.5).count(), 0);
}

TEST(LatencyHistogram, every_value_is_within_a_fifth_of_its_buckets_upper_bound) {
  for (int64_t us = 1; us < 100'000'000; us += us / 7 + 1) {
    LatencyHistogram histogram;
    histogram.add(microseconds(us));
    auto bound = static_cast<double>(histogram.quantile(0.5).count());
    EXPECT_GE(bound, static_cast<double>(us)) << us;
    EXPECT_LE(bound, 1.19 * static_cast<double>(us) + 2) << us;
  }
}

TEST(LatencyHistogram, zero_negative_and_huge_values_are_counted) {
  LatencyHistogram histogram;
  histogram.add(microseconds(0));
  histogram.add(microseconds(-5));
  histogram.add(std::chrono::hours(1000));
  EXPECT_EQ(histogram.total(), 3u);
}

TEST(LatencyHistogram, quantiles_split_the_counts) {
  LatencyHistogram a, b;
  for (int i = 0; i < 90; ++i) a.add(microseconds(1000));
  for (int i = 0; i < 10; ++i) b.add(microseconds(100'000));
  a.merge(b);
  EXPECT_LT(a.quantile(0.9).count(), 1300);
  EXPECT_GT(a.quantile(0.91).count(), 90'000);
}

}  // namespace
}  // namespace dnswarm
