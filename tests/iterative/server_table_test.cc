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

  void silent() { table.silent(server(1), now, now); }

  ServerTable table;
  Instant now{seconds(1000)};
};

TEST_F(ServerTableTest, one_that_nobody_asked_gets_376_ms) {
  const ServerView unknown = view(1);
  EXPECT_FALSE(unknown.known || !unknown.lame.empty() || unknown.resting || unknown.without_edns);
  EXPECT_EQ(unknown.timeout, milliseconds(376));
  EXPECT_EQ(table.size(), 0u);  // looking does not make it known
}

TEST_F(ServerTableTest, the_timer_follows_the_round_trips_within_bounds) {
  table.answered(server(1), milliseconds(100), false, now);
  EXPECT_EQ(view(1).srtt, milliseconds(100));
  EXPECT_EQ(view(1).timeout, milliseconds(300));
  for (int i = 0; i < 200; ++i) table.answered(server(1), milliseconds(20), false, now);
  EXPECT_NEAR(static_cast<double>(view(1).srtt.count()), 20e6, 1e3);
  EXPECT_EQ(view(1).timeout, ServerTable::timeout_min);
  table.answered(server(2), seconds(5), false, now);
  EXPECT_EQ(view(2).timeout, ServerTable::timeout_max);
}

TEST_F(ServerTableTest, one_that_never_answered_over_tcp_and_failed_three_times_takes_none) {
  for (int i = 0; i < 3; ++i) {
    EXPECT_FALSE(view(1).without_tcp);
    table.failed_over_tcp(server(1), now);
  }
  EXPECT_TRUE(view(1).without_tcp);
  EXPECT_FALSE(view(2).without_tcp);
  now += ServerTable::lifetime - seconds(1);
  table.answered(server(1), milliseconds(20), false, now);  // it is known for longer than that
  EXPECT_TRUE(view(1).without_tcp);
  now += seconds(1);
  EXPECT_FALSE(view(1).without_tcp);
}

TEST_F(ServerTableTest, one_that_answered_over_tcp_takes_it) {
  for (int i = 0; i < 3; ++i) table.failed_over_tcp(server(1), now);
  table.answered_over_tcp(server(1), now);
  EXPECT_FALSE(view(1).without_tcp);
  for (int i = 0; i < 9; ++i) table.failed_over_tcp(server(1), now);
  EXPECT_FALSE(view(1).without_tcp);
}

TEST_F(ServerTableTest, three_silences_in_a_row_are_a_rest_that_doubles) {
  silent();
  silent();
  EXPECT_FALSE(view(1).resting);
  silent();
  EXPECT_TRUE(view(1).resting);
  now += seconds(1);
  EXPECT_FALSE(view(1).resting);
  silent();
  now += milliseconds(1999);
  EXPECT_TRUE(view(1).resting);
  table.answered(server(1), milliseconds(10), false, now);
  EXPECT_FALSE(view(1).resting);
  now += milliseconds(1);
  silent();
  EXPECT_FALSE(view(1).resting) << "an answer ends the row";
  for (int i = 0; i < 1000; ++i) silent();
  now += seconds(64);
  EXPECT_FALSE(view(1).resting) << "a minute or so at most";
}

TEST_F(ServerTableTest, who_is_silent_for_less_than_5_s_may_be_busy) {
  silent();
  now += milliseconds(4900);
  silent();
  silent();
  EXPECT_TRUE(view(1).resting);
  EXPECT_FALSE(view(1).dead);
  now += milliseconds(100);
  EXPECT_TRUE(view(1).dead);
  table.answered(server(1), milliseconds(10), false, now);
  now += milliseconds(1);
  for (int i = 0; i < 10; ++i) silent();
  EXPECT_TRUE(view(1).resting);
  EXPECT_FALSE(view(1).dead) << "it counts from the first silence after its last answer";
}

TEST_F(ServerTableTest, silences_of_queries_that_were_open_together_are_one) {
  for (int i = 0; i < 50; ++i) table.silent(server(1), now, now + milliseconds(376 + i));
  EXPECT_FALSE(view(1).resting);
  table.silent(server(1), now + milliseconds(376), now + milliseconds(900));
  table.silent(server(1), now + milliseconds(901), now + milliseconds(1600));
  now += milliseconds(1600);
  EXPECT_TRUE(view(1).resting);
}

TEST_F(ServerTableTest, a_packet_that_was_lost_among_answered_ones_is_no_silence) {
  for (int i = 0; i < 20; ++i) {
    const Instant sent = now;
    now += milliseconds(10);
    table.answered(server(1), milliseconds(10), false, now);
    now += milliseconds(370);
    table.silent(server(1), sent, now);
  }
  EXPECT_FALSE(view(1).resting);
}

