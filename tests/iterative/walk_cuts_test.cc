// Which zone cuts are found out about, by whom and with what question: see iterative/walk_cuts.cc.
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
using Asked = std::vector<std::string>;

EngineStart with_hints() {
  EngineStart start;
  start.settings.primed = false;
  return start;
}

class WalkCutsTest : public testing::ShopWorld {};

class PrimingTest : public testing::ShopWorld {
 protected:
  PrimingTest() : fresh({}, with_hints()) { build(fresh.internet); }
  void root_says(const std::string& message) {
    for (const char* server : {"192.0.2.1", "192.0.2.2"}) fresh.internet.instead(server, ". NS", message);
  }
  EngineWorld fresh;
};

TEST_F(PrimingTest, the_root_is_asked_for_its_servers_first_and_once) {
  root_says("flags aa\nanswer . 3600 NS new.root\nadditional new.root 3600 A 192.0.2.5");
  fresh.internet.zone("192.0.2.5", ".", "." + soa + "com 3600 NS ns.com\nns.com 3600 A 192.0.2.10\n");
  const auto rows = fresh.ask("www.shop.com A,a.net A,b.org A,c.com A");
  EXPECT_EQ(rows[0].answers, "www.shop.com A 198.51.100.2");
  EXPECT_EQ(rows[1].status, "NXDOMAIN") << "the new root has no net";
  Asked asked = fresh.internet.asked();
  EXPECT_TRUE(asked.at(0).ends_with(" . NS"));
  for (size_t i = 1; i < asked.size(); ++i) {
    EXPECT_FALSE(asked[i].starts_with("192.0.2.1 ") || asked[i].starts_with("192.0.2.2 ")) << asked[i];
  }
}

TEST_F(PrimingTest, hints_serve_where_the_root_does_not_say) {
  root_says("rcode REFUSED");
  EXPECT_EQ(fresh.ask_one("www.shop.com A").answers, "www.shop.com A 198.51.100.2");
  root_says("flags aa\nanswer . 3600 NS ns.nowhere");
  fresh.pass(seconds(6));
  EXPECT_EQ(fresh.ask_one("www.other.net A").status, "NXDOMAIN") << "a server without an address is no use";
}

TEST_F(PrimingTest, it_is_tried_again_after_a_while_and_when_the_ttl_is_over) {
  root_says("rcode REFUSED");
  fresh.ask("a.test A");
  fresh.internet.forget_asked();
  fresh.ask("b.test A");
  EXPECT_EQ(fresh.asked(), 1u);
  root_says("flags aa\nanswer . 100 NS a.root\nadditional a.root 100 A 192.0.2.1");
  fresh.pass(seconds(5));
  fresh.internet.forget_asked();
  fresh.ask("c.test A");
  EXPECT_EQ(fresh.asked(), 2u);
  fresh.pass(seconds(99));
  fresh.internet.forget_asked();
  fresh.ask("d.test A");
  EXPECT_EQ(fresh.asked(), 1u);
  fresh.pass(seconds(1));
  fresh.internet.forget_asked();
  fresh.ask("e.test A");
  EXPECT_EQ(fresh.asked(), 2u);
}

class MinimisationTest : public testing::ShopWorld {
 protected:
  static IterativeOptions minimising() {
    IterativeOptions options;
    options.qname_minimisation = true;
    return options;
  }
  MinimisationTest() : fresh(minimising()) { build(fresh.internet); }
  EngineWorld fresh;
};

TEST_F(MinimisationTest, servers_learn_one_label_more_than_their_zone) {
  fresh.internet.silence("192.0.2.21");
  fresh.internet.silence("192.0.2.2");
  fresh.ask("www.com A");  // who is asked there answers
  fresh.internet.forget_asked();
  EXPECT_EQ(fresh.ask_one("a.deep.shop.com MX").status, "NOERROR");
  Asked told;
  for (const std::string& line : fresh.internet.asked()) {
    if (!line.starts_with("192.0.2.21")) told.push_back(line);
  }
  EXPECT_EQ(told,
            (Asked{"192.0.2.10 shop.com A", "192.0.2.20 deep.shop.com A", "192.0.2.20 a.deep.shop.com MX"}));
}

TEST_F(MinimisationTest, what_is_no_cut_is_asked_about_once) {
  fresh.ask("a.deep.shop.com A");
  fresh.internet.forget_asked();
  EXPECT_EQ(fresh.ask_one("b.deep.shop.com A").status, "NXDOMAIN");
  EXPECT_EQ(fresh.asked(), 1u);
}

TEST_F(MinimisationTest, servers_that_do_not_take_it_get_the_whole_name) {
  for (const char* refusal :
       {"rcode REFUSED", "rcode NXDOMAIN\nflags aa\nauthority shop.com 60 SOA a.b c.d 1 2 3 4 5",
        "rcode SERVFAIL", "flags ra", "answer deep.shop.com 60 A 192.0.2.99"}) {
    EngineWorld other(minimising());
    build(other.internet);
    for (const char* server : {"192.0.2.20", "192.0.2.21"})
      other.internet.instead(server, "deep.shop.com A", refusal);
    EXPECT_EQ(other.ask_one("a.deep.shop.com A").answers, "a.deep.shop.com A 198.51.100.3") << refusal;
  }
}

TEST_F(MinimisationTest, names_of_many_labels_cost_ten_questions_more_at_most) {
  EXPECT_EQ(fresh.ask_one("a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.deep.shop.com A").status, "NXDOMAIN");
  EXPECT_LE(fresh.asked(), 12u);
}

