#include "iterative/iterative_engine.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/iterative/shop_world.h"

namespace dnswarm {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::EngineWorld;
using testing::Row;

using testing::soa;

class IterativeEngineTest : public testing::ShopWorld {};

TEST_F(IterativeEngineTest, walks_from_the_root_to_the_answer) {
  const Row row = world.ask_one("www.shop.com A");
  EXPECT_EQ(row.status, "NOERROR");
  EXPECT_EQ(row.answers, "www.shop.com A 198.51.100.2");
  EXPECT_EQ(row.queries, 3u);
  EXPECT_EQ(world.asked(), 3u);
}

TEST_F(IterativeEngineTest, starts_at_the_closest_known_cut) {
  world.ask_one("www.shop.com A");
  world.internet.forget_asked();
  EXPECT_EQ(world.ask_one("shop.com A").answers, "shop.com A 198.51.100.1");
  EXPECT_EQ(world.asked(), 1u);
  world.internet.forget_asked();
  EXPECT_EQ(world.ask_one("other.com A").status, "NXDOMAIN");
  EXPECT_EQ(world.internet.asked(), std::vector<std::string>{"192.0.2.10 other.com A"});
}

TEST_F(IterativeEngineTest, answers_repeats_from_the_cache_until_their_ttl) {
  world.ask_one("www.shop.com A");
  const Row again = world.ask_one("www.shop.com A");
  EXPECT_TRUE(again.cached);
  EXPECT_EQ(again.answers, "www.shop.com A 198.51.100.2");
  EXPECT_EQ(again.queries, 0u);
  EXPECT_EQ(world.ask_one("gone.shop.com A").status, "NXDOMAIN");
  EXPECT_TRUE(world.ask_one("gone.shop.com A").cached);
  EXPECT_EQ(world.ask_one("www.shop.com AAAA").status, "NOERROR");
  EXPECT_TRUE(world.ask_one("www.shop.com AAAA").cached);
  world.pass(seconds(61));
  EXPECT_FALSE(world.ask_one("gone.shop.com A").cached);
  world.pass(seconds(240));
  EXPECT_FALSE(world.ask_one("www.shop.com A").cached);
}

TEST_F(IterativeEngineTest, an_answer_with_the_top_bit_in_its_ttl_is_not_kept) {
  for (const char* server : {"192.0.2.20", "192.0.2.21"}) {
    world.internet.instead(server, "odd.shop.com A",
                           "flags aa\nanswer odd.shop.com 2147483648 A 198.51.100.7");
  }
  EXPECT_EQ(world.ask_one("odd.shop.com A").answers, "odd.shop.com A 198.51.100.7");
  EXPECT_FALSE(world.ask_one("odd.shop.com A").cached);
}

TEST_F(IterativeEngineTest, equal_questions_at_once_are_asked_once) {
  const auto rows = world.ask("www.shop.com A,www.shop.com A,www.shop.com A");
  for (const Row& row : rows) EXPECT_EQ(row.answers, "www.shop.com A 198.51.100.2");
  EXPECT_EQ(world.asked(), 3u);
}

TEST_F(IterativeEngineTest, many_names_learn_a_cut_once) {
  std::string questions;
  for (int i = 0; i < 200; ++i) questions += "n" + std::to_string(i) + ".shop.com A,";
  for (const Row& row : world.ask(questions)) EXPECT_EQ(row.status, "NXDOMAIN");
  EXPECT_EQ(asked("192.0.2.1 ") + asked("192.0.2.2 "), 1u);
  EXPECT_EQ(asked("192.0.2.10 "), 1u);
  EXPECT_EQ(world.asked(), 202u);
}

TEST_F(IterativeEngineTest, names_below_what_is_no_cut_wait_for_the_first_only) {
  world.ask("a.deep.shop.com A,b.deep.shop.com A");
  world.internet.forget_asked();
  const auto rows = world.ask("c.deep.shop.com A,d.deep.shop.com A,e.deep.shop.com A");
  for (const Row& row : rows) EXPECT_EQ(row.status, "NXDOMAIN");
  EXPECT_EQ(world.asked(), 3u);
  EXPECT_EQ(world.took(), milliseconds(10)) << "all at once: it is known that deep.shop.com is no cut";
}

TEST_F(IterativeEngineTest, finds_the_addresses_of_name_servers_without_glue) {
  const Row row = world.ask_one("www.glueless.com A");
  EXPECT_EQ(row.answers, "www.glueless.com A 198.51.100.9");
  EXPECT_EQ(row.queries, 3u);  // the line's own
  EXPECT_EQ(world.asked(),
            6u);  // and for ns.host.net: net, host.net, address; the root's referral to net too
}

TEST_F(IterativeEngineTest, follows_aliases_within_and_across_zones) {
  EXPECT_EQ(world.ask_one("alias.shop.com A").answers,
            "alias.shop.com CNAME www.shop.com, www.shop.com A 198.51.100.2");
  EXPECT_EQ(world.ask_one("away.shop.com A").answers,
            "away.shop.com CNAME www.glueless.com, www.glueless.com A 198.51.100.9");
  world.internet.forget_asked();
  const Row again = world.ask_one("away.shop.com A");
  EXPECT_TRUE(again.cached);
  EXPECT_EQ(again.answers, "away.shop.com CNAME www.glueless.com, www.glueless.com A 198.51.100.9");
  EXPECT_EQ(world.asked(), 0u);
}

TEST_F(IterativeEngineTest, an_alias_to_itself_ends) {
  const Row row = world.ask_one("self.shop.com A");
  EXPECT_EQ(row.status, "CNAME_LOOP");
  EXPECT_EQ(row.code, "cname_loop");
}

TEST_F(IterativeEngineTest, a_zone_without_glue_for_its_own_server_cannot_be_reached) {
  const Row row = world.ask_one("www.lost.com A");
  EXPECT_EQ(row.status, "INVALID_RESPONSE");
  EXPECT_EQ(row.code, "no_server_address");
}

TEST_F(IterativeEngineTest, zones_that_wait_for_each_other_end) {
  const auto rows = world.ask("www.ring-a.com A,www.ring-b.com A");
  for (const Row& row : rows) EXPECT_EQ(row.code, "no_server_address");
  EXPECT_LT(world.asked(), 10u);
  EXPECT_LT(world.took(), seconds(1)) << "nobody waits for one who waits for him";
  // The address of ns.ring-a.com would be found out about by the very walk that waits for it.
  EXPECT_EQ(world.ask_one("a.ns.ring-a.com A").code, "no_server_address");
  EXPECT_LT(world.took(), seconds(1));
}

TEST_F(IterativeEngineTest, a_silent_server_costs_a_retry) {
  world.internet.silence("192.0.2.20");
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(world.ask_one("n" + std::to_string(i) + ".shop.com A").status, "NXDOMAIN");
  }
  EXPECT_GE(asked("192.0.2.20 "), 3u);
  EXPECT_LE(asked("192.0.2.20 "), 6u) << "then it rests";
  world.internet.silence("192.0.2.21");
  const Row row = world.ask_one("www.shop.com A");
  EXPECT_EQ(row.status, "TIMEOUT");
  EXPECT_EQ(row.code, "no_response");
}

