// Responses that may be forged: see iterative/walk_suspects.cc.
#include <gtest/gtest.h>

#include <string>

#include "tests/iterative/shop_world.h"

namespace dnswarm {
namespace {

using std::chrono::milliseconds;
using testing::EngineWorld;
using testing::Forgery;
using testing::Row;

const std::string truth = "www.shop.com A 198.51.100.2";
const std::string poison = "flags aa\nquestion www.shop.com A\nanswer www.shop.com 300 A 203.0.113.66\n";

class WalkSuspectsTest : public testing::ShopWorld {
 protected:
  static IterativeOptions without_case() {
    IterativeOptions options;
    options.mixed_case = false;
    return options;
  }
  static void guess_at_shop(EngineWorld& world) {
    for (const char* server : {"192.0.2.20", "192.0.2.21"}) world.forge({server, poison, true});
  }
  // And that is known already.
  static void take_tcp_away(EngineWorld& world, const std::string& server) {
    world.without_tcp(server);
    const Address address = Address::from_text(server, 53).value();
    for (unsigned i = 0; i < ServerTable::tcp_failures_max; ++i)
      world.hierarchy.servers.failed_over_tcp(address, Instant(std::chrono::seconds(1000)));
  }
  static MismatchStats mismatches(const EngineWorld& world) { return world.engine().stats().mismatches; }
};

// The first guess is wrong, the next one is right in all: nobody would tell it from the truth.
TEST_F(WalkSuspectsTest, after_a_near_miss_no_udp_response_is_taken_and_tcp_is_asked) {
  EngineWorld fresh(without_case());
  build(fresh.internet);
  guess_at_shop(fresh);
  for (const char* server : {"192.0.2.20", "192.0.2.21"}) fresh.forge({server, poison, false});
  EXPECT_EQ(fresh.ask_one("www.shop.com A").answers, truth);
  EXPECT_EQ(mismatches(fresh).near_miss, 1u);
  EXPECT_EQ(mismatches(fresh).to_tcp, 1u);
  EXPECT_EQ(fresh.engine().stats().queries_tcp, 1u);
  EXPECT_EQ(fresh.engine().waiting_for_answers(), 0u);
}

TEST_F(WalkSuspectsTest, a_trace_tells_of_it) {
  IterativeOptions options;
  options.trace = true;
  EngineWorld fresh(options);
  build(fresh.internet);
  guess_at_shop(fresh);
  const Row row = fresh.ask_one("www.shop.com A");
  ASSERT_EQ(row.trace.size(), 5u);
  EXPECT_TRUE(row.trace[3].ends_with("shop.com www.shop.com A near_miss")) << row.trace[3];
  EXPECT_TRUE(row.trace[4].ends_with("shop.com www.shop.com A answer")) << row.trace[4];
}

// The server takes no EDNS and says so twice, when it is asked without already.
TEST_F(WalkSuspectsTest, what_comes_twice_is_no_near_miss) {
  EngineWorld fresh(without_case());
  build(fresh.internet);
  fresh.ask_one("host.net SOA");
  fresh.internet.without_edns("192.0.2.30");
  Forgery twice{"192.0.2.30", "rcode FORMERR\nquestion ns.host.net A\n"};
  twice.after = milliseconds(5);
  fresh.forge(twice);
  EXPECT_EQ(fresh.ask_one("ns.host.net A").answers, "ns.host.net A 192.0.2.30");
  EXPECT_GT(mismatches(fresh).unknown_id, 0u);
  EXPECT_EQ(mismatches(fresh).near_miss, 0u);
}

TEST_F(WalkSuspectsTest, guesses_from_elsewhere_or_about_something_else_are_no_near_misses) {
  EngineWorld fresh;
  build(fresh.internet);
  fresh.forge({"192.0.2.30", poison, true});
  fresh.forge({"192.0.2.20:5353", poison, true});
  for (const char* question : {"www.shop.com AAAA", "wwx.shop.com A"}) {
    for (const char* server : {"192.0.2.20", "192.0.2.21"})
      fresh.forge({server, "flags aa\nquestion " + std::string(question) + "\n", true});
  }
  EXPECT_EQ(fresh.ask_one("www.shop.com A").answers, truth);
  EXPECT_GT(mismatches(fresh).unknown_id, 0u);
  EXPECT_EQ(mismatches(fresh).near_miss, 0u);
  EXPECT_EQ(fresh.engine().stats().queries_tcp, 0u);
}

TEST_F(WalkSuspectsTest, a_guess_at_another_port_is_no_near_miss) {
  IterativeOptions options;
  options.flows_v4 = 2;
  EngineWorld fresh(options);
  build(fresh.internet);
  for (const char* server : {"192.0.2.20", "192.0.2.21"}) fresh.forge({server, poison, true, true});
  EXPECT_EQ(fresh.ask_one("www.shop.com A").answers, truth);
  EXPECT_EQ(mismatches(fresh).near_miss, 0u);
}

// Another try would have to wait twice as long, and the server is silent for a moment.
TEST_F(WalkSuspectsTest, a_near_miss_costs_no_try) {
  EngineWorld fresh;
  build(fresh.internet);
  take_tcp_away(fresh, "192.0.2.30");
  fresh.silence_for("192.0.2.30", milliseconds(100));
  fresh.forge({"192.0.2.30", "flags aa\nquestion ns.host.net A\n", true});
  EXPECT_EQ(fresh.ask_one("ns.host.net A").answers, "ns.host.net A 192.0.2.30");
  EXPECT_EQ(mismatches(fresh).near_miss, 5u);
  EXPECT_LT(fresh.took(), milliseconds(500));
}

TEST_F(WalkSuspectsTest, where_there_is_no_tcp_each_try_leaves_from_another_port) {
  IterativeOptions options;
  options.flows_v4 = 4;
  EngineWorld fresh(options);
  build(fresh.internet);
  for (const char* server : {"192.0.2.20", "192.0.2.21"}) take_tcp_away(fresh, server);
  guess_at_shop(fresh);
  EXPECT_EQ(fresh.ask_one("www.shop.com A").answers, truth);
  EXPECT_EQ(mismatches(fresh).to_fresh_port, 3u);
  EXPECT_EQ(mismatches(fresh).near_miss, 4u);
  EXPECT_EQ(fresh.engine().stats().queries_tcp, 0u);
  ASSERT_EQ(fresh.flows().size(), 6u);
  for (size_t i = 3; i < 6; ++i) EXPECT_NE(fresh.flows()[i], fresh.flows()[i - 1]);
}

}  // namespace
}  // namespace dnswarm
