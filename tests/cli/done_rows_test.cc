#include "cli/done_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

namespace dnswarm::cli {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(DoneRows, begins_with_nothing_done) {
  const DoneRows rows;
  EXPECT_EQ(rows.low(), 0u);
  EXPECT_EQ(rows.end(), 0u);
  EXPECT_FALSE(rows.contains(0));
  EXPECT_THAT(rows.runs_from(0), IsEmpty());
}

TEST(DoneRows, low_passes_what_was_done_before_it) {
  DoneRows rows;
  EXPECT_TRUE(rows.add(1));
  EXPECT_TRUE(rows.add(2));
  EXPECT_EQ(rows.low(), 0u);
  EXPECT_THAT(rows.runs_from(0), ElementsAre(0, 1, 2));
  EXPECT_TRUE(rows.add(0));
  EXPECT_EQ(rows.low(), 3u);
  EXPECT_THAT(rows.runs_from(1), ElementsAre(2));
}

TEST(DoneRows, a_row_that_is_done_already_is_told) {
  DoneRows rows(10);
  EXPECT_FALSE(rows.add(9));
  EXPECT_TRUE(rows.add(12));
  EXPECT_FALSE(rows.add(12));
  EXPECT_FALSE(rows.contains(10));
  EXPECT_TRUE(rows.contains(0) && rows.contains(9) && rows.contains(12));
}

// All operations against a plain set, around the borders of words and blocks.
TEST(DoneRows, agrees_with_a_set_whatever_the_order) {
  for (const uint64_t start : {0u, 1u, 63u, 64u, 4095u, 4096u, 100000u}) {
    std::mt19937_64 random(start + 1);
    DoneRows rows(start);
    std::set<uint64_t> done;
    std::vector<uint64_t> order(20000);
    for (size_t i = 0; i < order.size(); ++i) order[i] = start + i;
    // As answers come: nearly in order, with stragglers.
    for (size_t i = 0; i < order.size(); ++i) {
      const size_t reach = random() % 100 == 0 ? 9000 : 50;
      std::swap(order[i], order[std::min(order.size() - 1, i + random() % reach)]);
    }
    for (size_t i = 0; i < order.size(); ++i) {
      EXPECT_TRUE(rows.add(order[i]));
      done.insert(order[i]);
      if (i % 997 != 0) continue;
      uint64_t low = start;
      while (done.contains(low)) ++low;
      ASSERT_EQ(rows.low(), low);
      ASSERT_EQ(rows.end(), std::max(low, *done.rbegin() + 1));
      const std::vector<uint64_t> runs = rows.runs_from(start);
      const DoneRows copy(start, runs);
      ASSERT_EQ(copy.runs_from(start), runs);
      ASSERT_EQ(copy.low(), low);
      for (uint64_t row = start; row < start + order.size() + 100; ++row) {
        ASSERT_EQ(rows.contains(row), done.contains(row)) << row;
        ASSERT_EQ(copy.contains(row), done.contains(row)) << row;
      }
    }
    EXPECT_THAT(rows.runs_from(start), ElementsAre(order.size()));
  }
}

TEST(DoneRows, goes_on_from_its_runs_as_if_nothing_had_happened) {
  DoneRows rows(5000, std::vector<uint64_t>{3, 2, 10000, 1, 1});
  EXPECT_EQ(rows.low(), 5003u);
  EXPECT_EQ(rows.end(), 15007u);
  EXPECT_FALSE(rows.add(5002) || rows.add(5005) || rows.add(15004));
  EXPECT_TRUE(rows.add(5003) && rows.add(5004));
  EXPECT_EQ(rows.low(), 15005u);
  EXPECT_TRUE(rows.add(15005));
  EXPECT_EQ(rows.low(), 15007u);
}

TEST(DoneRows, one_open_row_before_millions_stays_cheap) {
  DoneRows rows;
  for (uint64_t row = 1; row <= 5'000'000; ++row) rows.add(row);
  EXPECT_THAT(rows.runs_from(0), ElementsAre(0, 1, 5'000'000));
  rows.add(0);
  EXPECT_EQ(rows.low(), 5'000'001u);
}

}  // namespace
}  // namespace dnswarm::cli
