// Ends without a question on the wire, sends that fail, and the search list.
#include "resolver/lookup_engine.h"

#include <cerrno>

#include "engine_fixture.h"

namespace dnswarm {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST_F(EngineTest, invalid_questions_get_their_row_without_a_query) {
  start();
  Question question;
  question.tag = 3;
  question.token = "bad..name";
  question.error_code = "empty_label";
  question.error_text = "a label is empty";
  engine->submit(question);
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].status, "INVALID_NAME");
  EXPECT_EQ(rows[0].name, "bad..name");
  EXPECT_EQ(rows[0].qname, "");
  EXPECT_TRUE(sent.empty());
}

TEST_F(EngineTest, cancelling_gives_everyone_a_row) {
  limits.total.set(1);
  start();
  for (uint64_t tag = 0; tag < 10; ++tag) submit("n" + std::to_string(tag % 7) + ".example", tag);
  engine->cancel_all();
  ASSERT_EQ(rows.size(), 10u);
  for (const Row& row : rows) EXPECT_EQ(row.status, "CANCELLED");
  EXPECT_EQ(engine->in_flight(), 0u);
  pass(seconds(30));
  EXPECT_EQ(rows.size(), 10u);
}

TEST_F(EngineTest, local_congestion_costs_no_try) {
  start(1);
  submit("www.example");
  for (int i = 0; i < 8; ++i) {
    size_t n = sent.size();
    engine->on_send_failed(sent.back().flow, sent.back().octets, EAGAIN);
    pass(milliseconds(10));
    ASSERT_EQ(sent.size(), n + 1);
  }
  answer(sent.back());
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].status, "NOERROR");
  EXPECT_EQ(rows[0].attempts, 1u);
}

TEST_F(EngineTest, a_send_that_fails_after_its_timer_fired_does_no_harm) {
  options.timeout = milliseconds(50);
  start();
  submit("www.example");
  SentQuery first = sent[0];
  pass(milliseconds(60));
  engine->on_send_failed(first.flow, first.octets, EAGAIN);
  answer(sent.at(1));
  EXPECT_EQ(rows.at(0).status, "NOERROR");
}

TEST_F(EngineTest, no_route_is_a_network_error) {
  start(1);
  submit("www.example");
  for (int i = 0; i < 100 && rows.empty(); ++i) {
    if (!sent.empty()) engine->on_send_failed(sent.back().flow, sent.back().octets, ENETUNREACH);
    pass(milliseconds(200));
  }
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].status, "NETWORK_ERROR");
  EXPECT_EQ(rows[0].attempts, 0u);
}

TEST_F(EngineTest, a_link_that_is_down_for_a_while_costs_no_try) {
  options.attempts = 1;
  start();
  submit("www.example");
  for (int i = 0; i < 40; ++i) {
    SentQuery last = sent.back();
    sent.clear();
    engine->on_send_failed(last.flow, last.octets, i % 2 == 0 ? ENETUNREACH : ENETDOWN);
    for (int waits = 0; waits < 300 && sent.empty(); ++waits) pass(milliseconds(10));
    ASSERT_EQ(sent.size(), 1u) << i;
    ASSERT_EQ(rows.size(), 0u) << i;
  }
  answer(sent.back());
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].status, "NOERROR");
  EXPECT_EQ(rows[0].attempts, 1u);
}

TEST_F(EngineTest, an_upstream_without_a_route_costs_nothing_beside_another) {
  options.attempts = 1;
  start();
  for (uint64_t tag = 0; tag < 200; ++tag) {
    submit("n" + std::to_string(tag) + ".example", tag);
    if (sent.back().upstream == 0) {
      engine->on_send_failed(sent.back().flow, sent.back().octets, EHOSTUNREACH);
      pass(milliseconds(2));
    }
    ASSERT_EQ(sent.back().upstream, 1u);
    answer(sent.back());
    ASSERT_EQ(rows.size(), tag + 1);
  }
  EXPECT_LE(engine->pool().counters(0).network_errors, 2u);
}

TEST_F(EngineTest, responses_after_cancelling_change_nothing) {
  start();
  for (uint64_t tag = 0; tag < 10; ++tag) submit("n" + std::to_string(tag) + ".example", tag);
  const std::vector<SentQuery> asked = sent;
  engine->cancel_all();
  ASSERT_EQ(rows.size(), 10u);
  for (const SentQuery& query : asked) answer(query);
  EXPECT_EQ(rows.size(), 10u);
  for (const Row& row : rows) EXPECT_EQ(row.status, "CANCELLED");
  EXPECT_EQ(engine->stats().mismatches.unknown_id, 10u);
}

TEST_F(EngineTest, a_short_name_is_tried_with_the_search_list_first) {
  options.search = {name_of("corp.example"), name_of("example")};
  start();
  submit("www");
  EXPECT_EQ(sent.at(0).name, "www.corp.example");
  respond(sent[0], Rcode::NXDOMAIN);
  EXPECT_EQ(sent.at(1).name, "www.example");
  answer(sent[1]);
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].name, "www");
  EXPECT_EQ(rows[0].qname, "www.example");
  EXPECT_EQ(rows[0].status, "NOERROR");
}

TEST_F(EngineTest, a_failure_is_reported_with_its_own_names_rcode) {
  options.search = {name_of("corp.example")};
  start(1);
  submit("www");
  respond(sent.at(0), Rcode::SERVFAIL);
  pass(milliseconds(400));
  respond(sent.at(1), Rcode::NXDOMAIN);
  pass(seconds(20));
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].status, "TIMEOUT");
  EXPECT_EQ(rows[0].qname, "www");
}

TEST_F(EngineTest, a_name_with_ndots_dots_is_tried_as_it_is_first) {
  options.search = {name_of("corp.example")};
  start();
  submit("www.test");
  EXPECT_EQ(sent.at(0).name, "www.test");
  respond(sent[0], Rcode::NXDOMAIN);
  EXPECT_EQ(sent.at(1).name, "www.test.corp.example");
  respond(sent[1], Rcode::NXDOMAIN);
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].status, "NXDOMAIN");
}

}  // namespace
}  // namespace dnswarm