TEST_F(IterativeEngineTest, lame_and_broken_servers_are_left_for_others) {
  for (const char* lame :
       {"rcode REFUSED", "rcode SERVFAIL", "answer www.shop.com 300 A 203.0.113.66",
        "authority shop.com 300 NS ns1.shop.com", "authority . 300 NS a.root", "flags ra"}) {
    EngineWorld fresh;
    build(fresh.internet);
    fresh.internet.instead("192.0.2.20", "www.shop.com A", lame);
    const Row row = fresh.ask_one("www.shop.com A");
    EXPECT_EQ(row.answers, "www.shop.com A 198.51.100.2") << lame;
  }
}

TEST_F(IterativeEngineTest, where_all_servers_fail_the_row_says_how) {
  for (const char* server : {"192.0.2.20", "192.0.2.21"}) {
    world.internet.instead(server, "www.shop.com A", "rcode REFUSED");
    world.internet.instead(server, "a.shop.com A", "answer a.shop.com 300 A 203.0.113.66");
  }
  EXPECT_EQ(world.ask_one("www.shop.com A").status, "REFUSED");
  EXPECT_EQ(asked("192.0.2.20 www.shop.com") + asked("192.0.2.21 www.shop.com"), 2u) << "each once";
  const Row row = world.ask_one("a.shop.com A");
  EXPECT_EQ(row.status, "INVALID_RESPONSE");
  EXPECT_EQ(row.code, "not_authoritative");
}

