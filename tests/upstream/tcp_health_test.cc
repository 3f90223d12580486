#include "upstream/tcp_health.h"

#include <gtest/gtest.h>

namespace dnswarm {
namespace {

using std::chrono::seconds;

TEST(TcpHealth, rests_after_eight_silent_queries_and_doubles_the_rest) {
  TcpHealth health;
  Instant now{seconds(100)};
  auto silence = [&] {
    for (int i = 0; i < 7; ++i) EXPECT_FALSE(health.on_silence(now));
    EXPECT_TRUE(health.on_silence(now));
  };
  EXPECT_FALSE(health.resting(now));
  silence();
  EXPECT_TRUE(health.resting(now + seconds(1)));
  EXPECT_FALSE(health.resting(now + seconds(2)));
  now += seconds(2);
  silence();
  EXPECT_TRUE(health.resting(now + seconds(3)));
  for (int i = 0; i < 10; ++i) now += seconds(60), silence();
  EXPECT_TRUE(health.resting(now + seconds(59)));
  EXPECT_FALSE(health.resting(now + seconds(60)));
  health.on_message();
  EXPECT_FALSE(health.resting(now));
  silence();
  EXPECT_FALSE(health.resting(now + seconds(2)));
}

TEST(TcpHealth, depth_follows_what_connections_bore) {
  TcpHealth health;
  EXPECT_EQ(health.depth(), TcpHealth::depth_max);
  health.on_connect();
  EXPECT_FALSE(health.on_lost(5));  // it never answered: that says nothing about depth
  EXPECT_EQ(health.depth(), TcpHealth::depth_max);
  health.on_connect();
  for (int i = 0; i < 3; ++i) health.on_message();
  EXPECT_TRUE(health.on_lost(10));
  EXPECT_EQ(health.depth(), 3u);
  health.on_connect();
  for (int i = 0; i < 3; ++i) health.on_message();
  EXPECT_TRUE(health.on_lost(0));  // idle: nothing went down with it
  EXPECT_EQ(health.depth(), 3u);
  health.on_connect();
  for (int i = 0; i < 1000; ++i) health.on_message();
  EXPECT_EQ(health.depth(), TcpHealth::depth_max);
}

TEST(TcpHealth, what_was_sent_before_it_rests_does_not_make_it_rest_longer) {
  TcpHealth health;
  Instant now{seconds(100)};
  for (int i = 0; i < 100; ++i) (void)health.on_silence(now);
  EXPECT_TRUE(health.resting_briefly(now));
  now += std::chrono::milliseconds(2001);
  EXPECT_FALSE(health.resting(now));
  for (int i = 0; i < 8; ++i) (void)health.on_silence(now);
  EXPECT_TRUE(health.resting(now));
  EXPECT_FALSE(health.resting_briefly(now));
  EXPECT_TRUE(health.resting(now + std::chrono::milliseconds(3999)));
  health.on_message();
  for (int i = 0; i < 8; ++i) (void)health.on_silence(now);
  EXPECT_TRUE(health.resting_briefly(now));
}

}  // namespace
}  // namespace dnswarm
