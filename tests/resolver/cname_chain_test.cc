#include "resolver/cname_chain.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "dns/response_builder.h"

namespace dnswarm {
namespace {

struct Link {
  std::string owner;
  std::string target;  // empty: an A record
};

class CnameChainTest : public ::testing::Test {
 protected:
  static Name name(const std::string& text) {
    Name name;
    EXPECT_EQ(name.assign_text(text), NameError::none);
    return name;
  }
  ChainEnd follow(const std::string& qname, const std::vector<Link>& links, RRType type = RRType::A) {
    ResponseBuilder builder(room, 1, HeaderFlags::qr, name(qname).wire(), type, RRClass::IN);
    const std::array<uint8_t, 4> address{192, 0, 2, 1};
    for (const Link& link : links) {
      if (link.target.empty()) {
        builder.record(Section::answer, name(link.owner).wire(), RRType::A, 60, address);
      } else {
        builder.record(Section::answer, name(link.owner).wire(), RRType::CNAME, 60, name(link.target).wire());
      }
    }
    Octets octets = builder.finish();
    EXPECT_EQ(parse_question(octets, message), ParseError::none);
    EXPECT_EQ(parse_records(message), ParseError::none);
    return follow_cnames(message, type, target);
  }
  std::string target_text() const {
    std::string text;
    append_name_text(target.wire(), text);
    return text;
  }
  std::array<uint8_t, 4096> room{};
  Message message;
  Name target;
};

using Kind = ChainEnd::Kind;

TEST_F(CnameChainTest, an_answer_without_a_chain_is_answered) {
  EXPECT_EQ(follow("a.example", {{"a.example", ""}}).kind, Kind::answered);
}

TEST_F(CnameChainTest, nodata_is_answered) { EXPECT_EQ(follow("a.example", {}).kind, Kind::answered); }

TEST_F(CnameChainTest, a_complete_chain_is_answered_in_any_order) {
  const Link first{"a.example", "b.example"}, second{"b.example", "c.example"}, last{"c.example", ""};
  EXPECT_EQ(follow("a.example", {first, second, last}).kind, Kind::answered);
  EXPECT_EQ(follow("a.example", {last, second, first}).kind, Kind::answered);
}

TEST_F(CnameChainTest, a_chain_without_its_end_is_open_at_the_last_target) {
  ChainEnd end = follow("a.example", {{"a.example", "b.example"}, {"b.example", "c.other"}});
  EXPECT_EQ(end.kind, Kind::open);
  EXPECT_EQ(end.links, 2u);
  EXPECT_EQ(target_text(), "c.other");
}

TEST_F(CnameChainTest, a_record_that_the_chain_does_not_lead_to_does_not_close_it) {
  ChainEnd end = follow("a.example", {{"a.example", "b.example"}, {"elsewhere.example", ""}});
  EXPECT_EQ(end.kind, Kind::open);
  EXPECT_EQ(target_text(), "b.example");
}

TEST_F(CnameChainTest, a_loop_is_a_loop) {
  EXPECT_EQ(follow("a.example", {{"a.example", "a.example"}}).kind, Kind::loop);
  EXPECT_EQ(follow("a.example", {{"a.example", "b.example"}, {"b.example", "a.example"}}).kind, Kind::loop);
}

TEST_F(CnameChainTest, sixteen_links_are_followed_and_seventeen_are_not) {
  std::vector<Link> links;
  for (int i = 0; i < 16; ++i) links.push_back({"n" + std::to_string(i), "n" + std::to_string(i + 1)});
  links.push_back({"n16", ""});
  EXPECT_EQ(follow("n0", links).kind, Kind::answered);
  links.back() = {"n16", "n17"};
  links.push_back({"n17", ""});
  EXPECT_EQ(follow("n0", links).kind, Kind::loop);
}

TEST_F(CnameChainTest, case_does_not_matter) {
  EXPECT_EQ(follow("a.example", {{"A.example", "B.example"}, {"b.EXAMPLE", ""}}).kind, Kind::answered);
}

TEST_F(CnameChainTest, who_asks_for_the_cname_gets_it) {
  EXPECT_EQ(follow("a.example", {{"a.example", "b.example"}}, RRType::CNAME).kind, Kind::answered);
  EXPECT_EQ(follow("a.example", {{"a.example", "b.example"}}, RRType::ANY).kind, Kind::answered);
}

}  // namespace
}  // namespace dnswarm
