// What follows from silence, from errors, and from upstreams that cannot EDNS.
#include "resolver/lookup_engine.h"

#include <cerrno>

#include "engine_fixture.h"

namespace dnswarm {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST_F(EngineTest, after_the_timeout_another_upstream_is_asked_and_the_first_ones_late_answer_counts) {
  start();
  submit("www.example");
  pass(milliseconds(995));
  EXPECT_EQ(sent.size(), 1u);
  pass(milliseconds(15));
  ASSERT_EQ(sent.size(), 2u);
  EXPECT_NE(sent[1].upstream, sent[0].upstream);
  answer(sent[0]);
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].upstream, options.upstream_texts[sent[0].upstream]);
  EXPECT_EQ(rows[0].attempts, 2u);
  answer(sent[1]);  // nobody waits for it any more
  EXPECT_EQ(rows.size(), 1u);
}

TEST_F(EngineTest, silence_ends_in_timeout_after_the_attempts) {
  start();
  submit("www.example");
  pass(seconds(16));
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].status, "TIMEOUT");
  EXPECT_EQ(rows[0].attempts, 4u);
  EXPECT_EQ(sent.size(), 4u);
  EXPECT_EQ(engine->in_flight(), 0u);
}

// So one alone gets 1, 2, 4, 4 s, and each of four 1 s, the last 4 s: slow names have time to be answered.
TEST_F(EngineTest, the_wait_doubles_with_each_try_of_the_same_upstream) {
  const std::vector<std::pair<unsigned, std::vector<int>>> expected = {
      {1, {1, 2, 4, 4}}, {2, {1, 1, 2, 4}}, {4, {1, 1, 1, 4}}};
  for (const auto& [upstreams, waits_s] : expected) {
    options.upstreams.clear(), options.upstream_texts.clear(), sent.clear(), rows.clear();
    start(upstreams);
    submit("www.example");
    for (size_t n = 1; n <= waits_s.size(); ++n) {
      EXPECT_EQ(sent.size(), n) << upstreams;
      pass(seconds(waits_s[n - 1]) - milliseconds(50));
      EXPECT_EQ(sent.size(), n) << upstreams;
      EXPECT_TRUE(rows.empty());
      pass(milliseconds(60));
    }
    EXPECT_EQ(rows.size(), 1u) << upstreams;
  }
}

TEST_F(EngineTest, a_closed_port_is_not_waited_for_as_long_as_an_answer) {
  start(1);
  submit("www.example");
  engine->on_port_refused(sent[0].flow, ECONNREFUSED);
  pass(milliseconds(240));
  EXPECT_EQ(sent.size(), 1u);
  pass(milliseconds(20));
  EXPECT_EQ(sent.size(), 2u);
  answer(sent[0]);  // whoever said it was closed was wrong
  EXPECT_EQ(rows.at(0).status, "NOERROR");
  submit("other.example");
  pass(milliseconds(900));
  EXPECT_EQ(sent.size(), 3u);
}

TEST_F(EngineTest, a_port_that_stays_closed_is_named) {
  start(1);
  submit("www.example");
  for (int i = 0; i < 12 && rows.empty(); ++i) {
    engine->on_port_refused(sent.back().flow, ECONNREFUSED);
    pass(milliseconds(100));
  }
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].status, "TIMEOUT");
  EXPECT_EQ(rows[0].error_code, "port_closed");
  EXPECT_EQ(rows[0].attempts, 4u);
}

class OverrunTest : public EngineTest {
 protected:
  // Half of 200 queries got lost at once, and their names were answered on the next try.
  void SetUp() override {
    start(1);
    for (int i = 0; i < 200; ++i) submit("www.n" + std::to_string(i) + ".example");
    for (size_t i = 0; i < 100; ++i) answer(sent[i]);
    pass(milliseconds(1100));
    ASSERT_EQ(sent.size(), 300u);
    for (size_t i = 200; i < 300; ++i) answer(sent[i]);
    ASSERT_EQ(rows.size(), 200u);
  }
};

