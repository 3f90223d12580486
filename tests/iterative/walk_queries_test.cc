// Which server is asked, over which connection, and until when: see iterative/walk_queries.cc.
#include <gtest/gtest.h>

#include <string>

#include "tests/iterative/shop_world.h"

namespace dnswarm {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::EngineStart;
using testing::EngineWorld;

class WalkQueriesTest : public testing::ShopWorld {};

// A connection leads to one server. Numbers of servers are used again, connections stay open for a while.
TEST_F(WalkQueriesTest, no_server_is_asked_over_anothers_connection) {
  for (const char* server : {"192.0.2.20", "192.0.2.21"})
    world.internet.instead(server, "www.shop.com A", "flags aa tc");
  world.internet.instead("192.0.2.30", "www.glueless.com A", "flags aa tc");
  EXPECT_EQ(world.ask_one("www.shop.com A").answers, "www.shop.com A 198.51.100.2");
  for (const char* server : {"192.0.2.20/tcp", "192.0.2.21/tcp"}) {
    world.internet.instead(server, "www.glueless.com A",
                           "flags aa\nanswer www.glueless.com 300 A 203.0.113.66");
  }
  EXPECT_EQ(world.ask_one("www.glueless.com A").answers, "www.glueless.com A 198.51.100.9");
}

// One server's answer is truncated; before it is asked again another one's answer leads the walk elsewhere.
TEST_F(WalkQueriesTest, what_came_first_is_not_asked_for_again_over_tcp) {
  for (const auto second : {milliseconds(20), milliseconds(24)}) {
    for (uint64_t seed = 1; seed <= 6; ++seed) {
      EngineStart start;
      start.seed = seed;
      EngineWorld fresh({}, start);
      build(fresh.internet);
      // Asked first, .20 answers together with .21, which is asked when .20 counts as silent.
      fresh.round_trip("192.0.2.20", milliseconds(400));
      fresh.round_trip("192.0.2.21", second);
      fresh.internet.instead("192.0.2.20", "far.shop.com A", "flags aa tc");
      fresh.internet.instead("192.0.2.21", "far.shop.com A",
                             "flags aa\nanswer far.shop.com 300 CNAME www.glueless.com");
      EXPECT_EQ(fresh.ask_one("far.shop.com A").answers,
                "far.shop.com CNAME www.glueless.com, www.glueless.com A 198.51.100.9");
    }
  }
}

TEST_F(WalkQueriesTest, a_link_that_is_down_for_a_while_costs_nothing) {
  for (const char* server : {"192.0.2.1", "192.0.2.2", "192.0.2.10", "192.0.2.20", "192.0.2.21"})
    world.unreachable_for(server, seconds(12));
  const testing::Row row = world.ask_one("www.shop.com A");
  EXPECT_EQ(row.answers, "www.shop.com A 198.51.100.2");
  EXPECT_EQ(row.queries, 3u);  // those that left
  EXPECT_LT(row.after, milliseconds(12'500));
}

TEST_F(WalkQueriesTest, a_link_that_stays_down_is_named_at_the_deadline) {
  world.unreachable("192.0.2.1");
  world.unreachable("192.0.2.2");
  const testing::Row row = world.ask_one("www.shop.com A");
  EXPECT_EQ(row.status + " " + row.code, "NETWORK_ERROR send_failed");
  EXPECT_EQ(row.queries, 0u);
  EXPECT_LE(row.after, seconds(16));
}

// One of them has an address that nothing leads to, and for good.
TEST_F(WalkQueriesTest, no_route_to_one_server_is_not_waited_for) {
  world.unreachable("192.0.2.20");
  for (int i = 0; i < 20; ++i) {
    const testing::Row row = world.ask_one("n" + std::to_string(i) + ".shop.com A");
    EXPECT_EQ(row.status, "NXDOMAIN");
    EXPECT_LT(row.after, milliseconds(100));
  }
}

// Name server after name server would be looked up for nothing else.
TEST_F(WalkQueriesTest, nothing_is_sent_after_the_deadline) {
  IterativeOptions options;
  options.deadline = seconds(2);
  EngineWorld fresh(options);
  build(fresh.internet);
  std::string servers;
  for (int i = 0; i < 20; ++i)
    servers += "authority evil.com 300 NS n" + std::to_string(i) + ".quiet" + std::to_string(i) + ".net\n";
  fresh.internet.instead("192.0.2.10", "www.evil.com A", servers);
  for (int i = 0; i < 20; ++i) {
    const std::string zone = "quiet" + std::to_string(i) + ".net";
    fresh.internet.instead(
        "192.0.2.11", "n" + std::to_string(i) + "." + zone + " A",
        "authority " + zone + " 300 NS a." + zone + "\nadditional a." + zone + " 300 A 192.0.2.66");
  }
  EXPECT_EQ(fresh.ask_one("www.evil.com A").status, "TIMEOUT");
  EXPECT_GE(fresh.took(), seconds(2));
  EXPECT_LT(fresh.took(), milliseconds(2010));
}

}  // namespace
}  // namespace dnswarm
