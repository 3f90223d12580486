#include "probe/seen.h"

#include <gtest/gtest.h>

#include <array>

#include "dns/response_builder.h"

namespace dnswarm {
namespace {

class ReadResponse : public ::testing::Test {
 protected:
  ResponseBuilder start(uint16_t flags) {
    return ResponseBuilder(room_, 1, static_cast<uint16_t>(HeaderFlags::qr | flags),
                           name("www.example").wire(), RRType::A, RRClass::IN);
  }
  static Name name(const char* text) {
    Name name;
    EXPECT_EQ(name.assign_text(text), NameError::none);
    return name;
  }
  static void add_address(ResponseBuilder& builder, uint8_t last) {
    const uint8_t octets[] = {192, 0, 2, last};
    builder.record(Section::answer, name("www.example").wire(), RRType::A, last, octets);
  }
  Seen read(ResponseBuilder& builder) {
    Message message;
    const Octets octets = builder.finish();
    EXPECT_EQ(parse_question(octets, message), ParseError::none);
    EXPECT_EQ(parse_records(message), ParseError::none);
    Seen seen;
    seen.end = Seen::End::answered;
    read_response(message, RRType::A, sets_, seen);
    return seen;
  }
  std::array<uint8_t, 1000> room_;
  AnswerSets sets_;
};

TEST_F(ReadResponse, order_and_ttl_make_no_difference) {
  ResponseBuilder one = start(HeaderFlags::ra);
  add_address(one, 1), add_address(one, 2);
  const Seen first = read(one);
  ResponseBuilder two = start(0);
  add_address(two, 2), add_address(two, 1), add_address(two, 1);
  const Seen second = read(two);
  EXPECT_EQ(first.answers, second.answers);
  EXPECT_EQ(sets_[first.answers], (std::vector<std::string>{"192.0.2.1", "192.0.2.2"}));
  EXPECT_TRUE(first.recursion_available);
  EXPECT_FALSE(second.recursion_available);
}

TEST_F(ReadResponse, an_alias_counts_where_it_is_all) {
  ResponseBuilder builder = start(0);
  builder.record(Section::answer, name("www.example").wire(), RRType::CNAME, 1, name("Ads.Example").wire());
  EXPECT_EQ(sets_[read(builder).answers], std::vector<std::string>{"CNAME ads.example"});
  ResponseBuilder whole = start(0);
  whole.record(Section::answer, name("www.example").wire(), RRType::CNAME, 1, name("x.example").wire());
  add_address(whole, 7);
  EXPECT_EQ(sets_[read(whole).answers], std::vector<std::string>{"192.0.2.7"});
}

TEST_F(ReadResponse, what_stands_in_other_sections_is_no_answer) {
  ResponseBuilder builder = start(static_cast<uint16_t>(Rcode::NXDOMAIN));
  const uint8_t octets[] = {192, 0, 2, 1};
  builder.record(Section::additional, name("ns.example").wire(), RRType::A, 1, octets);
  const Seen seen = read(builder);
  EXPECT_EQ(seen.answers, AnswerSets::empty);
  EXPECT_TRUE(seen.definitive());
  EXPECT_FALSE(seen.edns);
}

TEST_F(ReadResponse, truncated_is_not_definitive) {
  ResponseBuilder builder = start(HeaderFlags::tc);
  add_address(builder, 1);
  const Seen seen = read(builder);
  EXPECT_TRUE(seen.truncated);
  EXPECT_FALSE(seen.definitive() || seen.has_records());
}

TEST(AnswerSets, subsets) {
  AnswerSets sets;
  const AnswerSetId both = sets.id_of({"b", "a"}), one = sets.id_of({"a"}), other = sets.id_of({"c"});
  EXPECT_EQ(sets.id_of({"a", "b", "b"}), both);
  EXPECT_NE(sets.id_of({"ab"}), both);
  EXPECT_TRUE(sets.includes(both, one));
  EXPECT_FALSE(sets.includes(one, both) || sets.includes(both, other));
}

}  // namespace
}  // namespace dnswarm
