// CNAME chains that the upstream left open.
#include "resolver/lookup_engine.h"

#include "engine_fixture.h"

namespace dnswarm {
namespace {

using Lines = std::vector<std::string>;

TEST_F(EngineTest, an_open_chain_is_finished_and_shown_whole) {
  start();
  submit("www.example");
  respond(sent[0], 0, [](ResponseBuilder& b, const SentQuery& q) { add_cname(b, q.name, "cdn.example"); });
  ASSERT_EQ(sent.size(), 2u);
  EXPECT_EQ(sent[1].name, "cdn.example");
  answer(sent[1]);
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].answers, (Lines{"www.example 60 CNAME cdn.example", "cdn.example 60 A 192.0.2.99"}));
  EXPECT_EQ(rows[0].qname, "www.example");
  // And from the cache, both parts.
  submit("www.example", 1);
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_TRUE(rows[1].cached);
  EXPECT_EQ(rows[1].answers, rows[0].answers);
  EXPECT_EQ(rows[1].attempts, 0u);
}

TEST_F(EngineTest, a_chain_over_three_responses_keeps_their_order_and_owners) {
  start();
  submit("a.example");
  respond(sent.at(0), 0, [](ResponseBuilder& b, const SentQuery& q) { add_cname(b, q.name, "b.example"); });
  respond(sent.at(1), 0, [](ResponseBuilder& b, const SentQuery& q) { add_cname(b, q.name, "c.example"); });
  answer(sent.at(2));
  const Lines whole{"a.example 60 CNAME b.example", "b.example 60 CNAME c.example",
                    "c.example 60 A 192.0.2.99"};
  EXPECT_EQ(rows.at(0).answers, whole);
  submit("a.example", 1);  // from the cache, part by part
  EXPECT_EQ(rows.at(1).answers, whole);
}

TEST_F(EngineTest, an_open_chain_to_nowhere_is_nxdomain_with_its_links) {
  start();
  submit("www.example");
  respond(sent[0], 0, [](ResponseBuilder& b, const SentQuery& q) { add_cname(b, q.name, "gone.example"); });
  respond(sent[1], Rcode::NXDOMAIN);
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].status, "NXDOMAIN");
  EXPECT_EQ(rows[0].answers, Lines{"www.example 60 CNAME gone.example"});
}

TEST_F(EngineTest, a_chain_over_many_responses_ends_at_sixteen_links) {
  start();
  submit("n0.example");
  size_t i = 0;
  for (; i < 40 && rows.empty(); ++i) {
    respond(sent.at(i), 0, [&](ResponseBuilder& b, const SentQuery& q) {
      add_cname(b, q.name, "n" + std::to_string(i + 1) + ".example");
    });
  }
  ASSERT_EQ(rows.size(), 1u);
  // 16 packets are spent before the 17th link shows.
  EXPECT_TRUE(rows[0].status == "CNAME_LOOP" || rows[0].status == "BUDGET") << rows[0].status;
  EXPECT_LE(sent.size(), 16u);
}

TEST_F(EngineTest, a_loop_is_not_cached_as_an_answer) {
  start();
  auto loop = [](ResponseBuilder& b, const SentQuery& q) {
    add_cname(b, q.name, q.name);
    add_soa(b);
  };
  submit("www.example");
  respond(sent[0], 0, loop);
  submit("www.example", 1);
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[1].status, "CNAME_LOOP");
}

TEST_F(EngineTest, a_loop_is_a_cname_loop) {
  start();
  submit("www.example");
  respond(sent[0], 0, [](ResponseBuilder& b, const SentQuery& q) { add_cname(b, q.name, q.name); });
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].status, "CNAME_LOOP");
}

TEST_F(EngineTest, without_recursion_desired_the_chain_stays_open) {
  options.query.recursion_desired = false;
  start();
  submit("www.example");
  respond(sent[0], 0, [](ResponseBuilder& b, const SentQuery& q) { add_cname(b, q.name, "cdn.example"); });
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].status, "NOERROR");
}

}  // namespace
}  // namespace dnswarm
