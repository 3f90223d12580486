// One upstream with a cap, asked as fast as the finder lets us; time is virtual.
#include "upstream/rate_finder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <functional>
#include <queue>

#include "base/random.h"

namespace dnswarm {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

enum class Outcome { answer, throttle, nothing };

class RateFinderTest : public ::testing::Test {
 protected:
  static constexpr Duration rtt = milliseconds(20);
  static constexpr Duration ripe = milliseconds(60);

  // Asks for `time`, at most `demand` queries a second; what becomes of each `says(now)`. Returns how many
  // went out a second.
  double ask(Duration time, double demand, const std::function<Outcome()>& says) {
    const Instant end = now + time;
    const auto step = Duration(static_cast<int64_t>(1e9 / demand));
    double sent = 0;
    for (; now < end; now += step) {
      deliver();
      if (!finder.may_send(now)) continue;
      finder.on_sent(true, now);
      look();
      ++sent;
      responses.push_back({now, says()});
    }
    deliver();
    return sent / seconds_of(time);
  }
  void deliver() {
    for (; !responses.empty() && responses.front().sent_at + rtt <= now; responses.pop_front()) {
      const Response& r = responses.front();
      if (r.outcome == Outcome::answer) finder.on_answer(r.sent_at, true, now);
      if (r.outcome == Outcome::throttle) finder.on_throttle(r.sent_at, random.u64(), now);
      answered += r.outcome == Outcome::answer;
      look();
    }
  }
  void look() {
    if (finder.is_due(now)) finder.look(ripe, local_drops, now);
  }
  // So many in any one second are answered.
  std::function<Outcome()> capped(size_t cap, Outcome beyond) {
    return [this, cap, beyond] {
      while (!passed.empty() && now - passed.front() >= seconds(1)) passed.pop_front();
      if (passed.size() >= cap) return beyond;
      passed.push_back(now);
      return Outcome::answer;
    };
  }

