#include "upstream/upstream_pool.h"

#include <gtest/gtest.h>

#include <array>
#include <map>

namespace dnswarm {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class UpstreamPoolTest : public ::testing::Test {
 protected:
  UpstreamPool make(size_t n, unsigned in_flight = 1000) {
    return UpstreamPool({n, in_flight, milliseconds(1000)}, limits, random);
  }
  // Asks an upstream that is chosen and reports the same result each time.
  UpstreamIndex ask(UpstreamPool& pool, AttemptResult result, uint64_t domain = 1) {
    auto chosen = pool.choose(now, {});
    EXPECT_TRUE(chosen);
    pool.report(*chosen, result, true, milliseconds(5), domain, now);
    return *chosen;
  }
  Instant start{seconds(100)};
  Instant now = start;
  SharedLimits limits;
  Random random{1};
};

TEST_F(UpstreamPoolTest, equal_upstreams_take_turns) {
  UpstreamPool pool = make(4);
  std::map<UpstreamIndex, int> count;
  for (int i = 0; i < 400; ++i) ++count[ask(pool, AttemptResult::answered)];
  for (auto [upstream, n] : count) EXPECT_EQ(n, 100) << upstream;
}

TEST_F(UpstreamPoolTest, one_that_is_left_out_is_never_asked_again_whatever_it_says) {
  UpstreamPool pool = make(3);
  while (ask(pool, AttemptResult::answered) != 2) {
  }
  auto open = pool.choose(now, std::array<UpstreamIndex, 2>{0, 2});
  ASSERT_EQ(open, UpstreamIndex{1});
  pool.leave_out(1, now);
  pool.leave_out(1, now);
  pool.report(1, AttemptResult::answered, true, milliseconds(5), 1, now);
  for (int i = 0; i < 200; ++i, now += milliseconds(500)) EXPECT_NE(ask(pool, AttemptResult::answered), 1);
  EXPECT_FALSE(pool.admit(1, true, now));
}

TEST_F(UpstreamPoolTest, one_that_rests_can_be_left_out) {
  UpstreamPool pool = make(2);
  for (int i = 0; !pool.resting(0) && i < 1000; ++i) pool.note_refused_port(0, now);
  ASSERT_TRUE(pool.resting(0));
  pool.leave_out(0, now);
  for (int i = 0; i < 200; ++i, now += milliseconds(500)) EXPECT_EQ(ask(pool, AttemptResult::answered), 1);
}

TEST_F(UpstreamPoolTest, where_all_are_left_out_nobody_is_asked) {
  UpstreamPool pool = make(2);
  pool.leave_out(0, now), pool.leave_out(1, now);
  for (int i = 0; i < 100; ++i, now += milliseconds(500)) EXPECT_FALSE(pool.choose(now, {}));
  EXPECT_EQ(pool.all_resting_since(), start);
}

TEST_F(UpstreamPoolTest, a_far_one_gets_less_but_not_nothing) {
  UpstreamPool pool = make(2);
  std::map<UpstreamIndex, int> count;
  for (int i = 0; i < 1000; ++i) {
    auto chosen = pool.choose(now, {});
    Duration rtt = *chosen == 0 ? milliseconds(10) : milliseconds(310);
    pool.report(*chosen, AttemptResult::answered, true, rtt, 1, now);
    ++count[*chosen];
  }
  EXPECT_GT(count[0], 4 * count[1]);
  EXPECT_GT(count[1], 50);
}

TEST_F(UpstreamPoolTest, a_retry_goes_elsewhere_while_there_is_an_elsewhere) {
  UpstreamPool pool = make(3);
  const UpstreamIndex two[] = {0, 2};
  for (int i = 0; i < 20; ++i) EXPECT_EQ(pool.choose(now, two), UpstreamIndex{1});
  const UpstreamIndex all[] = {0, 1, 2};
  EXPECT_TRUE(pool.choose(now, all));
}

TEST_F(UpstreamPoolTest, the_window_bounds_what_is_open_and_grows_with_answers) {
  UpstreamPool pool = make(1, 2000);
  unsigned open = 0;
  while (pool.choose(now, {})) ++open;
  EXPECT_EQ(open, 256u);
  for (unsigned i = 0; i < 256; ++i) pool.report(0, AttemptResult::answered, true, milliseconds(5), 1, now);
  open = 0;
  while (pool.choose(now, {})) ++open;
  EXPECT_EQ(open, 512u);
}

TEST_F(UpstreamPoolTest, a_full_window_waits_for_answers_not_for_time) {
  UpstreamPool pool = make(2, 10);
  while (pool.choose(now, {})) {
  }
  EXPECT_EQ(pool.next_chance(), never);
}

TEST_F(UpstreamPoolTest, never_more_than_the_limit_is_open) {
  UpstreamPool pool = make(1, 10);
  for (int i = 0; i < 1000; ++i) {
    if (!pool.choose(now, {})) pool.report(0, AttemptResult::answered, true, milliseconds(5), 1, now);
    ASSERT_LE(pool.outstanding(0), 10u);
  }
}

TEST_F(UpstreamPoolTest, failures_that_nobody_else_answers_do_not_count) {
  UpstreamPool pool = make(2);
  for (int i = 0; i < 500; ++i) ask(pool, AttemptResult::servfail, 7);  // one broken zone
  EXPECT_FALSE(pool.resting(0));
  EXPECT_FALSE(pool.resting(1));
}

TEST_F(UpstreamPoolTest, failures_that_another_one_answers_lead_to_rest) {
  UpstreamPool pool = make(2);
  int charges = 0;
  while (!pool.resting(1) && charges < 100) {
    pool.charge(1, AttemptResult::refused, now, now);
    ++charges;
  }
  EXPECT_GT(charges, 10);
  EXPECT_LT(charges, 40);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(ask(pool, AttemptResult::answered), 0);
}

TEST_F(UpstreamPoolTest, silence_over_many_domains_leads_to_rest) {
  UpstreamPool pool = make(1);
  for (uint64_t i = 0; i < 24; ++i) {
    ASSERT_FALSE(pool.resting(0)) << i;
    ask(pool, AttemptResult::timed_out, (i << 32) | 1);
  }
  EXPECT_TRUE(pool.resting(0));
  EXPECT_EQ(pool.all_resting_since(), now);
}

TEST_F(UpstreamPoolTest, silence_about_one_domain_does_not) {
  UpstreamPool pool = make(1);
  for (int i = 0; i < 200; ++i) ask(pool, AttemptResult::timed_out, 42);
  EXPECT_FALSE(pool.resting(0));
}

TEST_F(UpstreamPoolTest, who_answers_others_in_the_meantime_is_alive) {
  UpstreamPool pool = make(2);
  Instant sent = now;
  now += seconds(1);
  for (int i = 0; i < 300; ++i) {
    ask(pool, AttemptResult::answered);
    ask(pool, AttemptResult::answered);
    pool.charge(1, AttemptResult::timed_out, sent, now);
  }
  for (int i = 0; i < 100; ++i) pool.charge(1, AttemptResult::timed_out, sent, now);
  EXPECT_FALSE(pool.resting(1));
}

TEST_F(UpstreamPoolTest, rest_doubles_until_a_probe_is_answered) {
  UpstreamPool pool = make(2);
  while (!pool.resting(1)) pool.charge(1, AttemptResult::refused, now, now);
  EXPECT_FALSE(pool.choose(now, std::array<UpstreamIndex, 0>{}) == UpstreamIndex{1});
  now += milliseconds(1001);
  ASSERT_EQ(pool.choose(now, {}), UpstreamIndex{1});  // the probe
  EXPECT_EQ(pool.choose(now, {}), UpstreamIndex{0});  // one at a time
  pool.report(1, AttemptResult::timed_out, true, seconds(1), 1, now);
  now += milliseconds(1900);
  EXPECT_EQ(pool.choose(now, {}), UpstreamIndex{0});
  now += milliseconds(200);
  ASSERT_EQ(pool.choose(now, {}), UpstreamIndex{1});
  pool.report(1, AttemptResult::answered, true, milliseconds(5), 1, now);
  EXPECT_FALSE(pool.resting(1));
}

TEST_F(UpstreamPoolTest, where_all_rest_one_is_tried_every_quarter_second) {
  UpstreamPool pool = make(3);
  for (UpstreamIndex u = 0; u < 3; ++u) {
    while (!pool.resting(u)) pool.charge(u, AttemptResult::refused, now, now);
  }
  int tries = 0;
  for (int ms = 0; ms < 10'000; ms += 10) {
    now += milliseconds(10);
    if (auto chosen = pool.choose(now, {})) {
      ++tries;
      pool.report(*chosen, AttemptResult::timed_out, true, seconds(1), 1, now);
    }
  }
  EXPECT_GE(tries, 30);
  EXPECT_LE(tries, 44);
}

TEST_F(UpstreamPoolTest, of_several_that_rest_the_one_that_rested_longest_is_probed_first) {
  UpstreamPool pool = make(5);
  for (UpstreamIndex u : std::array<UpstreamIndex, 3>{3, 1, 4}) {
    while (!pool.resting(u)) pool.charge(u, AttemptResult::refused, now, now);
    now += milliseconds(100);
  }
  now += seconds(2);
  EXPECT_EQ(pool.choose(now, {}), UpstreamIndex{3});
  EXPECT_EQ(pool.choose(now, {}), UpstreamIndex{1});
  pool.forget(3);  // not known what came of it: still to be probed
  EXPECT_EQ(pool.choose(now, {}), UpstreamIndex{3});
  pool.report_late(4, true, milliseconds(1), now);  // awake: no probe
  for (int i = 0; i < 10; ++i) {
    auto chosen = pool.choose(now, {});
    EXPECT_TRUE(chosen == UpstreamIndex{0} || chosen == UpstreamIndex{2} || chosen == UpstreamIndex{4});
  }
}

TEST_F(UpstreamPoolTest, a_retry_makes_no_probe_and_does_not_ask_to_be_called_for_one) {
  UpstreamPool pool = make(2, 1);
  while (!pool.resting(1)) pool.charge(1, AttemptResult::refused, now, now);
  ASSERT_EQ(pool.choose(now, {}), UpstreamIndex{0});  // full now
  now += seconds(2);
  const UpstreamIndex tried[] = {0};
  EXPECT_FALSE(pool.choose(now, tried));
  EXPECT_EQ(pool.next_chance(), never);
  EXPECT_EQ(pool.choose(now, {}), UpstreamIndex{1});
}

TEST_F(UpstreamPoolTest, a_probe_without_a_token_lets_others_be_probed) {
  limits.per_upstream = std::vector<RateLimit>(3);
  limits.per_upstream[1].set(1);
  UpstreamPool pool = make(3);
  while (!pool.resting(1)) pool.charge(1, AttemptResult::refused, now, now);
  while (!pool.resting(2)) pool.charge(2, AttemptResult::refused, now, now);
  ASSERT_TRUE(limits.per_upstream[1].take(now + seconds(1)));
  now += seconds(1);
  EXPECT_EQ(pool.choose(now, {}), UpstreamIndex{0});  // 1 is first, but has no token
  EXPECT_EQ(pool.choose(now, {}), UpstreamIndex{2});
}

TEST_F(UpstreamPoolTest, a_late_answer_wakes_a_resting_one) {
  UpstreamPool pool = make(1);
  for (uint64_t i = 0; i < 24; ++i) ask(pool, AttemptResult::timed_out, (i << 32) | 1);
  ASSERT_TRUE(pool.resting(0));
  pool.report_late(0, true, seconds(3), now);
  EXPECT_FALSE(pool.resting(0));
}

TEST_F(UpstreamPoolTest, the_retry_timer_follows_a_slow_upstream_up_and_never_below_the_option) {
  UpstreamPool pool = make(1);
  EXPECT_EQ(pool.retry_after(0), milliseconds(1000));
  for (int i = 0; i < 50; ++i) {
    ASSERT_TRUE(pool.choose(now, {}));
    pool.report(0, AttemptResult::answered, true, milliseconds(2500), 1, now);
  }
  EXPECT_GE(pool.retry_after(0), milliseconds(2500));
  for (int i = 0; i < 200; ++i) ask(pool, AttemptResult::answered);
  EXPECT_EQ(pool.retry_after(0), milliseconds(1000));
}

TEST_F(UpstreamPoolTest, a_retry_waits_for_a_full_upstream_rather_than_asking_the_same_again) {
  UpstreamPool pool = make(2, 1);
  auto first = pool.choose(now, {});
  auto second = pool.choose(now, {});
  ASSERT_TRUE(first && second);
  pool.report(*first, AttemptResult::servfail, true, milliseconds(1), 1, now);
  EXPECT_FALSE(pool.choose(now, std::array{*first}));
  pool.report(*second, AttemptResult::answered, true, milliseconds(1), 1, now);
  EXPECT_EQ(pool.choose(now, std::array{*first}), second);
}

TEST_F(UpstreamPoolTest, out_of_tokens_says_when_to_come_back) {
  limits.total.set(10);
  UpstreamPool pool = make(2);
  ASSERT_TRUE(pool.choose(now, {}));
  EXPECT_FALSE(pool.choose(now, {}));
  EXPECT_EQ(pool.next_chance(), now + milliseconds(100));
}

// What was due while it was held back must not wake anybody later, when it rests.
TEST_F(UpstreamPoolTest, one_that_was_held_back_and_rests_is_not_asked_for_all_the_time) {
  UpstreamPool pool = make(1);
  constexpr uint64_t queries = 200;
  for (uint64_t i = 0; i < queries; ++i, now += std::chrono::microseconds(10)) {
    ASSERT_TRUE(pool.choose(now, {}));
  }
  const auto report = [&](AttemptResult result, uint64_t domain) {
    pool.report(0, result, true, milliseconds(1), domain << 32 | 1, now);
  };
  for (uint64_t i = 0; i < queries / 2; ++i) report(AttemptResult::servfail, i);
  EXPECT_FALSE(pool.choose(now, {}));
  EXPECT_GT(pool.next_chance(), now);
  for (uint64_t i = 0; i < queries / 2; ++i) report(AttemptResult::timed_out, i);
  ASSERT_TRUE(pool.resting(0));
  now += milliseconds(100);
  EXPECT_FALSE(pool.choose(now, {}));
  EXPECT_GT(pool.next_chance(), now);
}

// Others then answer the names that were too much for it: that is no reason to leave it alone for a second.
TEST_F(UpstreamPoolTest, one_that_gets_too_much_is_not_sent_to_rest) {
  UpstreamPool pool = make(1);
  for (int i = 0; i < 100; ++i, now += milliseconds(1)) ask(pool, AttemptResult::answered);
  constexpr uint64_t queries = 50;
  const Instant sent_at = now;
  for (uint64_t i = 0; i < queries; ++i) ASSERT_TRUE(pool.choose(now, {}));
  now += milliseconds(5);
  for (uint64_t i = 0; i < queries; ++i)
    pool.report(0, AttemptResult::refused, true, now - sent_at, i << 32 | 1, now);
  ASSERT_EQ(pool.held_back(0), HeldBack::blocked);
  for (uint64_t i = 0; i < queries; ++i) pool.charge(0, AttemptResult::refused, sent_at, now);
  EXPECT_FALSE(pool.resting(0));
}

// What is lost stays open for a second, and would fill the window; the user's limit holds even so.
TEST_F(UpstreamPoolTest, one_that_is_held_back_gets_its_rate_though_its_window_is_full) {
  UpstreamPool pool = make(1, 270);
  unsigned open = 0;
  for (; pool.choose(now, {}); now += std::chrono::microseconds(10)) ++open;
  ASSERT_EQ(open, 256u);
  const Instant sent_at = now;
  now += milliseconds(5);
  for (uint64_t i = 0; i < 20; ++i, --open)
    pool.report(0, AttemptResult::refused, true, now - sent_at, i << 32 | 1, now);
  ASSERT_EQ(pool.held_back(0), HeldBack::blocked);
  for (; open < 270; ++open) {
    now += milliseconds(20);
    ASSERT_TRUE(pool.choose(now, {})) << open;
  }
  now += milliseconds(20);
  EXPECT_FALSE(pool.choose(now, {}));
}

TEST_F(UpstreamPoolTest, one_that_never_answered_is_sent_to_rest_whatever_it_says) {
  UpstreamPool pool = make(1);
  constexpr uint64_t queries = 50;
  for (uint64_t i = 0; i < queries; ++i, now += milliseconds(30)) {
    ask(pool, AttemptResult::refused, i << 32 | 1);
  }
  ASSERT_EQ(pool.held_back(0), HeldBack::blocked);
  for (uint64_t i = 0; i < queries; ++i) pool.charge(0, AttemptResult::refused, now, now);
  EXPECT_TRUE(pool.resting(0));
}

// An empty TC is a throttle until the answers that come over TCP show that UDP had no room for them, and
// again where they show that it had.
TEST_F(UpstreamPoolTest, what_came_over_tcp_tells_whether_an_empty_tc_may_be_a_throttle) {
  UpstreamPool pool = make(2);
  EXPECT_TRUE(pool.may_throttle(0, AttemptResult::truncated_empty));
  pool.note_truncation(0, true);
  EXPECT_TRUE(pool.may_throttle(0, AttemptResult::truncated_empty)) << "one alone";
  for (int i = 0; i < 16; ++i) pool.note_truncation(0, true);
  EXPECT_FALSE(pool.may_throttle(0, AttemptResult::truncated_empty));
  EXPECT_TRUE(pool.may_throttle(0, AttemptResult::refused));
  EXPECT_TRUE(pool.may_throttle(1, AttemptResult::truncated_empty)) << "another one";
  for (int i = 0; i < 16; ++i) pool.note_truncation(0, false);
  EXPECT_TRUE(pool.may_throttle(0, AttemptResult::truncated_empty));
}

TEST_F(UpstreamPoolTest, who_was_held_back_for_large_answers_is_so_no_more) {
  UpstreamPool pool = make(1);
  const auto ask_for_large_ones = [&](int names) {
    for (int i = 0; i < names; ++i, now += milliseconds(1)) {
      auto chosen = pool.choose(now, {});
      if (!chosen) continue;
      pool.report(0, AttemptResult::truncated_empty, true, milliseconds(1), random.u64(), now);
    }
  };
  ask_for_large_ones(200);
  EXPECT_EQ(pool.held_back(0), HeldBack::blocked);
  for (int i = 0; i < 8; ++i) pool.note_truncation(0, true);
  EXPECT_EQ(pool.held_back(0), HeldBack::no);
  ask_for_large_ones(2000);
  EXPECT_EQ(pool.held_back(0), HeldBack::no);
}

}  // namespace
}  // namespace dnswarm