TEST_F(IterativeEngineTest, poison_is_neither_shown_nor_kept) {
  for (const char* server : {"192.0.2.20", "192.0.2.21"}) {
    world.internet.instead(server, "evil.shop.com A",
                           "flags aa\nanswer evil.shop.com 300 CNAME www.glueless.com\n"
                           "answer www.glueless.com 300 A 203.0.113.66\n"
                           "authority com 300 NS ns.evil.com\nadditional ns.evil.com 300 A 203.0.113.66");
  }
  EXPECT_EQ(world.ask_one("evil.shop.com A").answers,
            "evil.shop.com CNAME www.glueless.com, www.glueless.com A 198.51.100.9");
  EXPECT_EQ(world.ask_one("evil.shop.com A").answers,
            "evil.shop.com CNAME www.glueless.com, www.glueless.com A 198.51.100.9");
  EXPECT_EQ(world.ask_one("www.glueless.com A").answers, "www.glueless.com A 198.51.100.9");
  world.internet.forget_asked();
  world.ask_one("other.com A");
  EXPECT_EQ(asked("203.0.113.66"), 0u);
}

TEST_F(IterativeEngineTest, truncated_answers_are_asked_for_over_tcp) {
  for (const char* server : {"192.0.2.20", "192.0.2.21"}) {
    world.internet.instead(server, "www.shop.com A", "flags aa tc");
    world.internet.instead(server, "big.shop.com A", "flags aa tc");
    world.internet.instead(server + std::string("/tcp"), "big.shop.com A", "flags aa tc");
  }
  EXPECT_EQ(world.ask_one("www.shop.com A").answers, "www.shop.com A 198.51.100.2");
  const Row row = world.ask_one("big.shop.com A");
  EXPECT_EQ(row.status, "INVALID_RESPONSE");
  EXPECT_EQ(row.code, "truncated_over_tcp");
}

TEST_F(IterativeEngineTest, forgers_need_the_address_and_the_question) {
  world.forge("203.0.113.1", "flags aa\nquestion www.shop.com A\nanswer www.shop.com 300 A 203.0.113.66");
  EXPECT_EQ(world.ask_one("www.shop.com A").answers, "www.shop.com A 198.51.100.2");
  EXPECT_GT(world.engine().stats().mismatches.wrong_source, 0u);
  world.forge("192.0.2.20", "flags aa\nquestion www.bank A\nanswer www.bank 300 A 203.0.113.66");
  EXPECT_EQ(world.ask_one("a.deep.shop.com A").answers, "a.deep.shop.com A 198.51.100.3");
  world.internet.silence("192.0.2.21");
  EXPECT_EQ(world.ask_one("shop.com A").answers, "shop.com A 198.51.100.1");
  EXPECT_GT(world.engine().stats().mismatches.wrong_question, 0u);
}

TEST_F(IterativeEngineTest, the_end_of_a_dead_chain_is_cached_with_it) {
  world.internet.zone("192.0.2.20 192.0.2.21", "shop2.com",
                      "shop2.com" + soa + "dead.shop2.com 300 CNAME gone.shop2.com\n");
  world.internet.instead("192.0.2.10", "dead.shop2.com A",
                         "authority shop2.com 300 NS ns1.shop.com\nadditional ns1.shop.com 300 A 192.0.2.20");
  const Row row = world.ask_one("dead.shop2.com A");
  EXPECT_EQ(row.status, "NXDOMAIN");
  EXPECT_EQ(row.answers, "dead.shop2.com CNAME gone.shop2.com");
  world.internet.forget_asked();
  const Row again = world.ask_one("dead.shop2.com A");
  EXPECT_TRUE(again.cached);
  EXPECT_EQ(again.status, "NXDOMAIN");
  EXPECT_EQ(world.asked(), 0u);
}

TEST_F(IterativeEngineTest, servers_that_refuse_edns_are_asked_without) {
  for (const char* server : {"192.0.2.20", "192.0.2.21"}) world.internet.without_edns(server);
  EXPECT_EQ(world.ask_one("www.shop.com A").answers, "www.shop.com A 198.51.100.2");
  world.ask_one("a.shop.com A");
  world.ask_one("b.shop.com A");
  world.internet.forget_asked();
  EXPECT_EQ(world.ask_one("c.shop.com A").status, "NXDOMAIN");
  EXPECT_EQ(world.asked(), 1u) << "it is remembered";
}

