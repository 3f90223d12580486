#include "upstream/cookie_jar.h"

#include <gtest/gtest.h>

#include <vector>

#include "upstream/habit.h"

namespace dnswarm {
namespace {

std::vector<uint8_t> with_server_part(const CookieJar& jar, size_t octets, uint8_t fill = 7) {
  const Octets client = jar.cookie().first(client_cookie_octets);
  std::vector<uint8_t> cookie(client.begin(), client.end());
  cookie.resize(cookie.size() + octets, fill);
  return cookie;
}

TEST(CookieJar, sends_nothing_before_it_is_started) { EXPECT_TRUE(CookieJar().cookie().empty()); }

TEST(CookieJar, adds_the_servers_part_once_it_came_and_renews_it) {
  Random random(1);
  CookieJar jar;
  jar.start(random);
  EXPECT_EQ(jar.cookie().size(), 8u);
  EXPECT_FALSE(jar.expected());
  for (const uint8_t fill : {uint8_t{7}, uint8_t{9}}) {
    const auto cookie = with_server_part(jar, 16, fill);
    ASSERT_TRUE(jar.is_ours(cookie));
    jar.on_response(cookie);
    EXPECT_TRUE(jar.expected());
    EXPECT_EQ(std::vector(jar.cookie().begin(), jar.cookie().end()), cookie);
  }
}

// RFC 7873 section 4.2: 8 octets, then 8 to 32 of the server's.
TEST(CookieJar, refuses_another_clients_part_and_other_lengths) {
  Random random(1);
  CookieJar jar;
  jar.start(random);
  for (const size_t octets : {size_t{0}, size_t{7}, size_t{33}}) {
    EXPECT_FALSE(jar.is_ours(with_server_part(jar, octets))) << octets;
  }
  for (const size_t octets : {size_t{8}, size_t{32}}) EXPECT_TRUE(jar.is_ours(with_server_part(jar, octets)));
  for (size_t at = 0; at < client_cookie_octets; ++at) {
    auto cookie = with_server_part(jar, 16);
    cookie[at] ^= 1;
    EXPECT_FALSE(jar.is_ours(cookie)) << at;
  }
  EXPECT_FALSE(jar.is_ours({}));
}

TEST(CookieJar, gives_up_where_several_answers_bring_none_but_not_later) {
  Random random(1);
  CookieJar without, with;
  without.start(random), with.start(random);
  with.on_response(with_server_part(with, 16));
  for (int i = 0; i < CookieJar::answers_without_max; ++i) {
    EXPECT_FALSE(without.cookie().empty()) << i;
    without.on_response({}), with.on_response({});
  }
  EXPECT_TRUE(without.cookie().empty());
  EXPECT_TRUE(with.expected());
}

TEST(Habit, ends_with_the_third_confirmation) {
  Habit habit;
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(habit.kept()) << i;
    habit.on_confirmed();
  }
  EXPECT_FALSE(habit.kept());
  for (int i = 0; i < 300; ++i) habit.on_confirmed();
  EXPECT_FALSE(habit.kept());
}

TEST(Habit, shown_once_begins_anew_unless_it_was_given_up) {
  Habit habit;
  for (int i = 0; i < 5; ++i) {
    habit.on_confirmed(), habit.on_confirmed();
    EXPECT_TRUE(habit.kept()) << i;
    habit.on_shown();
  }
  habit.give_up();
  habit.on_shown();
  EXPECT_FALSE(habit.kept());
}

}  // namespace
}  // namespace dnswarm
