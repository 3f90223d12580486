// Answers from the cache, and equal questions in flight.
#include "resolver/lookup_engine.h"

#include "engine_fixture.h"

namespace dnswarm {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Lines = std::vector<std::string>;

TEST_F(EngineTest, a_repeated_question_comes_from_the_cache_with_its_ttl_counted_down) {
  start();
  submit("www.example");
  answer(sent[0], 60);
  pass(seconds(20));
  submit("www.example", 1);
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_TRUE(rows[1].cached);
  EXPECT_EQ(rows[1].attempts, 0u);
  EXPECT_EQ(rows[1].answers, Lines{"www.example 40 A 192.0.2.99"});
  EXPECT_EQ(rows[1].upstream, rows[0].upstream);
  pass(seconds(41));
  submit("www.example", 2);
  EXPECT_EQ(sent.size(), 2u);
}

TEST_F(EngineTest, negative_answers_are_cached_by_their_soa) {
  start();
  submit("www.example");
  respond(sent[0], static_cast<uint16_t>(Rcode::NXDOMAIN),
          [](ResponseBuilder& b, const SentQuery&) { add_soa(b, 30); });
  submit("www.example", 1);
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[1].status, "NXDOMAIN");
  EXPECT_TRUE(rows[1].cached);
  pass(seconds(31));
  submit("www.example", 2);
  EXPECT_EQ(sent.size(), 2u);
}

TEST_F(EngineTest, what_an_upstream_said_that_is_left_out_is_asked_for_again_elsewhere) {
  start();
  submit("www.example");
  const PeerIndex liar = sent[0].upstream;
  answer(sent[0]);
  engine->leave_out(liar);
  submit("www.example", 1);
  ASSERT_EQ(sent.size(), 2u);
  EXPECT_NE(sent[1].upstream, liar);
  respond(sent[1], Rcode::NXDOMAIN);
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[1].status, "NXDOMAIN");
  EXPECT_FALSE(rows[1].cached);
}

TEST_F(EngineTest, what_one_that_is_left_out_says_later_is_not_taken) {
  start();
  submit("www.example");
  engine->leave_out(sent[0].upstream);
  answer(sent[0]);
  EXPECT_TRUE(rows.empty());
  pass(milliseconds(1100));
  ASSERT_EQ(sent.size(), 2u);
  EXPECT_NE(sent[1].upstream, sent[0].upstream);
  respond(sent[1], Rcode::NXDOMAIN);
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].status, "NXDOMAIN");
}

TEST_F(EngineTest, failures_are_cached_for_five_seconds) {  // RFC 9520
  start(1);
  submit("www.example");
  respond(sent[0], Rcode::SERVFAIL);
  pass(milliseconds(400));
  respond(sent[1], Rcode::SERVFAIL);
  submit("www.example", 1);
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[1].status, "SERVFAIL");
  EXPECT_EQ(rows[1].last_rcode, rows[0].last_rcode);
  EXPECT_TRUE(rows[1].cached);
  pass(seconds(6));
  submit("www.example", 2);
  EXPECT_EQ(sent.size(), 3u);
}

TEST_F(EngineTest, a_cached_timeout_says_timeout) {
  start(1);
  submit("www.example");
  pass(seconds(12));
  submit("www.example", 1);
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[1].status, "TIMEOUT");
  EXPECT_EQ(rows[1].error_code, rows[0].error_code);
}

TEST_F(EngineTest, equal_questions_in_flight_are_asked_once_and_each_gets_its_row) {
  start();
  submit("www.example", 0);
  submit("WWW.example", 1);
  submit("www.example", 2, RRType::AAAA);
  EXPECT_EQ(sent.size(), 2u);
  answer(sent[0]);
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].answers, rows[1].answers);
  EXPECT_EQ(rows[0].tag + rows[1].tag, 1u);
}

TEST_F(EngineTest, waiters_share_the_leaders_failure_too) {
  start();
  for (uint64_t tag = 0; tag < 5; ++tag) submit("www.example", tag);
  pass(seconds(16));
  ASSERT_EQ(rows.size(), 5u);
  for (const Row& row : rows) EXPECT_EQ(row.status, "TIMEOUT");
  EXPECT_EQ(engine->in_flight(), 0u);
}

TEST_F(EngineTest, authority_records_are_there_only_where_wanted) {
  start();
  submit("www.example");
  respond(sent[0], 0, [](ResponseBuilder& b, const SentQuery&) { add_soa(b); });
  EXPECT_TRUE(rows.at(0).answers.empty());
}

TEST_F(EngineTest, all_sections_come_from_the_cache_as_they_came_from_the_wire) {
  options.keep_all_sections = true;
  start();
  submit("www.example");
  respond(sent[0], 0, [](ResponseBuilder& b, const SentQuery&) { add_soa(b); });
  submit("www.example", 1);
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].answers.size(), 1u);
  EXPECT_TRUE(rows[1].cached);
  EXPECT_EQ(rows[1].answers.size(), 1u);
}

}  // namespace
}  // namespace dnswarm
