#include "load/latency_recorder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include "base/random.h"

namespace dnswarm {
namespace {

double exact_quantile_us(const std::vector<int64_t>& ordered, double q) {
  const auto rank = static_cast<size_t>(std::max(std::ceil(q * static_cast<double>(ordered.size())), 1.0));
  return static_cast<double>(ordered[rank - 1]) / 1000;
}

void expect_within(double value, double truth, double share) {
  EXPECT_LE(std::abs(value - truth), share * truth) << value << " for " << truth;
}

// Latencies of several shapes, each compared with its exact percentiles.
void compare_with_exact(const std::function<int64_t(Random&)>& draw) {
  Random random(5);
  LatencyRecorder recorder;
  std::vector<int64_t> all;
  double sum = 0;
  for (int i = 0; i < 100'000; ++i) {
    const int64_t ns = draw(random);
    all.push_back(ns);
    sum += static_cast<double>(ns);
    recorder.add(Duration(ns));
  }
  std::sort(all.begin(), all.end());
  const LoadLatency summary = recorder.summary();
  EXPECT_EQ(summary.count, all.size());
  for (size_t i = 0; i < LoadLatency::quantiles.size(); ++i) {
    expect_within(summary.quantile_us[i], exact_quantile_us(all, LoadLatency::quantiles[i]), 0.004);
  }
  const double mean = sum / 1e5 / 1000;
  double squares = 0;
  for (const int64_t ns : all) squares += std::pow(static_cast<double>(ns) / 1000 - mean, 2);
  expect_within(summary.mean_us, mean, 1e-9);
  expect_within(summary.stddev_us, std::sqrt(squares / 1e5), 0.01);
  EXPECT_DOUBLE_EQ(summary.min_us, static_cast<double>(all.front()) / 1000);
  EXPECT_DOUBLE_EQ(summary.max_us, static_cast<double>(all.back()) / 1000);
}

TEST(LatencyRecorder, percentiles_are_within_half_a_percent_of_exact_ones) {
  compare_with_exact([](Random& r) { return 1'000'000 + int64_t{r.below(19'000'000)}; });
  // Exponential around 200 us, and two peaks three orders of magnitude apart.
  compare_with_exact([](Random& r) {
    return 1 + static_cast<int64_t>(-200'000 * std::log((r.below(1'000'000) + 1.0) / 1'000'001));
  });
  compare_with_exact([](Random& r) {
    return r.below(10) == 0 ? 900'000'000 + int64_t{r.below(1000)} : 500'000 + int64_t{r.below(90'000)};
  });
}

TEST(LatencyRecorder, every_value_is_within_half_a_percent_of_its_bucket) {
  for (int64_t ns = 1; ns < int64_t{1} << 40; ns += ns / 300 + 1) {
    LatencyRecorder low_and_high;  // two more, so that the ends of the recorder do not help
    low_and_high.add(Duration(1));
    low_and_high.add(Duration(ns));
    low_and_high.add(Duration(int64_t{1} << 41));
    expect_within(low_and_high.quantile_us(0.5), static_cast<double>(ns) / 1000, 0.004);
  }
}

TEST(LatencyRecorder, is_all_zero_when_empty) {
  const LoadLatency summary = LatencyRecorder().summary();
  EXPECT_EQ(summary.count, 0u);
  EXPECT_EQ(summary.min_us + summary.mean_us + summary.max_us + summary.quantile_us[0], 0);
  EXPECT_TRUE(summary.buckets.empty());
}

TEST(LatencyRecorder, zero_negative_and_huge_values_are_counted) {
  LatencyRecorder recorder;
  recorder.add(Duration(0));
  recorder.add(Duration(-5));
  recorder.add(std::chrono::hours(1));
  EXPECT_EQ(recorder.count(), 3u);
  EXPECT_DOUBLE_EQ(recorder.summary().max_us, 3.6e9);
  EXPECT_DOUBLE_EQ(recorder.summary().min_us, 0.001);
}

TEST(LatencyRecorder, merging_is_counting_in_one) {
  Random random(9);
  LatencyRecorder a, b, both;
  for (int i = 0; i < 10'000; ++i) {
    const Duration latency(random.below(50'000'000));
    (i % 3 == 0 ? a : b).add(latency);
    both.add(latency);
  }
  a.merge(b);
  EXPECT_EQ(a.summary().quantile_us, both.summary().quantile_us);
  EXPECT_EQ(a.summary().mean_us, both.summary().mean_us);
  EXPECT_EQ(a.summary().buckets.size(), both.summary().buckets.size());
  a.clear();
  EXPECT_EQ(a.count(), 0u);
  EXPECT_EQ(a.quantile_us(0.5), 0);
}

TEST(LatencyRecorder, buckets_hold_everything_once) {
  LatencyRecorder recorder;
  for (int i = 1; i <= 1000; ++i) recorder.add(std::chrono::microseconds(i));
  uint64_t sum = 0;
  double last = 0;
  for (const LoadLatency::Bucket& bucket : recorder.summary().buckets) {
    EXPECT_GT(bucket.us, last);
    last = bucket.us;
    sum += bucket.count;
  }
  EXPECT_EQ(sum, 1000u);
}

}  // namespace
}  // namespace dnswarm
