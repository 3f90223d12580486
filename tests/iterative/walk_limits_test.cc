// What holds queries back: see iterative/walk_limits.cc.
#include <gtest/gtest.h>

#include <string>

#include "tests/iterative/shop_world.h"

namespace dnswarm {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::EngineStart;
using testing::EngineWorld;
using testing::Row;
using testing::soa;

class WalkLimitsTest : public testing::ShopWorld {};

std::string names(int count, const std::string& zone) {
  std::string questions;
  for (int i = 0; i < count; ++i) questions += "n" + std::to_string(i) + "." + zone + " A,";
  return questions;
}

TEST_F(WalkLimitsTest, no_server_has_more_open_than_is_courteous) {
  IterativeOptions options;
  options.in_flight_per_server = 5;
  EngineWorld fresh(options);
  build(fresh.internet);
  std::string questions;
  for (int i = 0; i < 300; ++i)
    questions += "n" + std::to_string(i) + ".shop.com A,x" + std::to_string(i) + ".net A,";
  for (const Row& row : fresh.ask(questions)) EXPECT_EQ(row.status, "NXDOMAIN");
  EXPECT_EQ(fresh.most_open(), 5u);
  // 300 names for one server at 5 every 10 ms, and nobody waits longer than that needs.
  EXPECT_LT(fresh.took(), milliseconds(700));
}

TEST_F(WalkLimitsTest, tcp_counts_as_much_as_udp) {
  IterativeOptions options;
  options.in_flight_per_server = 5;
  EngineWorld fresh(options);
  build(fresh.internet);
  for (const char* server : {"192.0.2.20", "192.0.2.21"}) fresh.internet.instead(server, "*", "flags aa tc");
  for (const Row& row : fresh.ask(names(100, "shop.com"))) EXPECT_EQ(row.status, "NXDOMAIN");
  EXPECT_EQ(fresh.most_open(), 5u);
}

// ns1 answers after its time, when ns2 has been asked, too: that one is at it still, though its answer is not
// needed any more. Another name wants ns2 right then.
TEST_F(WalkLimitsTest, who_is_not_waited_for_any_more_is_as_busy_as_before) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    IterativeOptions options;
    options.in_flight_per_server = 1;
    EngineStart start;
    start.seed = seed;
    EngineWorld fresh(options, start);
    build(fresh.internet);
    fresh.internet.zone("192.0.2.11", "net",
                        "net" + soa + "late.net 3600 NS ns.late.net\nns.late.net 3600 A 192.0.2.21\n");
    fresh.internet.zone("192.0.2.21", "late.net", "late.net" + soa);
    fresh.round_trip("192.0.2.11", milliseconds(440));
    fresh.round_trip("192.0.2.20", milliseconds(420));
    fresh.round_trip("192.0.2.21", milliseconds(300));
    for (const Row& row : fresh.ask("n.shop.com A,n.late.net A")) EXPECT_EQ(row.status, "NXDOMAIN");
    EXPECT_EQ(fresh.most_open_at("192.0.2.21"), 1u) << "seed " << seed;
  }
}

// A line's deadline is over before its server's time is: it is not silent yet, and its place not free.
TEST_F(WalkLimitsTest, a_deadline_makes_no_server_free_or_silent) {
  IterativeOptions options;
  options.in_flight = 1;
  options.in_flight_per_server = 1;
  options.deadline = milliseconds(300);
  EngineWorld fresh(options);
  build(fresh.internet);
  fresh.internet.zone("192.0.2.10", "com",
                      "com" + soa + "one.com 3600 NS ns.com\nns.com 3600 A 192.0.2.20\n");
  fresh.internet.zone("192.0.2.20", "one.com", "one.com" + soa);
  fresh.silence_for("192.0.2.20", milliseconds(310));
  const std::vector<Row> rows = fresh.ask("n1.one.com A,n2.one.com A");
  EXPECT_EQ(rows[0].status, "TIMEOUT");
  EXPECT_EQ(rows[1].status, "NXDOMAIN");
  EXPECT_EQ(rows[1].queries, 1u);
  // It was asked after 20 ms and had 376 to answer; then the other's answer took 10.
  EXPECT_EQ(fresh.took(), milliseconds(20 + 376 + 10));
}

