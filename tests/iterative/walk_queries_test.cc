// Which server is asked, over which connection, and until when: see iterative/walk_queries.cc.
#include <gtest/gtest.h>

#include <string>

#include "tests/iterative/shop_world.h"

namespace dnswarm {
namespace {

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

}  // namespace
}  // namespace dnswarm
