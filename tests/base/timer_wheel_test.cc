#include "base/timer_wheel.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <vector>

#include "base/random.h"

namespace dnswarm {
namespace {

using std::chrono::milliseconds;

struct Hooks {
  std::vector<TimerHook>* hooks;
  TimerHook& operator()(uint32_t i) const { return (*hooks)[i]; }
};

class TimerWheelTest : public ::testing::Test {
 protected:
  std::vector<uint32_t> advance(Instant now) {
    std::vector<uint32_t> fired;
    wheel.advance(now, [&](uint32_t i) { fired.push_back(i); });
    std::sort(fired.begin(), fired.end());
    return fired;
  }
  Instant start{milliseconds(1000)};
  std::vector<TimerHook> hooks{5000};
  TimerWheel<Hooks> wheel{Hooks{&hooks}, start};
};

using Fired = std::vector<uint32_t>;

TEST_F(TimerWheelTest, fires_not_before_its_time_and_soon_after) {
  wheel.arm(1, start + milliseconds(50));
  EXPECT_EQ(advance(start + milliseconds(49)), Fired{});
  EXPECT_EQ(advance(start + milliseconds(54)), Fired{1});
  EXPECT_EQ(advance(start + milliseconds(500)), Fired{});
}

TEST_F(TimerWheelTest, a_cancelled_timer_does_not_fire) {
  wheel.arm(1, start + milliseconds(50));
  wheel.arm(2, start + milliseconds(50));
  wheel.cancel(1);
  wheel.cancel(1);  // twice is fine
  EXPECT_EQ(advance(start + milliseconds(100)), Fired{2});
}

TEST_F(TimerWheelTest, arming_again_replaces_the_deadline) {
  wheel.arm(1, start + milliseconds(50));
  wheel.arm(1, start + milliseconds(200));
  EXPECT_EQ(advance(start + milliseconds(100)), Fired{});
  EXPECT_EQ(advance(start + milliseconds(204)), Fired{1});
}

TEST_F(TimerWheelTest, knows_whether_a_timer_fires_soon_enough) {
  EXPECT_FALSE(wheel.fires_by(1, start + milliseconds(50)));
  wheel.arm(1, start + milliseconds(50));
  EXPECT_TRUE(wheel.fires_by(1, start + milliseconds(50)));
  EXPECT_TRUE(wheel.fires_by(1, start + milliseconds(51)));
  EXPECT_TRUE(wheel.fires_by(1, start + milliseconds(5000)));
  EXPECT_FALSE(wheel.fires_by(1, start + milliseconds(40)));
  advance(start + milliseconds(60));
  EXPECT_FALSE(wheel.fires_by(1, start + milliseconds(5000)));
}

TEST_F(TimerWheelTest, a_deadline_beyond_the_wheels_reach_waits_its_rounds) {
  Instant far = start + std::chrono::seconds(60);  // the wheel reaches 16 s
  wheel.arm(3, far);
  for (int s = 1; s < 60; ++s) EXPECT_EQ(advance(start + std::chrono::seconds(s)), Fired{}) << s;
  EXPECT_EQ(advance(far + milliseconds(4)), Fired{3});
}

TEST_F(TimerWheelTest, after_a_long_pause_everything_due_fires_once) {
  for (uint32_t i = 0; i < 100; ++i) wheel.arm(i, start + milliseconds(10 * i));
  EXPECT_EQ(advance(start + std::chrono::hours(1)).size(), 100u);
  EXPECT_EQ(wheel.size(), 0u);
}

TEST_F(TimerWheelTest, a_handler_may_arm_again) {
  wheel.arm(1, start + milliseconds(10));
  int fired = 0;
  for (int ms = 0; ms <= 100; ms += 2) {
    Instant now = start + milliseconds(ms);
    wheel.advance(now, [&](uint32_t i) {
      ++fired;
      wheel.arm(i, now + milliseconds(20));
    });
  }
  EXPECT_GE(fired, 4);
  EXPECT_LE(fired, 5);
}

TEST_F(TimerWheelTest, next_due_is_a_lower_bound_that_leads_to_the_deadline) {
  EXPECT_EQ(wheel.next_due(), never);
  wheel.arm(1, start + milliseconds(777));
  Instant now = start;
  int steps = 0;
  while (advance(now).empty()) {
    Instant next = wheel.next_due();
    ASSERT_GT(next, now);
    ASSERT_LE(next, start + milliseconds(781));
    now = next;
    ASSERT_LT(++steps, 5);
  }
}

// Against the obvious implementation, with random operations.
TEST_F(TimerWheelTest, agrees_with_a_sorted_map) {
  Random random(11);
  std::map<uint32_t, Instant> armed;
  Instant now = start;
  for (int step = 0; step < 200'000; ++step) {
    uint32_t i = random.below(5000);
    switch (random.below(3)) {
      case 0:
      case 1: {
        Instant when = now + milliseconds(random.below(40'000));
        wheel.arm(i, when);
        armed[i] = when;
        break;
      }
      case 2:
        wheel.cancel(i);
        armed.erase(i);
        break;
    }
    if (step % 16 != 0) continue;
    now += milliseconds(random.below(30));
    for (uint32_t fired : advance(now)) {
      ASSERT_TRUE(armed.contains(fired));
      ASSERT_LE(armed[fired], now);
      armed.erase(fired);
    }
    ASSERT_EQ(wheel.size(), armed.size());
    if (step % 1024 == 0) {  // nothing is more than one tick late
      for (const auto& [index, when] : armed) ASSERT_GT(when + TimerWheel<Hooks>::tick_length, now) << index;
    }
  }
}

}  // namespace
}  // namespace dnswarm
