// DNS cookies (RFC 7873): who has them, and whose are ours.
#include <map>

#include "suspects_fixture.h"

namespace dnswarm {
namespace {

using Lines = std::vector<std::string>;

class CookiesTest : public SuspectsTest {
 protected:
  static std::vector<uint8_t> cookie_of(const SentQuery& query) {
    Message message;
    EXPECT_EQ(parse_question(query.octets, message), ParseError::none);
    EXPECT_EQ(parse_records(message), ParseError::none);
    return {message.edns.cookie.begin(), message.edns.cookie.end()};
  }
  // As ResponseBuilder has no options: OPT behind all else.
  std::vector<uint8_t> with_cookie(std::vector<uint8_t> octets, const std::vector<uint8_t>& cookie,
                                   Rcode rcode = Rcode::NOERROR) {
    ++octets[11];  // ARCOUNT
    const auto bits = static_cast<uint8_t>(static_cast<uint16_t>(rcode) >> 4);
    const auto size = static_cast<uint8_t>(cookie.size());
    octets[3] = static_cast<uint8_t>((octets[3] & 0xf0) | (static_cast<uint16_t>(rcode) & 0xf));
    for (const uint8_t octet : {uint8_t{0}, uint8_t{0}, uint8_t{41}, uint8_t{4}, uint8_t{208}, bits,
                                uint8_t{0}, uint8_t{0}, uint8_t{0}, uint8_t{0},
                                static_cast<uint8_t>(size + 4), uint8_t{0}, uint8_t{10}, uint8_t{0}, size}) {
      octets.push_back(octet);
    }
    octets.insert(octets.end(), cookie.begin(), cookie.end());
    return octets;
  }
  std::vector<uint8_t> full_cookie(const SentQuery& query, uint8_t server = 7) {
    auto cookie = cookie_of(query);
    cookie.resize(8);
    cookie.resize(24, server);
    return cookie;
  }
  void answer_with_cookie(const SentQuery& query) {
    deliver(query, with_cookie(response_to(query, 0, add_address), full_cookie(query)));
  }
};

TEST_F(CookiesTest, the_servers_part_goes_with_what_follows) {
  start(1);
  submit("a.example");
  EXPECT_EQ(cookie_of(sent[0]).size(), 8u);
  answer_with_cookie(sent[0]);
  EXPECT_TRUE(engine->stats().upstreams[0].cookies);
  submit("b.example");
  EXPECT_EQ(cookie_of(sent[1]), full_cookie(sent[0]));
  answer_with_cookie(sent[1]);
  EXPECT_EQ(rows.size(), 2u);
}

TEST_F(CookiesTest, every_upstream_gets_a_client_cookie_of_its_own) {
  start(2);
  submit_some(40, ".example");
  std::map<PeerIndex, std::vector<uint8_t>> cookies;
  for (const SentQuery& query : sent) cookies.try_emplace(query.upstream, cookie_of(query));
  ASSERT_EQ(cookies.size(), 2u);
  EXPECT_NE(cookies[0], cookies[1]);
}

TEST_F(CookiesTest, an_upstream_without_is_no_longer_asked_for_them) {
  start(1);
  for (int i = 0; i < 8; ++i) {
    submit("n" + std::to_string(i) + ".example");
    EXPECT_EQ(cookie_of(sent.back()).size(), 8u);
    answer(sent.back());
  }
  submit("last.example");
  EXPECT_TRUE(cookie_of(sent.back()).empty());
}

TEST_F(CookiesTest, somebody_elses_cookie_is_not_taken_and_the_lookup_keeps_waiting) {
  start(1);
  submit("a.example");
  auto cookie = full_cookie(sent[0]);
  cookie[3] ^= 1;
  deliver(sent[0], with_cookie(response_to(sent[0], 0, add_poison), cookie));
  EXPECT_TRUE(rows.empty());
  EXPECT_EQ(mismatches().wrong_cookie, 1u);
  answer_with_cookie(sent[0]);
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].answers, Lines{"a.example 60 A 192.0.2.99"});
}

TEST_F(CookiesTest, an_answer_without_the_cookie_that_is_due_goes_to_tcp_and_confirmed_ones_end_that) {
  start(1);
  submit("first.example");
  answer_with_cookie(sent[0]);
  for (unsigned i = 0; i < 4; ++i) {
    submit("n" + std::to_string(i) + ".example");
    answer(sent.back());  // without
    if (i < 3) {
      ASSERT_TRUE(sent.back().tcp) << i;
      answer(sent.back());
    }
    ASSERT_EQ(rows.size(), i + 2);
  }
  EXPECT_FALSE(sent.back().tcp);
  EXPECT_EQ(mismatches().missing_cookie, 3u);
}

TEST_F(CookiesTest, badcookie_is_asked_again_with_the_new_one_then_over_tcp) {
  start(1);
  submit("a.example");
  const auto fresh = full_cookie(sent[0], 9);
  deliver(sent[0], with_cookie(response_to(sent[0], 0), fresh, Rcode::BADCOOKIE));
  ASSERT_EQ(sent.size(), 2u);
  EXPECT_FALSE(sent[1].tcp);
  EXPECT_EQ(cookie_of(sent[1]), fresh);
  deliver(sent[1], with_cookie(response_to(sent[1], 0), fresh, Rcode::BADCOOKIE));
  ASSERT_EQ(sent.size(), 3u);
  EXPECT_TRUE(sent[2].tcp);
  answer(sent[2]);
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].status, "NOERROR");
}

TEST_F(CookiesTest, they_can_be_turned_off) {
  options.cookies = false;
  start(1);
  submit("a.example");
  EXPECT_TRUE(cookie_of(sent[0]).empty());
  answer_with_cookie(sent[0]);  // whatever it carries
  EXPECT_EQ(rows.size(), 1u);
}

}  // namespace
}  // namespace dnswarm
