// Responses that may be forged: what is not taken, where the lookup goes then, and whom TCP confirms.
#include "suspects_fixture.h"

namespace dnswarm {
namespace {

using std::chrono::milliseconds;
using Lines = std::vector<std::string>;

TEST_F(SuspectsTest, questions_leave_in_a_random_case_and_are_shown_as_asked) {
  start(1);
  submit("www.example-with-letters.com");
  const std::string wire(sent[0].octets.begin() + header_octets, sent[0].octets.end());
  EXPECT_EQ(wire.find("example-with-letters"), wire.npos);
  answer(sent[0]);
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].answers, Lines{"www.example-with-letters.com 60 A 192.0.2.99"});
  submit("www.example-with-letters.com", 1);
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_TRUE(rows[1].cached);
  EXPECT_EQ(rows[1].answers, rows[0].answers);
}

TEST_F(SuspectsTest, an_owner_that_spells_the_question_out_is_shown_as_asked) {
  start(1);
  submit("www.example");
  auto octets = response_to(sent[0], 0);
  octets[7] = 1;  // ANCOUNT
  const std::vector<uint8_t> owner(octets.begin() + header_octets, octets.begin() + header_octets + 13);
  octets.insert(octets.end(), owner.begin(), owner.end());
  for (const int octet : {0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1}) {
    octets.push_back(static_cast<uint8_t>(octet));
  }
  deliver(sent[0], octets);
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].answers, Lines{"www.example 60 A 192.0.2.1"});
}

// RFC 6672 section 3.1: the CNAME's target is made from the QNAME, in whatever case that came.
TEST_F(SuspectsTest, cnames_made_from_a_dname_are_shown_in_the_case_asked) {
  start(1);
  submit("host.deep.old.example");
  auto octets = response_to(sent[0], 0, [](ResponseBuilder& b, const SentQuery&) {
    b.record(Section::answer, name_of("old.example").wire(), RRType::DNAME, 60,
             name_of("new.example").wire());
  });
  octets[7] = 3;  // ANCOUNT
  const auto put = [&octets](std::initializer_list<int> more) {
    for (const int octet : more) octets.push_back(static_cast<uint8_t>(octet));
  };
  const Name new_name = name_of("new.example");
  const auto put_target = [&] {  // "host.deep" as they were sent
    for (size_t i = 0; i < 10; ++i) octets.push_back(octets[header_octets + i]);
    for (const uint8_t octet : new_name.wire()) octets.push_back(octet);
  };
  put({0xc0, 12, 0, 5, 0, 1, 0, 0, 0, 60, 0, 23});
  for (const char octet : std::string("\4HOST\4DEEP")) put({octet});  // of somebody's question before
  for (const uint8_t octet : new_name.wire()) put({octet});
  put_target();
  put({0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1});
  deliver(sent[0], octets);
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].answers,
            (Lines{"old.example 60 DNAME new.example", "host.deep.old.example 60 CNAME host.deep.new.example",
                   "host.deep.new.example 60 A 192.0.2.1"}));
}

TEST_F(SuspectsTest, another_case_is_believed_when_tcp_says_the_same_and_the_third_time_for_good) {
  start(1);
  for (unsigned i = 0; i < 3; ++i) {
    EXPECT_TRUE(engine->stats().upstreams[0].keeps_case);
    submit("name-with-letters-" + std::to_string(i) + ".example");
    deliver(sent.back(), in_lower_case(sent.back(), add_address));
    ASSERT_EQ(rows.size(), i);
    ASSERT_TRUE(sent.back().tcp);
    answer(sent.back());
    ASSERT_EQ(rows.size(), i + 1);
    EXPECT_EQ(rows[i].status, "NOERROR");
    EXPECT_EQ(rows[i].protocol, Protocol::tcp);
  }
  EXPECT_FALSE(engine->stats().upstreams[0].keeps_case);
  EXPECT_EQ(mismatches().other_case, 3u);
  EXPECT_EQ(mismatches().to_tcp, 3u);
  submit("name-with-letters-last.example");
  deliver(sent.back(), in_lower_case(sent.back(), add_address));
  ASSERT_EQ(rows.size(), 4u);
  EXPECT_EQ(rows[3].protocol, Protocol::udp);
}