TEST_F(WalkLimitsTest, those_who_wait_for_a_silent_server_end) {
  IterativeOptions options;
  options.in_flight_per_server = 2;
  EngineWorld fresh(options);
  build(fresh.internet);
  fresh.internet.silence("192.0.2.30");
  std::string questions;
  for (int i = 0; i < 50; ++i) questions += "n" + std::to_string(i) + ".glueless.com A,";
  for (const Row& row : fresh.ask(questions)) EXPECT_NE(row.status, "NOERROR");
}

TEST_F(WalkLimitsTest, no_server_gets_more_packets_than_its_rate) {
  EngineStart start;
  start.settings.rate_per_server = 100;
  EngineWorld fresh({}, start);
  build(fresh.internet);
  for (const Row& row : fresh.ask(names(300, "shop.com"))) EXPECT_EQ(row.status, "NXDOMAIN");
  EXPECT_LE(fresh.most_in_any_second(), 101u);
  // 300 names for two servers at 100 a second each: the one-sided luck of the draw aside.
  EXPECT_GE(fresh.took(), milliseconds(1400));
  EXPECT_LT(fresh.took(), milliseconds(2500)) << "tokens are not left lying about";
}

TEST_F(WalkLimitsTest, the_deadline_counts_from_the_first_packet_and_says_what_was_waited_for) {
  EngineStart start;
  start.settings.rate_per_server = 1;
  IterativeOptions options;
  options.deadline = seconds(5);
  EngineWorld fresh(options, start);
  build(fresh.internet);
  for (const Row& row : fresh.ask(names(40, "shop.com"))) EXPECT_EQ(row.status, "NXDOMAIN") << row.code;
  EXPECT_GE(fresh.took(), seconds(15)) << "20 names for each of two servers: nobody's deadline had begun";
  EXPECT_EQ(fresh.most_in_any_second(), 1u);
  // These come from two servers, at two a second, and then all want the one server of net.
  std::string questions;
  for (int i = 0; i < 20; ++i) questions += "alias" + std::to_string(i) + ".shop.com A,";
  EngineWorld slow(options, start);
  build(slow.internet);
  for (const char* server : {"192.0.2.20", "192.0.2.21"}) {
    for (int i = 0; i < 20; ++i) {
      const std::string name = "alias" + std::to_string(i) + ".shop.com";
      slow.internet.instead(server, name + " A",
                            "flags aa\nanswer " + name + " 300 CNAME x" + std::to_string(i) + ".net");
    }
  }
  unsigned limited = 0;
  for (const Row& row : slow.ask(questions)) {
    if (row.status == "NXDOMAIN") continue;
    EXPECT_EQ(row.status, "TIMEOUT");
    EXPECT_EQ(row.code, "server_limits");
    ++limited;
  }
  EXPECT_GE(limited, 3u);
}

TEST_F(WalkLimitsTest, a_truncated_answer_is_asked_for_over_tcp_of_the_same_server_within_its_rate) {
  EngineStart start;
  start.settings.rate_per_server = 1;
  EngineWorld fresh({}, start);
  build(fresh.internet);
  for (const char* server : {"192.0.2.20", "192.0.2.21"})
    fresh.internet.instead(server, "www.shop.com A", "flags aa tc");
  EXPECT_EQ(fresh.ask_one("www.shop.com A").answers, "www.shop.com A 198.51.100.2");
  const auto& asked = fresh.internet.asked();
  ASSERT_EQ(asked.size(), 4u);
  EXPECT_EQ(asked[2], asked[3]) << "the same server, over TCP";
  EXPECT_GE(fresh.took(), seconds(1));
}

}  // namespace
}  // namespace dnswarm
