// Truncation, and what a connection may do to the queries on it.
#include "resolver/lookup_engine.h"

#include <cerrno>

#include "engine_fixture.h"

namespace dnswarm {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST_F(EngineTest, tc_goes_to_the_same_upstream_over_tcp) {
  start();
  submit("www.example");
  respond(sent[0], HeaderFlags::tc);
  ASSERT_EQ(sent.size(), 2u);
  EXPECT_TRUE(sent[1].tcp);
  EXPECT_EQ(sent[1].upstream, sent[0].upstream);
  answer(sent[1]);
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].protocol, Protocol::tcp);
  EXPECT_EQ(rows[0].attempts, 2u);
}

TEST_F(EngineTest, who_waits_for_a_connection_to_one_that_is_left_out_asks_elsewhere) {
  start();
  tcp_connecting = true;
  submit("a.example");
  submit("b.example", 1);
  const PeerIndex liar = sent[0].upstream;
  ASSERT_EQ(sent[1].upstream, liar);
  respond(sent[0], HeaderFlags::tc);
  respond(sent[1], HeaderFlags::tc);
  ASSERT_EQ(sent.size(), 3u);  // one on the connection, one waits for it to open
  engine->leave_out(liar);
  pass(seconds(8));
  ASSERT_GE(sent.size(), 5u);
  for (size_t i = 3; i < sent.size(); ++i) {
    EXPECT_FALSE(sent[i].tcp);
    EXPECT_NE(sent[i].upstream, liar);
  }
}

TEST_F(EngineTest, a_connection_that_closes_in_order_is_opened_again_once) {
  start(1);
  submit("www.example");
  respond(sent[0], HeaderFlags::tc);
  tcp_open[0] = false;
  engine->on_tcp_lost(0, 0);
  collect();
  ASSERT_EQ(sent.size(), 3u);
  EXPECT_TRUE(sent[2].tcp);
  answer(sent[2]);
  EXPECT_EQ(rows.at(0).status, "NOERROR");
}

TEST_F(EngineTest, a_server_that_closes_after_each_answer_answers_every_name) {
  start(1);
  constexpr size_t names = 40;
  for (uint64_t tag = 0; tag < names; ++tag) submit("n" + std::to_string(tag) + ".example", tag);
  for (size_t i = 0; i < names; ++i) respond(sent[i], HeaderFlags::tc);
  size_t seen = names;
  for (int connection = 0; connection < 200 && rows.size() < names; ++connection) {
    collect();
    ASSERT_LT(seen, sent.size());
    answer(sent[seen]);  // the first that waits on this connection
    seen = sent.size();  // the others go down with it, by a reset: their queries were not read
    tcp_open[0] = false;
    engine->on_tcp_lost(0, ECONNRESET);
    pass(milliseconds(10));
  }
  ASSERT_EQ(rows.size(), names);
  for (const Row& row : rows) EXPECT_EQ(row.status, "NOERROR") << row.tag;
  // One connection a name; only the first was used by all of them at once.
  EXPECT_LE(engine->stats().queries_tcp, 2 * names);
}

TEST_F(EngineTest, a_query_that_kills_its_connection_is_not_sent_for_ever) {
  start(1);
  submit("www.example");
  respond(sent[0], HeaderFlags::tc);
  for (int i = 0; i < 20 && rows.empty(); ++i) {
    tcp_open[0] = false;
    engine->on_tcp_lost(0, 0);
    pass(seconds(2));
  }
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].status, "TIMEOUT");
  EXPECT_LE(sent.size(), 9u);
}

TEST_F(EngineTest, without_tcp_the_other_upstream_is_asked) {
  start();
  submit("www.example");
  respond(sent[0], HeaderFlags::tc);
  tcp_open[sent[0].upstream] = false;
  engine->on_tcp_lost(sent[0].upstream, ECONNREFUSED);
  collect();
  ASSERT_EQ(sent.size(), 3u);
  EXPECT_FALSE(sent[2].tcp);
  EXPECT_NE(sent[2].upstream, sent[0].upstream);
}

TEST_F(EngineTest, tc_for_ever_without_tcp_ends_within_the_budget) {
  start();
  tcp_fails = true;
  submit("www.example");
  size_t answered = 0;
  for (int i = 0; i < 2000 && rows.empty(); ++i) {
    while (answered < sent.size()) respond(sent[answered++], HeaderFlags::tc);
    pass(milliseconds(20));
  }
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_NE(rows[0].status, "NOERROR");
  EXPECT_LE(sent.size(), 16u);
}

TEST_F(EngineTest, no_name_costs_more_than_sixteen_packets_connects_included) {
  start(1);
  submit("n0.example");
  size_t i = 0;
  for (; i < 14; ++i) {
    respond(sent.at(i), 0, [&](ResponseBuilder& b, const SentQuery& q) {
      add_cname(b, q.name, "n" + std::to_string(i + 1) + ".example");
    });
  }
  respond(sent.at(14), HeaderFlags::tc);  // 15 packets so far: connect and query make 17
  EXPECT_EQ(sent.size(), 15u);
  EXPECT_EQ(rows.size(), 1u);
}

TEST_F(EngineTest, while_tcp_connects_one_query_waits_with_it_and_the_others_take_no_tokens) {
  tcp_connecting = true;
  start(1);
  for (int i = 0; i < 5; ++i) submit("n" + std::to_string(i) + ".example");
  for (size_t i = 0; i < 5; ++i) respond(sent[i], HeaderFlags::tc);
  EXPECT_EQ(sent.size(), 6u);
  tcp_connecting = false;
  pass(milliseconds(10));
  EXPECT_EQ(sent.size(), 10u);
}

TEST_F(EngineTest, tcp_that_did_not_answer_lately_is_not_tried_for_every_name) {
  start(1);
  auto ask_truncated = [&](int i) {
    submit("n" + std::to_string(i) + ".example");
    respond(sent.back(), HeaderFlags::tc);
  };
  for (int i = 0; i < 8; ++i) ask_truncated(i);
  pass(milliseconds(2100));
  EXPECT_FALSE(tcp_open[0]);  // given up
  ask_truncated(100);
  EXPECT_FALSE(sent.back().tcp);
  pass(seconds(3));
  ask_truncated(101);
  EXPECT_TRUE(sent.back().tcp);
}

TEST_F(EngineTest, tcp_that_never_answers_ends_within_the_deadline) {
  start(1);
  for (uint64_t tag = 0; tag < 400; ++tag) submit("n" + std::to_string(tag) + ".example", tag);
  size_t answered = 0;
  for (int s = 0; s < 170; ++s) {
    while (answered < sent.size()) {
      if (!sent[answered].tcp) respond(sent[answered], HeaderFlags::tc);
      ++answered;
    }
    pass(milliseconds(100));
  }
  EXPECT_EQ(rows.size(), 400u);
}

}  // namespace
}  // namespace dnswarm
