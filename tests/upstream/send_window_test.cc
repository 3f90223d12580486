#include "upstream/send_window.h"

#include <gtest/gtest.h>

namespace dnswarm {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class SendWindowTest : public ::testing::Test {
 protected:
  void send(SendWindow& window, int queries) {
    for (int i = 0; i < queries; ++i) window.on_sent(now);
  }
  void answers(SendWindow& window, int n) {
    for (int i = 0; i < n; ++i) window.on_answer(now);
  }
  static uint32_t room(const SendWindow& window) {
    uint32_t open = 0;
    while (window.has_room(open)) ++open;
    return open;
  }
  Instant now{seconds(100)};
};

TEST_F(SendWindowTest, starts_at_256_and_doubles_each_round_trip_up_to_the_limit) {
  SendWindow window(1000);
  EXPECT_EQ(room(window), 256u);
  answers(window, 256);
  EXPECT_EQ(room(window), 512u);
  answers(window, 10'000);
  EXPECT_EQ(room(window), 1000u);
  EXPECT_EQ(room(SendWindow(10)), 10u);
}

TEST_F(SendWindowTest, random_loss_does_not_close_it) {
  SendWindow window(1000);
  for (int i = 0; i < 20'000; ++i) {
    now += milliseconds(1);
    window.on_sent(now);
    if (i % 20 == 0) {  // 5 %
      window.on_silence(now - seconds(1), now);
      window.on_loss(now - seconds(1), now);
    } else {
      window.on_answer(now);
    }
  }
  EXPECT_EQ(room(window), 1000u);
}

TEST_F(SendWindowTest, names_that_nobody_answers_cannot_close_it) {
  SendWindow window(1000);
  for (int i = 0; i < 100'000; ++i) {
    now += milliseconds(1);
    window.on_sent(now);
    window.on_silence(now - seconds(1), now);
  }
  EXPECT_EQ(room(window), 64u);
  SendWindow narrow(10);
  for (int i = 0; i < 100; ++i) narrow.on_silence(now, now);
  EXPECT_EQ(room(narrow), 10u);
}

TEST_F(SendWindowTest, lost_queries_free_no_room_for_a_burst_of_retries) {
  SendWindow window(4000);
  answers(window, 4000);
  send(window, 4000);
  // 300 of 4,000 are answered, the rest was more than the server's socket could hold.
  Instant sent = now;
  now += milliseconds(1);
  answers(window, 300);
  now += seconds(1);
  for (int i = 0; i < 3700; ++i) window.on_silence(sent, now);
  EXPECT_EQ(room(window), 300u);
}

TEST_F(SendWindowTest, while_a_lump_is_looked_into_nothing_moves_it) {
  SendWindow window(4000);
  send(window, 200);
  Instant sent = now;
  now += seconds(1);
  for (int i = 0; i < 100; ++i) window.on_silence(sent, now);
  uint32_t held = room(window);
  EXPECT_EQ(held, 156u);
  now += milliseconds(100);
  Instant later = now;
  send(window, 50);
  now += seconds(1);
  for (int i = 0; i < 50; ++i) window.on_silence(later, now);
  answers(window, 50);
  EXPECT_EQ(room(window), held + 1);  // growth by a hundredth an answer
}

TEST_F(SendWindowTest, an_overrun_queue_is_approached_with_care_afterwards) {
  SendWindow window(4000);
  Instant sent = now;
  send(window, 200);
  for (int i = 0; i < 10; ++i) {  // what is sent meanwhile does not make it forgotten
    now += milliseconds(100);
    send(window, i % 2 == 0 ? 1 : 100);
  }
  for (int i = 0; i < 100; ++i) window.on_silence(sent, now);
  for (int i = 0; i < 100; ++i) window.on_loss(sent, now);
  EXPECT_EQ(room(window), 156u);
  now += seconds(3);
  answers(window, 1000);
  EXPECT_NEAR(room(window), 166, 1);
  now += seconds(11);
  answers(window, 1000);
  EXPECT_NEAR(room(window), 1166, 2);
}

TEST_F(SendWindowTest, a_lump_whose_names_stay_unanswered_leaves_no_care_behind) {
  SendWindow window(4000);
  Instant sent = now;
  send(window, 200);
  now += seconds(1);
  for (int i = 0; i < 100; ++i) window.on_silence(sent, now);
  now += seconds(3);
  answers(window, 1000);
  EXPECT_EQ(room(window), 1156u);
}

}  // namespace
}  // namespace dnswarm
