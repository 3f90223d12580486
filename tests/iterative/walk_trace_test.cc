// What a trace tells: see iterative/walk_trace.cc.
#include <gtest/gtest.h>

#include <string>

#include "tests/iterative/shop_world.h"

namespace dnswarm {
namespace {

using testing::EngineWorld;
using testing::Row;
using Steps = std::vector<std::string>;

class WalkTraceTest : public testing::ShopWorld {
 protected:
  static IterativeOptions tracing() {
    IterativeOptions options;
    options.trace = true;
    return options;
  }
  WalkTraceTest() : fresh(tracing()) {
    build(fresh.internet);
    fresh.internet.silence("192.0.2.2");
  }
  EngineWorld fresh;
};

TEST_F(WalkTraceTest, every_step_has_its_server_and_what_came_of_it) {
  fresh.internet.silence("192.0.2.21");
  fresh.ask("a.net A,b.shop.com A");  // whoever is asked: they are known now
  fresh.pass(std::chrono::seconds(3601));
  fresh.internet.instead("192.0.2.20", "www.shop.com A", "rcode REFUSED");
  const Row row = fresh.ask_one("www.shop.com A");
  Steps steps;
  for (const std::string& step : row.trace) {
    if (step.find("timeout") == step.npos) steps.push_back(step);
  }
  ASSERT_GE(steps.size(), 4u);
  EXPECT_EQ(steps[0], "cached . referral .");
  EXPECT_EQ(steps[1], "a.root 192.0.2.1:53 . www.shop.com A referral com");
  EXPECT_EQ(steps[2], "ns.com 192.0.2.10:53 com www.shop.com A referral shop.com");
  EXPECT_EQ(steps[3], "ns1.shop.com 192.0.2.20:53 shop.com www.shop.com A refused REFUSED");
}

TEST_F(WalkTraceTest, addresses_of_name_servers_are_looked_up_one_level_deeper) {
  const Row row = fresh.ask_one("www.glueless.com A");
  bool deeper = false;
  for (const std::string& step : row.trace) {
    deeper |= step == "1: ns.host.net 192.0.2.30:53 host.net ns.host.net A answer";
  }
  EXPECT_TRUE(deeper) << ::testing::PrintToString(row.trace);
  EXPECT_EQ(row.trace.back(), "ns.host.net 192.0.2.30:53 glueless.com www.glueless.com A answer");
}

TEST_F(WalkTraceTest, what_was_known_is_marked) {
  fresh.ask_one("www.shop.com A");
  EXPECT_EQ(fresh.ask_one("www.shop.com A").trace, (Steps{"cached shop.com answer"}));
  EXPECT_EQ(fresh.ask_one("alias.shop.com A").trace[0], "cached shop.com referral shop.com");
  EXPECT_TRUE(world.ask_one("www.shop.com A").trace.empty()) << "not wanted, not told";
}

TEST_F(WalkTraceTest, is_bounded) {
  // A delegation of which each server is silent: 64 packets, and no more steps than are kept.
  std::string wide;
  for (int i = 0; i < 20; ++i) wide += "authority wide.com 300 NS ns" + std::to_string(i) + ".wide.com\n";
  for (int i = 0; i < 20; ++i)
    wide += "additional ns" + std::to_string(i) + ".wide.com 300 A 10.0.0." + std::to_string(i) + "\n";
  fresh.internet.instead("192.0.2.10", "www.wide.com A", wide);
  const Row row = fresh.ask_one("www.wide.com A");
  EXPECT_EQ(row.status, "TIMEOUT");
  EXPECT_GE(row.trace.size(), 20u);
  EXPECT_LE(row.trace.size(), trace_steps_max);
  EXPECT_TRUE(row.trace.back().find("wide.com www.wide.com A timeout") != std::string::npos)
      << row.trace.back();
}

}  // namespace
}  // namespace dnswarm