TEST_F(MinimisationTest, aliases_glueless_servers_and_ds_work_as_without) {
  EXPECT_EQ(fresh.ask_one("away.shop.com A").answers,
            "away.shop.com CNAME www.glueless.com, www.glueless.com A 198.51.100.9");
  EXPECT_EQ(fresh.ask_one("shop.com A").answers, "shop.com A 198.51.100.1");
  fresh.internet.forget_asked();
  EXPECT_EQ(fresh.ask_one("shop.com DS").status, "NOERROR");
  EXPECT_EQ(fresh.internet.asked(), (Asked{"192.0.2.10 shop.com DS"}));
}

TEST_F(MinimisationTest, with_the_nxdomain_cut_a_name_below_nothing_is_not_asked_for) {
  IterativeOptions options = minimising();
  options.nxdomain_cut = true;
  EngineWorld strict(options);
  build(strict.internet);
  EXPECT_EQ(strict.ask_one("a.b.c.gone.shop.com A").status, "NXDOMAIN");
  EXPECT_EQ(strict.asked(), 3u) << "the root, com, and gone.shop.com";
  strict.internet.forget_asked();
  const Row row = strict.ask_one("x.gone.shop.com MX");
  EXPECT_EQ(row.status, "NXDOMAIN");
  EXPECT_TRUE(row.cached);
  EXPECT_EQ(strict.asked(), 0u);
}

TEST_F(WalkCutsTest, with_the_nxdomain_cut_what_is_below_is_known_until_the_ttl_is_over) {
  IterativeOptions options;
  options.nxdomain_cut = true;
  EngineWorld strict(options);
  build(strict.internet);
  EXPECT_EQ(strict.ask_one("gone.shop.com A").status, "NXDOMAIN");
  const Row below = strict.ask_one("www.gone.shop.com AAAA");
  EXPECT_EQ(below.status, "NXDOMAIN");
  EXPECT_TRUE(below.cached);
  EXPECT_FALSE(strict.ask_one("gone2.shop.com A").cached);
  strict.pass(seconds(61));
  EXPECT_FALSE(strict.ask_one("www.gone.shop.com AAAA").cached);
  // Without it every name is asked for.
  world.ask_one("gone.shop.com A");
  EXPECT_FALSE(world.ask_one("www.gone.shop.com A").cached);
}

TEST_F(WalkCutsTest, a_server_that_drops_one_type_of_a_name_does_not_hold_up_the_others) {
  world.ask("shop.com A");
  for (const char* server : {"192.0.2.20", "192.0.2.21"})
    world.internet.instead(server, "www.shop.com AAAA", "");
  const auto rows = world.ask("www.shop.com AAAA,www.shop.com A,www.shop.com MX");
  EXPECT_EQ(rows[0].status, "TIMEOUT");
  EXPECT_EQ(rows[1].answers, "www.shop.com A 198.51.100.2");
  for (size_t i : {1u, 2u}) {
    EXPECT_GT(rows[i].after, milliseconds(40)) << "there might be a cut";
    EXPECT_LT(rows[i].after, milliseconds(400)) << "the first try's time";
  }
}

TEST_F(WalkCutsTest, zones_below_what_is_no_cut_are_not_learnt_one_after_the_other) {
  std::string records = "net" + soa, questions;
  for (int i = 0; i < 100; ++i) {
    const std::string zone = "z" + std::to_string(i) + ".co.net";
    records += zone + " 3600 NS ns." + zone + "\nns." + zone + " 3600 A 192.0.2.30\n";
    world.internet.zone("192.0.2.30", zone, zone + soa);
    questions += "www." + zone + " A,";
  }
  world.internet.zone("192.0.2.11", "net", records);
  for (const Row& row : world.ask(questions)) EXPECT_EQ(row.status, "NXDOMAIN");
  EXPECT_EQ(world.took(), milliseconds(40)) << "the root, net for the first, net for the rest, the zones";
}

TEST_F(WalkCutsTest, a_cut_without_a_ttl_is_not_learnt_by_one_walk_after_the_other) {
  world.internet.zone("192.0.2.11", "net",
                      "net" + soa + "host.net 0 NS ns.host.net\nns.host.net 0 A 192.0.2.30\n");
  std::string questions;
  for (int i = 0; i < 100; ++i) questions += "n" + std::to_string(i) + ".host.net A,";
  for (const Row& row : world.ask(questions)) EXPECT_EQ(row.status, "NXDOMAIN");
  EXPECT_EQ(world.took(), milliseconds(40)) << "the root, net for the first, net for the rest, host.net";
}

TEST_F(WalkCutsTest, a_cut_that_another_worker_asks_for_is_waited_for_but_not_for_long) {
  EngineStart start;
  start.settings.several_workers = true;
  EngineWorld fresh({}, start);
  build(fresh.internet);
  const NameOctets name("\4shop\3com", 10);
  const uint64_t shop = CutClaims::hash_of(wire_of(name));
  ASSERT_TRUE(fresh.hierarchy.claims.take(shop));
  EXPECT_EQ(fresh.ask_one("www.shop.com A").answers, "www.shop.com A 198.51.100.2");
  EXPECT_GE(fresh.took(), CutClaims::wait_max) << "the other one may find it any moment";
  EXPECT_LE(fresh.took(), CutClaims::wait_max + milliseconds(40));
  fresh.hierarchy.claims.release(shop);
  EngineWorld free({}, start);
  build(free.internet);
  free.ask("a.shop.com A,b.shop.com A,c.net A");
  EXPECT_EQ(free.took(), milliseconds(30)) << "of one's own claims nobody waits for the clock";
  EXPECT_TRUE(free.hierarchy.claims.take(shop)) << "they were given back";
}

}  // namespace
}  // namespace dnswarm
