#include "load/ramp.h"

#include <gtest/gtest.h>

#include <vector>

namespace dnswarm {
namespace {

std::vector<double> rates_tried(Ramp ramp, double server_limit) {
  std::vector<double> rates;
  while (const auto rate = ramp.next()) {
    rates.push_back(*rate);
    ramp.took(*rate <= server_limit);
    if (rates.size() > 2000) break;
  }
  return rates;
}

TEST(Ramp, goes_evenly_to_the_end_where_all_pass) {
  EXPECT_EQ(rates_tried(Ramp(100, 500, 5), 1e9), (std::vector<double>{100, 200, 300, 400, 500}));
  EXPECT_EQ(rates_tried(Ramp(100, 500, 2), 1e9), (std::vector<double>{100, 500}));
}

TEST(Ramp, stops_rising_at_the_first_failure_and_halves_the_gap) {
  EXPECT_EQ(rates_tried(Ramp(100, 500, 5), 360),
            (std::vector<double>{100, 200, 300, 400, 350, 375, 362.5, 356.25}));
}

TEST(Ramp, stops_halving_within_two_percent) {
  const auto rates = rates_tried(Ramp(1000, 1100, 11), 1043);
  EXPECT_EQ(rates.back(), 1050);  // 1040 passed, 1050 did not: that is close enough
}

TEST(Ramp, is_over_where_the_first_rate_fails) {
  EXPECT_EQ(rates_tried(Ramp(100, 500, 5), 50), (std::vector<double>{100}));
}

}  // namespace
}  // namespace dnswarm
