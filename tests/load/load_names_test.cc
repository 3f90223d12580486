#include "load/load_names.h"

#include <gtest/gtest.h>

namespace dnswarm {
namespace {

std::string text_of(const QuestionSource::Question& question) {
  std::string out;
  append_name_text(question.qname, out);
  return out + " " + to_text(question.type);
}

TEST(LoadNames, a_list_is_asked_in_its_order_over_and_over) {
  LoadNames names;
  EXPECT_EQ(names.add("www.example.com", RRType::A).code, "");
  EXPECT_EQ(names.add("Mail.Example.ORG.", RRType::MX).code, "");
  EXPECT_EQ(names.add(".", RRType::SOA).code, "");
  ASSERT_EQ(names.size(), 3u);
  QuestionSource source(names.impl(), Random(1));
  for (const uint64_t j : {uint64_t{0}, uint64_t{3}, uint64_t{3'000'000'000'000}}) {
    EXPECT_EQ(text_of(source.question(j)), "www.example.com A");
    EXPECT_EQ(text_of(source.question(j + 1)), "mail.example.org MX");
    EXPECT_EQ(text_of(source.question(j + 2)), ". SOA");
  }
}

TEST(LoadNames, addresses_stand_for_their_reverse_names_where_the_type_is_ptr) {
  LoadNames names;
  EXPECT_EQ(names.add("192.0.2.1", RRType::PTR).code, "");
  EXPECT_EQ(names.add("192.0.2.1", RRType::A).code, "is_address");
  QuestionSource source(names.impl(), Random(1));
  EXPECT_EQ(text_of(source.question(0)), "1.2.0.192.in-addr.arpa PTR");
}

TEST(LoadNames, bad_names_are_refused_with_the_rule_and_leave_nothing) {
  LoadNames names;
  for (const std::string& bad : {std::string(), std::string("a..b"), std::string(64, 'a') + ".test",
                                 std::string("a\\"), std::string("a\tb"), std::string("\xff.test")}) {
    const LoadNames::Fault fault = names.add(bad, RRType::A);
    EXPECT_NE(fault.code, "") << bad;
    EXPECT_NE(fault.text, "") << bad;
  }
  EXPECT_EQ(names.size(), 0u);
  EXPECT_TRUE(names.impl().empty());
}

TEST(LoadNames, a_pattern_counts_and_takes_its_types_in_turn) {
  LoadNames names;
  ASSERT_EQ(names.set_pattern("h{n}.test", {RRType::A, RRType::AAAA}), "");
  QuestionSource source(names.impl(), Random(1));
  EXPECT_EQ(text_of(source.question(0)), "h0.test A");
  EXPECT_EQ(text_of(source.question(7)), "h7.test AAAA");
}

TEST(LoadNames, a_bad_pattern_names_the_rule) {
  LoadNames names;
  EXPECT_NE(names.set_pattern("{q}", {RRType::A}), "");
  EXPECT_TRUE(names.impl().empty());
}

}  // namespace
}  // namespace dnswarm
