// Stories of single lookups: who answers what, when, and what the row says then.
#include "resolver/lookup_engine.h"

#include <cerrno>

#include "engine_fixture.h"

namespace dnswarm {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Lines = std::vector<std::string>;

TEST_F(EngineTest, one_question_one_query_one_row) {
  start();
  submit("www.example", 7);
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0].name, "www.example");
  EXPECT_TRUE(sent[0].edns);
  pass(milliseconds(10));
  answer(sent[0]);
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].tag, 7u);
  EXPECT_EQ(rows[0].status, "NOERROR");
  EXPECT_EQ(rows[0].answers, Lines{"www.example 60 A 192.0.2.99"});
  EXPECT_EQ(rows[0].upstream, options.upstream_texts[sent[0].upstream]);
  EXPECT_EQ(rows[0].attempts, 1u);
  EXPECT_FALSE(rows[0].cached);
  EXPECT_EQ(engine->in_flight(), 0u);
}

// --- matching (RFC 5452 section 9.1) --------------------------------------------------------------

TEST_F(EngineTest, a_response_with_another_id_is_not_taken) {
  start();
  submit("www.example");
  auto octets = response_to(sent[0], 0, [&](ResponseBuilder& b, const SentQuery& q) { add_a(b, q.name); });
  octets[0] ^= 1;
  deliver(sent[0], octets);
  EXPECT_TRUE(rows.empty());
  EXPECT_EQ(engine->stats().mismatches.unknown_id, 1u);
  answer(sent[0]);
  EXPECT_EQ(rows.size(), 1u);
}

TEST_F(EngineTest, a_response_on_another_port_is_not_taken) {
  start();
  submit("www.example");
  SentQuery elsewhere = sent[0];
  elsewhere.flow ^= 1;
  answer(elsewhere);
  EXPECT_TRUE(rows.empty());
}

TEST_F(EngineTest, a_response_to_another_question_is_not_taken) {
  start();
  submit("www.example");
  for (size_t at : {size_t{13}, size_t{26}, size_t{28}}) {  // name, type, class
    auto octets = response_to(sent[0], 0, [&](ResponseBuilder& b, const SentQuery& q) { add_a(b, q.name); });
    octets[at] ^= 1;
    deliver(sent[0], octets);
  }
  EXPECT_TRUE(rows.empty());
  EXPECT_EQ(engine->stats().mismatches.wrong_question, 3u);
}

TEST_F(EngineTest, a_query_or_another_opcode_is_no_response) {
  start();
  submit("www.example");
  auto octets = response_to(sent[0], 0);
  octets[2] &= 0x7f;
  deliver(sent[0], octets);
  octets[2] |= 0xa8;
  deliver(sent[0], octets);
  EXPECT_TRUE(rows.empty());
  EXPECT_EQ(engine->stats().mismatches.not_a_response, 2u);
}

TEST_F(EngineTest, only_the_upstreams_own_address_counts_on_unconnected_sockets) {
  options.flows.connected = false;
  options.flows.v4 = 4;
  start();
  submit("www.example");
  auto octets = response_to(sent[0], 0, [&](ResponseBuilder& b, const SentQuery& q) { add_a(b, q.name); });
  Address other = options.upstreams[1 - sent[0].upstream], wrong_port = options.upstreams[sent[0].upstream];
  wrong_port.set_port(5353);
  engine->on_datagram(sent[0].flow, &other, octets);
  engine->on_datagram(sent[0].flow, &wrong_port, octets);
  EXPECT_TRUE(rows.empty());
  EXPECT_EQ(engine->stats().mismatches.wrong_source, 2u);
  engine->on_datagram(sent[0].flow, &options.upstreams[sent[0].upstream], octets);
  EXPECT_EQ(rows.size(), 1u);
}

TEST_F(EngineTest, a_lower_cased_or_upper_cased_question_is_the_same_and_shown_as_asked) {
  start();
  submit("www.example");
  auto octets = response_to(sent[0], 0, [&](ResponseBuilder& b, const SentQuery& q) { add_a(b, q.name); });
  octets[13] = 'W';
  deliver(sent[0], octets);
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].answers, Lines{"www.example 60 A 192.0.2.99"});
}

TEST_F(EngineTest, short_and_garbage_datagrams_do_no_harm) {
  start();
  submit("www.example");
  deliver(sent[0], {});
  deliver(sent[0], {1, 2, 3});
  auto octets = response_to(sent[0], 0);
  octets.resize(14);
  deliver(sent[0], octets);
  EXPECT_TRUE(rows.empty());
  EXPECT_EQ(engine->stats().mismatches.malformed, 3u);
}

// --- retries ----------------------------------------------------------------------------------------

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
  UpstreamIndex plain = sent[0].upstream;
  respond(sent[0], Rcode::FORMERR);
  respond(sent.at(1), Rcode::SERVFAIL);  // to the plain query
  ASSERT_EQ(sent.size(), 3u);
  EXPECT_NE(sent[2].upstream, plain);
  EXPECT_TRUE(sent[2].edns);
  answer(sent[2]);
  for (int i = 0; i < 4; ++i) submit("n" + std::to_string(i) + ".example");
  for (size_t i = 3; i < sent.size(); ++i) EXPECT_TRUE(sent[i].edns);
}

// --- truncation -------------------------------------------------------------------------------------

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

// --- CNAMEs -----------------------------------------------------------------------------------------

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

// --- cache and coalescing -----------------------------------------------------------------------------

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

// --- sections, invalid input, cancelling ----------------------------------------------------------------

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

// --- sending fails --------------------------------------------------------------------------------------

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

// --- search list ----------------------------------------------------------------------------------------

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
