// Which datagrams count as the response to a query (RFC 5452 section 9.1), and what the row says then.
#include "resolver/lookup_engine.h"

#include "engine_fixture.h"

namespace dnswarm {
namespace {

using std::chrono::milliseconds;
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

TEST_F(EngineTest, a_response_with_another_id_is_not_taken) {
  start();
  submit("www.example");
  auto octets = response_to(sent[0], 0, [&](ResponseBuilder& b, const SentQuery& q) { add_a(b, q.name); });
  octets[0] ^= 1;
  deliver(sent[0], octets);
  EXPECT_TRUE(rows.empty());
  EXPECT_EQ(engine->stats().mismatches.unknown_id, 1u);
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

TEST_F(EngineTest, without_mixed_case_the_case_of_the_question_is_no_matter_and_it_is_shown_as_asked) {
  options.mixed_case = false;
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

}  // namespace
}  // namespace dnswarm