TEST_F(OverrunTest, what_an_overrun_upstream_does_not_answer_costs_no_try) {
  submit("late.example");
  pass(milliseconds(6500));
  ASSERT_EQ(rows.size(), 200u);
  EXPECT_GT(sent.size(), 301u + 4);
  EXPECT_EQ(engine->stats().retries, sent.size() - 201);
  answer(sent.back());
  EXPECT_EQ(rows.at(200).status, "NOERROR");
  // Ten seconds later that is forgotten.
  pass(seconds(10));
  submit("silent.example");
  pass(seconds(14));
  ASSERT_EQ(rows.size(), 202u);
  EXPECT_EQ(rows[201].status, "TIMEOUT");
  EXPECT_EQ(rows[201].attempts, 4u);
}

// Twenty silent names are no reason to rest, however often they are asked again.
TEST_F(OverrunTest, tries_that_were_given_back_are_no_evidence_against_the_upstream) {
  for (int i = 0; i < 20; ++i) submit("www.silent" + std::to_string(i) + ".com");
  pass(milliseconds(4500));
  EXPECT_EQ(sent.size(), 300u + 5 * 20);
  EXPECT_FALSE(engine->pool().resting(0));
}

TEST_F(EngineTest, the_deadline_counts_from_the_first_transmission) {
  options.deadline = seconds(2);
  start();
  submit("www.example");
  pass(milliseconds(1990));
  EXPECT_TRUE(rows.empty());
  pass(milliseconds(20));
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].status, "TIMEOUT");
}

TEST_F(EngineTest, where_nothing_answers_the_wait_for_a_first_packet_counts) {
  start(1);
  constexpr uint64_t names = 600;  // the window's 256 at once; of the rest four a second
  for (uint64_t tag = 0; tag < names; ++tag) submit("www.n" + std::to_string(tag) + ".example", tag);
  pass(seconds(18));
  EXPECT_EQ(rows.size(), names);
  EXPECT_LT(sent.size(), 1024u + 100);
}

TEST_F(EngineTest, servfail_is_tried_elsewhere_at_once) {
  start();
  submit("www.example");
  respond(sent[0], Rcode::SERVFAIL);
  ASSERT_EQ(sent.size(), 2u);
  EXPECT_NE(sent[1].upstream, sent[0].upstream);
  answer(sent[1]);
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].status, "NOERROR");
}

TEST_F(EngineTest, servfail_from_everyone_is_the_status_and_keeps_the_extended_error) {
  start();
  submit("www.example");
  auto with_ede = [](ResponseBuilder& b, const SentQuery&) {
    const uint8_t option[] = {0, 15, 0, 5, 0, 22, 'x', 'y', 'z'};
    b.opt(1232, 0, false, option);
  };
  respond(sent[0], static_cast<uint16_t>(Rcode::SERVFAIL), with_ede);
  respond(sent[1], static_cast<uint16_t>(Rcode::SERVFAIL), with_ede);
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].status, "SERVFAIL");
  EXPECT_TRUE(rows[0].answers.empty());
  ASSERT_EQ(rows[0].ede.size(), 1u);
  EXPECT_EQ(rows[0].ede[0], (std::pair<uint16_t, std::string>{22, "xyz"}));
}

TEST_F(EngineTest, one_upstream_alone_gets_a_second_chance_after_a_pause) {
  start(1);
  submit("www.example");
  respond(sent[0], Rcode::SERVFAIL);
  EXPECT_EQ(sent.size(), 1u);
  pass(milliseconds(320));
  ASSERT_EQ(sent.size(), 2u);
  answer(sent[1]);
  EXPECT_EQ(rows.at(0).status, "NOERROR");
}

TEST_F(EngineTest, nxdomain_is_an_answer_and_is_never_retried) {
  start();
  submit("www.example");
  respond(sent[0], Rcode::NXDOMAIN);
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].status, "NXDOMAIN");
  EXPECT_EQ(sent.size(), 1u);
}

TEST_F(EngineTest, refused_gives_the_try_back_within_sixteen_packets_and_the_deadline) {
  start();
  submit("www.example");
  for (size_t answered = 0; rows.empty(); ) {
    while (answered < sent.size()) respond(sent[answered++], Rcode::REFUSED);
    pass(milliseconds(100));
    ASSERT_LE(sent.size(), 16u);
  }
  EXPECT_EQ(rows[0].status, "REFUSED");
  EXPECT_GT(sent.size(), 4u);
}