// A delegation of wide.com to 20 servers with 8 addresses each.
std::string wide_referral() {
  std::string text;
  for (int i = 0; i < 20; ++i) text += "authority wide.com 300 NS ns" + std::to_string(i) + ".wide.com\n";
  for (int i = 0; i < 160; ++i) {
    text += "additional ns" + std::to_string(i / 8) + ".wide.com 300 A 10.0.0." + std::to_string(i) + "\n";
  }
  return text;
}

TEST_F(IterativeEngineTest, a_line_sends_64_packets_and_no_more) {
  world.internet.instead("192.0.2.10", "www.wide.com A", wide_referral());
  for (int i = 0; i < 160; ++i) world.internet.zone("10.0.0." + std::to_string(i), "else", "else" + soa);
  const Row row = world.ask_one("www.wide.com A");
  EXPECT_EQ(row.status, "BUDGET");
  EXPECT_EQ(row.code, "packets");
  EXPECT_EQ(world.asked(), line_packets_max);
}

TEST_F(IterativeEngineTest, a_line_ends_with_its_deadline) {
  world.internet.instead("192.0.2.10", "www.wide.com A", wide_referral());
  const Row row = world.ask_one("www.wide.com A");
  EXPECT_EQ(row.status, "TIMEOUT");
  EXPECT_GE(world.took(), seconds(15));
  EXPECT_LT(world.took(), milliseconds(15'100));
}

TEST_F(IterativeEngineTest, a_zone_that_multiplies_look_ups_pays_for_them) {
  std::string servers, hostile = "evil.net" + soa;
  for (int i = 0; i < 20; ++i) {
    servers += "authority evil.com 300 NS ns" + std::to_string(i) + ".evil.net\n";
    const std::string target = "ns" + std::to_string(i) + ".evil.net";
    for (int k = 0; k < 20; ++k) {
      hostile += target + " 300 NS x" + std::to_string(k) + "." + std::to_string(i) + ".evil.net\n";
    }
  }
  world.internet.instead("192.0.2.10", "www.evil.com A", servers);
  world.internet.instead("192.0.2.11", "ns0.evil.net A",
                         "authority evil.net 300 NS a.evil.net\nadditional a.evil.net 300 A 192.0.2.66");
  world.internet.zone("192.0.2.66", "evil.net", hostile);
  const Row row = world.ask_one("www.evil.com A");
  EXPECT_EQ(row.status, "BUDGET") << row.code;
  EXPECT_LE(world.asked(), line_packets_max);
}

TEST_F(IterativeEngineTest, a_dead_zone_holds_its_names_up_no_longer_than_one) {
  world.internet.silence("192.0.2.30");
  std::string questions;
  for (int i = 0; i < 60; ++i) questions += "n" + std::to_string(i) + ".glueless.com A,";
  for (const Row& row : world.ask(questions)) EXPECT_NE(row.status, "NOERROR");
  EXPECT_LT(world.took(), seconds(40)) << "not one after the other";
  world.ask("more.glueless.com A");
  EXPECT_LT(world.took(), seconds(1)) << "its server rests";
}

TEST_F(IterativeEngineTest, ds_records_are_asked_of_the_parent) {
  world.ask_one("www.shop.com A");
  world.internet.forget_asked();
  EXPECT_EQ(world.ask_one("shop.com DS").status, "NOERROR");
  EXPECT_EQ(world.internet.asked(), std::vector<std::string>{"192.0.2.10 shop.com DS"});
}

TEST_F(IterativeEngineTest, without_a_cache_every_line_is_asked_for) {
  IterativeOptions options;
  options.cache_octets = 0;
  EngineWorld fresh(options);
  build(fresh.internet);
  fresh.ask_one("www.glueless.com A");
  fresh.internet.forget_asked();
  EXPECT_FALSE(fresh.ask_one("www.glueless.com A").cached);
  EXPECT_EQ(fresh.internet.asked(), std::vector<std::string>{"192.0.2.30 www.glueless.com A"});
}

}  // namespace
}  // namespace dnswarm