TEST_F(ServerTableTest, a_servers_rate_is_its_own) {
  ServerTable limited(10);
  EXPECT_TRUE(limited.take(server(1), 1, now));
  EXPECT_FALSE(limited.take(server(1), 1, now));
  EXPECT_TRUE(limited.take(server(2), 1, now));
  EXPECT_EQ(limited.ready_at(server(1), now), now + milliseconds(100));
  EXPECT_EQ(limited.view(server(1), zone("example"), now).ready_at, now + milliseconds(100));
  limited.give_back(server(1), 1, now);
  EXPECT_TRUE(limited.take(server(1), 1, now));
  now += milliseconds(100);
  EXPECT_TRUE(limited.take(server(1), 1, now));
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(table.take(server(1), 1, now)) << "no limit";
}

TEST_F(ServerTableTest, lameness_may_be_unsure) {
  table.lame(server(1), zone("example"), "not_authoritative", true, now);
  EXPECT_EQ(view(1).lame, "not_authoritative");
  EXPECT_TRUE(view(1).unsure_lame);
  table.lame(server(1), zone("example"), "upward_referral", false, now);
  EXPECT_EQ(view(1).lame, "upward_referral");
  EXPECT_FALSE(view(1).unsure_lame);
}

TEST_F(ServerTableTest, lameness_is_of_a_server_for_a_zone) {
  table.lame(server(1), zone("example"), "upward_referral", false, now);
  EXPECT_FALSE(view(1).lame.empty());
  EXPECT_TRUE(view(2).lame.empty());
  EXPECT_TRUE(table.view(server(1), zone("other"), now).lame.empty());
  now += seconds(899);
  EXPECT_FALSE(view(1).lame.empty());
  now += seconds(1);
  EXPECT_TRUE(view(1).lame.empty());
}

TEST_F(ServerTableTest, the_last_four_lame_zones_are_remembered) {
  for (const char* text : {"a", "b", "c", "d", "e", "e"})
    table.lame(server(1), zone(text), "upward_referral", false, now);
  EXPECT_TRUE(table.view(server(1), zone("a"), now).lame.empty());
  for (const char* text : {"b", "c", "d", "e"})
    EXPECT_FALSE(table.view(server(1), zone(text), now).lame.empty()) << text;
}

TEST_F(ServerTableTest, all_is_forgotten_900_s_after_the_last_word) {
  table.refused_edns(server(1), now);
  table.answered(server(1), milliseconds(10), false, now);
  now += seconds(900);
  EXPECT_TRUE(view(1).without_edns);
  now += seconds(1);
  EXPECT_FALSE(view(1).known);
  table.answered(server(1), milliseconds(80), false, now);
  EXPECT_EQ(view(1).srtt, milliseconds(80)) << "it starts afresh";
  EXPECT_FALSE(view(1).without_edns);
}

TEST_F(ServerTableTest, is_bounded_and_forgets_the_oldest) {
  ServerTable small(0, 1600);
  for (uint32_t i = 0; i < 20'000; ++i) {
    now += milliseconds(1);
    const std::string text =
        "10." + std::to_string(i >> 16) + "." + std::to_string(i >> 8 & 255) + "." + std::to_string(i & 255);
    small.answered(*Address::from_text(text, 53), milliseconds(1), false, now);
    ASSERT_LE(small.size(), 1600u);
    ASSERT_TRUE(small.view(*Address::from_text(text, 53), zone("example"), now).known);
  }
  EXPECT_GT(small.size(), 700u);
}

TEST_F(ServerTableTest, the_case_of_letters_is_expected_until_tcp_confirmed_three_answers_without_it) {
  const auto keeps_case = [&] { return view(1).keeps_case; };
  EXPECT_TRUE(keeps_case()) << "unknown";
  for (int i = 0; i < 2; ++i) table.confirmed_other_case(server(1), now);
  table.answered(server(1), milliseconds(10), true, now);
  for (int i = 0; i < 2; ++i) table.confirmed_other_case(server(1), now);
  EXPECT_TRUE(keeps_case()) << "it was shown between";
  table.answered(server(1), milliseconds(10), false, now);
  table.confirmed_other_case(server(1), now);
  EXPECT_FALSE(keeps_case());
  EXPECT_TRUE(view(2).keeps_case) << "another one";
}

}  // namespace
}  // namespace dnswarm