TEST_F(SuspectsTest, another_case_that_tcp_contradicts_is_a_lie_and_confirms_nothing) {
  start(1);
  for (unsigned i = 0; i < 5; ++i) {
    submit("name-with-letters-" + std::to_string(i) + ".example");
    deliver(sent.back(), in_lower_case(sent.back(), add_poison));
    ASSERT_TRUE(sent.back().tcp);
    answer(sent.back());
    ASSERT_EQ(rows.size(), i + 1);
    EXPECT_EQ(rows[i].answers, Lines{"name-with-letters-" + std::to_string(i) + ".example 60 A 192.0.2.99"});
  }
  EXPECT_TRUE(engine->stats().upstreams[0].keeps_case);
}

// The other one said the same, but over TCP alone: that tells nothing about what it does over UDP.
TEST_F(SuspectsTest, an_answer_of_another_upstream_confirms_nothing) {
  start(2);
  for (unsigned i = 0; i < 6; ++i) {
    submit("name-with-letters-" + std::to_string(i) + ".example");
    const PeerIndex doubted = sent.back().upstream;
    deliver(sent.back(), in_lower_case(sent.back(), add_address));
    ASSERT_TRUE(sent.back().tcp);
    tcp_open[doubted] = false;
    engine->on_tcp_lost(doubted, ECONNRESET);
    collect();
    ASSERT_EQ(sent.back().upstream, 1 - doubted);
    respond(sent.back(), HeaderFlags::tc);
    ASSERT_TRUE(sent.back().tcp);
    answer(sent.back());
    ASSERT_EQ(rows.size(), i + 1);
  }
  for (const UpstreamStats& upstream : engine->stats().upstreams) EXPECT_TRUE(upstream.keeps_case);
}

TEST_F(SuspectsTest, where_tcp_cannot_confirm_it_the_row_says_what_came) {
  tcp_fails = true;
  start(1);
  submit("name-with-letters.example");
  while (rows.empty()) {
    const size_t before = sent.size();
    if (!sent.back().tcp) deliver(sent.back(), in_lower_case(sent.back(), add_address));
    for (int i = 0; rows.empty() && sent.size() == before && i < 100; ++i) {
      if (tcp_open[0]) engine->on_tcp_lost(0, ECONNREFUSED);
      pass(milliseconds(100));
    }
    ASSERT_LT(sent.size(), 30u);
  }
  EXPECT_EQ(rows[0].status, "INVALID_RESPONSE");
  EXPECT_EQ(rows[0].error_code, "other_case");
}

TEST_F(SuspectsTest, after_a_near_miss_no_udp_response_is_taken_and_tcp_is_asked) {
  start(1);
  submit("www.example");
  const SentQuery first = sent[0];
  deliver(first, guess(first));
  ASSERT_EQ(sent.size(), 2u);
  EXPECT_TRUE(sent[1].tcp);
  respond(first, 0, add_poison);  // the next guess is right in all
  EXPECT_TRUE(rows.empty());
  answer(sent[1]);
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].answers, Lines{"www.example 60 A 192.0.2.99"});
  EXPECT_EQ(mismatches().near_miss, 1u);
  EXPECT_EQ(mismatches().to_tcp, 1u);
  EXPECT_EQ(engine->in_flight(), 0u);
}

TEST_F(SuspectsTest, what_comes_twice_or_late_is_no_near_miss) {
  options.timeout = milliseconds(100);
  start(1);
  submit("www.example");
  pass(milliseconds(150));
  ASSERT_EQ(sent.size(), 2u);  // asked again
  respond(sent[0], Rcode::SERVFAIL);
  respond(sent[0], Rcode::SERVFAIL);  // twice
  EXPECT_EQ(mismatches().unknown_id, 1u);
  EXPECT_EQ(mismatches().near_miss, 0u);
  answer(sent[1]);
  ASSERT_EQ(rows.size(), 1u);
  answer(sent[1]);  // after its end
  EXPECT_EQ(mismatches().near_miss, 0u);
}

TEST_F(SuspectsTest, a_guess_at_another_port_or_another_name_is_no_near_miss) {
  start(1);
  submit("www.example");
  SentQuery elsewhere = sent[0];
  elsewhere.flow ^= 1;
  deliver(elsewhere, guess(sent[0]));
  auto other = guess(sent[0]);
  other[14] ^= 1;
  deliver(sent[0], other);
  EXPECT_EQ(mismatches().near_miss, 0u);
  EXPECT_EQ(sent.size(), 1u);
  answer(sent[0]);
  EXPECT_EQ(rows.size(), 1u);
}

TEST_F(SuspectsTest, on_unconnected_sockets_a_guess_from_elsewhere_is_no_near_miss) {
  options.flows.connected = false;
  options.flows.v4 = 4;
  start();
  submit("www.example");
  auto octets = guess(sent[0]);
  engine->on_datagram(sent[0].flow, &options.upstreams[1 - sent[0].upstream], octets);
  EXPECT_EQ(mismatches().near_miss, 0u);
  engine->on_datagram(sent[0].flow, &options.upstreams[sent[0].upstream], octets);
  EXPECT_EQ(mismatches().near_miss, 1u);
}

