#include "iterative/server_table.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "dns/name.h"

namespace dnswarm {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class ServerTableTest : public ::testing::Test {
 protected:
  static Address server(int i) { return *Address::from_text("192.0.2." + std::to_string(i), 53); }
  static Octets zone(const char* text) {
    static std::vector<Name> names;
    names.reserve(100);
    EXPECT_EQ(names.emplace_back().assign_text(text), NameError::none);
    return names.back().wire();
  }
  ServerView view(int i) { return table.view(server(i), zone("example"), now); }

  ServerTable table;
  Instant now{seconds(1000)};
};

TEST_F(ServerTableTest, one_that_nobody_asked_gets_376_ms) {
  const ServerView unknown = view(1);
  EXPECT_FALSE(unknown.known || unknown.lame || unknown.resting || unknown.without_edns);
  EXPECT_EQ(unknown.timeout, milliseconds(376));
  EXPECT_EQ(table.size(), 0u);  // looking does not make it known
}

TEST_F(ServerTableTest, the_timer_follows_the_round_trips_within_bounds) {
  table.answered(server(1), milliseconds(100), now);
  EXPECT_EQ(view(1).srtt, milliseconds(100));
  EXPECT_EQ(view(1).timeout, milliseconds(300));
  for (int i = 0; i < 200; ++i) table.answered(server(1), milliseconds(20), now);
  EXPECT_NEAR(static_cast<double>(view(1).srtt.count()), 20e6, 1e3);
  EXPECT_EQ(view(1).timeout, ServerTable::timeout_min);
  table.answered(server(2), seconds(5), now);
  EXPECT_EQ(view(2).timeout, ServerTable::timeout_max);
}

TEST_F(ServerTableTest, three_silences_in_a_row_are_a_rest_that_doubles) {
  table.silent(server(1), now);
  table.silent(server(1), now);
  EXPECT_FALSE(view(1).resting);
  table.silent(server(1), now);
  EXPECT_TRUE(view(1).resting);
  now += seconds(1);
  EXPECT_FALSE(view(1).resting);
  table.silent(server(1), now);
  now += milliseconds(1999);
  EXPECT_TRUE(view(1).resting);
  table.answered(server(1), milliseconds(10), now);
  EXPECT_FALSE(view(1).resting);
  table.silent(server(1), now);
  EXPECT_FALSE(view(1).resting) << "an answer ends the row";
  for (int i = 0; i < 1000; ++i) table.silent(server(1), now);
  now += seconds(64);
  EXPECT_FALSE(view(1).resting) << "a minute or so at most";
}

TEST_F(ServerTableTest, lameness_is_of_a_server_for_a_zone) {
  table.lame(server(1), zone("example"), now);
  EXPECT_TRUE(view(1).lame);
  EXPECT_FALSE(view(2).lame);
  EXPECT_FALSE(table.view(server(1), zone("other"), now).lame);
  now += seconds(899);
  EXPECT_TRUE(view(1).lame);
  now += seconds(1);
  EXPECT_FALSE(view(1).lame);
}

TEST_F(ServerTableTest, the_last_four_lame_zones_are_remembered) {
  for (const char* text : {"a", "b", "c", "d", "e", "e"}) table.lame(server(1), zone(text), now);
  EXPECT_FALSE(table.view(server(1), zone("a"), now).lame);
  for (const char* text : {"b", "c", "d", "e"})
    EXPECT_TRUE(table.view(server(1), zone(text), now).lame) << text;
}

TEST_F(ServerTableTest, all_is_forgotten_900_s_after_the_last_word) {
  table.refused_edns(server(1), now);
  table.answered(server(1), milliseconds(10), now);
  now += seconds(900);
  EXPECT_TRUE(view(1).without_edns);
  now += seconds(1);
  EXPECT_FALSE(view(1).known);
  table.answered(server(1), milliseconds(80), now);
  EXPECT_EQ(view(1).srtt, milliseconds(80)) << "it starts afresh";
  EXPECT_FALSE(view(1).without_edns);
}

TEST_F(ServerTableTest, is_bounded_and_forgets_the_oldest) {
  ServerTable small(0, 1600);
  for (uint32_t i = 0; i < 20'000; ++i) {
    now += milliseconds(1);
    const std::string text =
        "10." + std::to_string(i >> 16) + "." + std::to_string(i >> 8 & 255) + "." + std::to_string(i & 255);
    small.answered(*Address::from_text(text, 53), milliseconds(1), now);
    ASSERT_LE(small.size(), 1600u);
    ASSERT_TRUE(small.view(*Address::from_text(text, 53), zone("example"), now).known);
  }
  EXPECT_GT(small.size(), 700u);
}

}  // namespace
}  // namespace dnswarm
