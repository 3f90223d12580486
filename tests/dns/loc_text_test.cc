#include <gtest/gtest.h>

#include "wire_text.h"

namespace dnswarm {
namespace {

std::string loc(const char* hex) { return text_of_rdata(RRType::LOC, bytes_of_hex(hex)); }

TEST(LocText, writes_what_dig_writes) {
  EXPECT_EQ(loc("00 12 16 13 89 17 2d d0 70 be 15 f0 00 98 8d 20"),
            "42 21 54.000 N 71 6 18.000 W -24.00m 1m 10000m 10m");
  EXPECT_EQ(loc("00 12 16 13 80000000 80000000 00989680"),
            "0 0 0.000 N 0 0 0.000 E 0.00m 1m 10000m 10m");
  EXPECT_EQ(loc("00 10 11 99 7fffffff 7fffffff 00000000"),
            "0 0 0.001 S 0 0 0.001 W -100000.00m 0.01m 0.10m 90000000m");
}

TEST(LocText, takes_the_poles_and_the_date_line) {
  EXPECT_EQ(loc("00 12 16 13 934fd900 a69fb200 00989680"),
            "90 0 0.000 N 180 0 0.000 E 0.00m 1m 10000m 10m");
  EXPECT_EQ(loc("00 12 16 13 6cb02700 59604e00 ffffffff"),
            "90 0 0.000 S 180 0 0.000 W 42849672.95m 1m 10000m 10m");
}

TEST(LocText, rejects_what_is_not_on_earth) {
  EXPECT_EQ(loc("00 12 16 13 934fd901 80000000 00989680"), "(invalid)");
  EXPECT_EQ(loc("00 12 16 13 6cb026ff 80000000 00989680"), "(invalid)");
  EXPECT_EQ(loc("00 12 16 13 80000000 a69fb201 00989680"), "(invalid)");
  EXPECT_EQ(loc("00 12 16 13 00000000 80000000 00989680"), "(invalid)");
  EXPECT_EQ(loc("00 a0 16 13 80000000 80000000 00989680"), "(invalid)");
  EXPECT_EQ(loc("00 12 1a 13 80000000 80000000 00989680"), "(invalid)");
  EXPECT_EQ(loc("00 12 16 f0 80000000 80000000 00989680"), "(invalid)");
  EXPECT_EQ(loc("00 12 16 13 80000000 80000000 009896"), "(invalid)");
  EXPECT_EQ(loc("00 12 16 13 80000000 80000000 0098968000"), "(invalid)");
  EXPECT_EQ(loc("00"), "(invalid)");
}

}  // namespace
}  // namespace dnswarm