  struct Response {
    Instant sent_at;
    Outcome outcome;
  };
  RateFinder finder;
  Random random{1};
  Instant now{seconds(1000)};
  std::deque<Response> responses;
  std::deque<Instant> passed;
  uint64_t answered = 0;
  Instant local_drops{};
};

TEST_F(RateFinderTest, one_without_a_cap_has_no_pace) {
  EXPECT_NEAR(ask(seconds(3), 20'000, [] { return Outcome::answer; }), 20'000, 1);
  EXPECT_EQ(finder.rate(), 0);
  EXPECT_EQ(finder.held_back(), HeldBack::no);
}

TEST_F(RateFinderTest, random_loss_is_no_cap) {
  EXPECT_NEAR(
      ask(seconds(5), 20'000, [&] { return random.below(100) < 5 ? Outcome::nothing : Outcome::answer; }),
      20'000, 1);
  EXPECT_EQ(finder.rate(), 0);
}

class RateFinderBeyond : public RateFinderTest, public ::testing::WithParamInterface<Outcome> {};

TEST_P(RateFinderBeyond, the_cap_is_found_and_used) {
  const auto says = capped(2000, GetParam());
  ask(seconds(2), 20'000, says);
  EXPECT_EQ(finder.held_back(), HeldBack::capped);
  EXPECT_TRUE(finder.overrun_lately(now));
  answered = 0;
  const double sent = ask(seconds(10), 20'000, says);
  EXPECT_GE(answered, 19'000u);  // of 20,000
  EXPECT_LE(sent, 2300);
}

TEST_P(RateFinderBeyond, a_cap_that_rises_or_falls_is_followed_within_three_seconds) {
  ask(seconds(5), 20'000, capped(2000, GetParam()));
  for (const size_t cap : {4000u, 1000u}) {
    const auto says = capped(cap, GetParam());
    ask(seconds(3), 20'000, says);
    answered = 0;
    EXPECT_LE(ask(seconds(4), 20'000, says), 1.3 * static_cast<double>(cap));
    EXPECT_GE(answered, cap * 4 * 85 / 100) << cap;
  }
}

INSTANTIATE_TEST_SUITE_P(Says, RateFinderBeyond, ::testing::Values(Outcome::nothing, Outcome::throttle),
                         [](const auto& beyond) {
                           return beyond.param == Outcome::nothing ? "nothing" : "throttles";
                         });

TEST_F(RateFinderTest, while_it_answers_nothing_it_gets_a_trickle) {
  const auto says = capped(2000, Outcome::throttle);
  ask(milliseconds(300), 20'000, says);
  EXPECT_EQ(finder.held_back(), HeldBack::blocked);
  EXPECT_NEAR(ask(milliseconds(500), 20'000, says), 50, 5);
}

TEST_F(RateFinderTest, one_that_answers_nothing_for_longer_is_no_matter_of_rates) {
  ask(seconds(1), 2'000, [] { return Outcome::answer; });
  ask(milliseconds(1500), 2'000, [] { return Outcome::throttle; });
  EXPECT_EQ(finder.held_back(), HeldBack::no);
  EXPECT_NEAR(ask(seconds(1), 2'000, [] { return Outcome::throttle; }), 2'000, 1);
}

// Of a zone that is broken, all of whose names fail.
TEST_F(RateFinderTest, throttles_of_one_domain_are_no_cap) {
  for (int i = 0; i < 1000; ++i, now += microseconds(100)) {
    finder.on_sent(true, now);
    look();
    finder.on_throttle(now, uint64_t{7} << 32, now);
  }
  EXPECT_EQ(finder.held_back(), HeldBack::no);
}

TEST_F(RateFinderTest, what_was_dropped_at_our_sockets_is_told_apart) {
  const auto half = [&] { return random.below(2) == 0 ? Outcome::nothing : Outcome::answer; };
  ask(seconds(1), 2'000, [] { return Outcome::answer; });
  local_drops = now + milliseconds(200);
  ask(milliseconds(200), 2'000, half);
  EXPECT_EQ(finder.held_back(), HeldBack::local_drops);
  EXPECT_EQ(to_text(finder.held_back()), "local drops");
  ask(seconds(4), 2'000, capped(500, Outcome::nothing));
  EXPECT_EQ(finder.held_back(), HeldBack::capped);
}

TEST_F(RateFinderTest, nobody_is_blocked_for_what_was_dropped_at_our_sockets) {
  ask(seconds(1), 2'000, [] { return Outcome::answer; });
  for (const bool told : {true, false}) {
    if (told) local_drops = now + milliseconds(150);
    ask(milliseconds(150), 2'000, [] { return Outcome::nothing; });
    EXPECT_EQ(finder.held_back() == HeldBack::blocked, !told);
  }
}

// What fails everywhere is excused, after a while.
TEST_F(RateFinderTest, names_that_fail_everywhere_are_no_cap) {
  std::deque<Instant> failed;
  for (int i = 0; i < 100'000; ++i, now += microseconds(100)) {
    deliver();
    for (; !failed.empty() && failed.front() + 2 * rtt <= now; failed.pop_front())
      finder.excuse(failed.front());
    ASSERT_TRUE(finder.may_send(now)) << i;
    finder.on_sent(true, now);
    look();
    const bool fails = random.below(2) == 0;
    responses.push_back({now, fails ? Outcome::throttle : Outcome::answer});
    if (fails) failed.push_back(now);
  }
}

// Half of the names get nothing, whatever the rate: that is found out by lowering it, once.
TEST_F(RateFinderTest, what_a_lower_rate_does_not_help_is_the_names_fault) {
  const auto says = [&] { return random.below(2) == 0 ? Outcome::nothing : Outcome::answer; };
  ask(seconds(3), 10'000, says);
  EXPECT_EQ(finder.held_back(), HeldBack::no);
  EXPECT_NEAR(ask(seconds(5), 10'000, says), 10'000, 1);
}

TEST_F(RateFinderTest, one_that_was_away_begins_anew) {
  ask(seconds(2), 20'000, capped(2000, Outcome::nothing));
  EXPECT_GT(finder.rate(), 0);
  finder.restart();
  EXPECT_EQ(finder.rate(), 0);
  EXPECT_TRUE(finder.may_send(now));
}

}  // namespace
}  // namespace dnswarm
