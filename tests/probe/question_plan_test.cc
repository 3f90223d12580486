#include "probe/question_plan.h"

#include <gtest/gtest.h>

#include <set>

namespace dnswarm {
namespace {

std::string shape_of(const QuestionPlan& plan) {
  std::string shape;
  for (const PlannedQuestion& question : plan.questions)
    shape += (shape.empty() ? "" : " ") + std::string(text_of(question.purpose));
  return shape;
}

ResolverCheckOptions small() {
  ResolverCheckOptions options;
  options.known = {{"One.Example.", RRType::A, {}}, {"two.example", RRType::MX, {"10 Mail.Two.Example."}}};
  options.absent_zones = {"com", "."};
  return options;
}

TEST(QuestionPlan, known_names_open_and_close_it) {
  Random random(1);
  const QuestionPlan plan = plan_questions(small(), random);
  EXPECT_EQ(shape_of(plan), "known known absent absent edns dnssec 0x20 tcp known known");
  EXPECT_EQ(plan.questions[8].first_like_this, 0u);
  EXPECT_EQ(plan.questions[9].first_like_this, 1u);
  EXPECT_EQ(plan.questions[1].expected, std::vector<std::string>{"10 mail.two.example"});
  EXPECT_EQ(plan.questions[5].name, ".");
}

TEST(QuestionPlan, the_core_is_names_alone) {
  Random random(1);
  ResolverCheckOptions options = small();
  options.core_only = true;
  EXPECT_EQ(shape_of(plan_questions(options, random)), "known known absent absent");
}

TEST(QuestionPlan, random_names_are_random_and_under_their_zone) {
  Random random(1);
  std::set<std::string> names;
  for (int i = 0; i < 100; ++i) names.insert(random_name_under("google.com", random));
  EXPECT_EQ(names.size(), 100u);
  EXPECT_EQ(names.begin()->size(), 20 + std::string(".google.com").size());
  EXPECT_TRUE(names.begin()->ends_with(".google.com"));
  EXPECT_EQ(random_name_under(".", random).size(), 20u);
}

TEST(QuestionPlan, the_case_question_has_letters_of_both_cases_on_the_wire) {
  Random random(1);
  for (int i = 0; i < 20; ++i) {
    const PlannedQuestion question = plan_questions(small(), random).questions[6];
    const auto has = [&](char first, char last) {
      return std::any_of(question.qname.begin(), question.qname.end(),
                         [=](char c) { return c >= first && c <= last; });
    };
    EXPECT_TRUE(has('a', 'z') && has('A', 'Z')) << question.name;
  }
}

TEST(QuestionPlan, what_is_no_name_is_an_error_that_names_it) {
  Random random(1);
  for (const char* bad : {"a..b", "", "192.0.2.1"}) {
    ResolverCheckOptions options = small();
    options.known[0].name = bad;
    EXPECT_EQ(plan_questions(options, random).error,
              "\"" + std::string(bad) + "\" is no name that can be asked for");
  }
}

TEST(QuestionPlan, data_compare_by_meaning) {
  EXPECT_EQ(canonical_data(RRType::AAAA, "2001:DB8:0::1"), "2001:db8::1");
  EXPECT_EQ(canonical_data(RRType::CNAME, "WWW.Example."), "www.example");
  EXPECT_EQ(canonical_data(RRType::TXT, "\"Some Text.\""), "\"Some Text.\"");
}

}  // namespace
}  // namespace dnswarm