TEST_F(SuspectsTest, guesses_at_the_second_part_of_a_chain_are_near_misses_too) {
  start(1);
  submit("www.example");
  respond(sent[0], 0, [](ResponseBuilder& b, const SentQuery& q) { add_cname(b, q.name, "cdn.example"); });
  ASSERT_EQ(sent.size(), 2u);
  answer(sent[0]);  // late, and in another's place: no guess
  EXPECT_EQ(mismatches().near_miss, 0u);
  deliver(sent[1], guess(sent[1]));
  EXPECT_EQ(mismatches().near_miss, 1u);
  ASSERT_EQ(sent.size(), 3u);
  EXPECT_TRUE(sent[2].tcp);
  answer(sent[2]);
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].answers, (Lines{"www.example 60 CNAME cdn.example", "cdn.example 60 A 192.0.2.99"}));
}

TEST_F(SuspectsTest, guesses_at_names_under_a_search_list_are_near_misses_too) {
  options.search = {name_of("first.example"), name_of("second.example")};
  options.cache_octets = 1;  // so that each asks
  start(1);
  submit("www");
  respond(sent[0], Rcode::NXDOMAIN);
  ASSERT_EQ(sent.size(), 2u);
  respond(sent[0], Rcode::NXDOMAIN);  // twice
  EXPECT_EQ(mismatches().near_miss, 0u);
  submit("www", 1);
  deliver(sent[2], guess(sent[2]));
  deliver(sent[1], guess(sent[1]));
  EXPECT_EQ(mismatches().near_miss, 2u);
  ASSERT_EQ(sent.size(), 5u);
  EXPECT_EQ(sent[3].name, "www.first.example");
  EXPECT_EQ(sent[4].name, "www.second.example");
  answer(sent[3]);
  answer(sent[4]);
  EXPECT_EQ(rows.size(), 2u);
  EXPECT_EQ(engine->in_flight(), 0u);
}

// A guess for each query, as long as it lasts.
TEST_F(SuspectsTest, guesses_do_not_push_the_load_onto_tcp_and_lose_no_name) {
  start(1);
  const size_t names = 2000;
  size_t tcp = 0, udp = 0, at = 0;
  for (size_t i = 0; i < names; ++i) {
    submit("name-" + std::to_string(i) + ".example");
    for (; at < sent.size(); ++at) {
      const SentQuery query = sent[at];
      ++(query.tcp ? tcp : udp);
      if (!query.tcp) deliver(query, guess(query));
      answer(query);
    }
  }
  ASSERT_EQ(rows.size(), names);
  for (const Row& row : rows) {
    ASSERT_EQ(row.status, "NOERROR") << row.name;
    ASSERT_TRUE(row.answers[0].ends_with("192.0.2.99")) << row.answers[0];
  }
  EXPECT_LE(tcp, udp / 16 + 32);
  EXPECT_GE(tcp, udp / 32);
  EXPECT_LE(udp, 4 * names);
  EXPECT_EQ(engine->in_flight(), 0u);
  EXPECT_EQ(engine->waiting_for_answers(), 0u);
}

TEST_F(SuspectsTest, beyond_the_share_of_tcp_the_next_query_has_another_port_and_costs_no_try) {
  options.attempts = 1;
  start(1);
  submit_some(40, ".example");  // the share is used up
  for (size_t i = 0; i < 40; ++i) deliver(sent[i], guess(sent[i]));
  const uint64_t tcp = mismatches().to_tcp;
  EXPECT_GE(tcp, 32u);
  EXPECT_GE(mismatches().to_fresh_port, 4u);
  EXPECT_EQ(tcp + mismatches().to_fresh_port, 40u);
  size_t again = 0;
  for (size_t i = 40; i < sent.size(); ++i) {
    if (sent[i].tcp) continue;
    ++again;
    const auto first =
        std::find_if(sent.begin(), sent.end(), [&](const auto& q) { return q.name == sent[i].name; });
    EXPECT_NE(std::make_pair(first->flow, first->id), std::make_pair(sent[i].flow, sent[i].id));
    EXPECT_NE(first->flow, sent[i].flow);
    answer(sent[i]);
  }
  EXPECT_EQ(again, mismatches().to_fresh_port);
  EXPECT_EQ(rows.size(), again);
}

}  // namespace
}  // namespace dnswarm