TEST_F(EngineTest, refused_by_one_is_answered_by_the_other) {
  start();
  submit("www.example");
  respond(sent[0], Rcode::REFUSED);
  ASSERT_EQ(sent.size(), 2u);
  answer(sent[1]);
  EXPECT_EQ(rows.at(0).status, "NOERROR");
}

TEST_F(EngineTest, a_referral_is_no_answer_where_recursion_was_desired) {
  start();
  submit("www.example");
  auto octets = response_to(sent[0], 0, [](ResponseBuilder& b, const SentQuery&) {
    b.record(Section::authority, name_of("example").wire(), RRType::NS, 60, name_of("ns.example").wire());
  });
  octets[3] &= 0x7f;  // RA clear
  deliver(sent[0], octets);
  EXPECT_TRUE(rows.empty());
  ASSERT_EQ(sent.size(), 2u);
}

TEST_F(EngineTest, malformed_responses_only_end_in_invalid_response) {
  start();
  submit("www.example");
  for (size_t i = 0; i < 4; ++i) {
    pass(milliseconds(110));
    ASSERT_GT(sent.size(), i);
    auto octets = response_to(sent[i], 0, [&](ResponseBuilder& b, const SentQuery& q) { add_a(b, q.name); });
    octets.pop_back();
    deliver(sent[i], octets);
  }
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].status, "INVALID_RESPONSE");
  EXPECT_FALSE(rows[0].error_code.empty());
}

TEST_F(EngineTest, an_upstream_that_cannot_edns_is_asked_again_without_and_remembered) {
  start(1);
  submit("a.example");
  respond(sent[0], Rcode::FORMERR);
  ASSERT_EQ(sent.size(), 2u);
  EXPECT_FALSE(sent[1].edns);
  answer(sent[1]);
  EXPECT_EQ(rows.at(0).status, "NOERROR");
  submit("b.example");
  EXPECT_FALSE(sent.at(2).edns);
}

TEST_F(EngineTest, formerr_to_the_plain_query_too_is_not_remembered) {
  start(1);
  submit("a.example");
  respond(sent[0], Rcode::FORMERR);
  respond(sent[1], Rcode::FORMERR);
  pass(seconds(20));
  EXPECT_EQ(rows.at(0).status, "FORMERR");
  submit("b.example");
  EXPECT_TRUE(sent.back().edns);
}

TEST_F(EngineTest, an_error_without_the_question_is_taken_for_an_error_only) {
  start();
  submit("www.example");
  std::vector<uint8_t> octets{sent[0].octets[0], sent[0].octets[1], 0x81, 0x82, 0, 0, 0, 0, 0, 0, 0, 0};
  deliver(sent[0], octets);
  EXPECT_EQ(sent.size(), 2u);  // SERVFAIL: elsewhere
  octets = {sent[1].octets[0], sent[1].octets[1], 0x81, 0x83, 0, 0, 0, 0, 0, 0, 0, 0};
  deliver(sent[1], octets);  // NXDOMAIN without a question says nothing
  octets[3] = 0x82;
  octets.push_back(0);
  deliver(sent[1], octets);  // nor does what carries more than a header
  EXPECT_TRUE(rows.empty());
}

TEST_F(EngineTest, what_one_upstream_refuses_is_not_remembered_of_another) {
  start();
  submit("a.example");
  PeerIndex plain = sent[0].upstream;
  respond(sent[0], Rcode::FORMERR);
  respond(sent.at(1), Rcode::SERVFAIL);  // to the plain query
  ASSERT_EQ(sent.size(), 3u);
  EXPECT_NE(sent[2].upstream, plain);
  EXPECT_TRUE(sent[2].edns);
  answer(sent[2]);
  for (int i = 0; i < 4; ++i) submit("n" + std::to_string(i) + ".example");
  for (size_t i = 3; i < sent.size(); ++i) EXPECT_TRUE(sent[i].edns);
}

}  // namespace
}  // namespace dnswarm
