#include "probe/standard.h"

#include "seen_fixture.h"

namespace dnswarm {
namespace {

using StandardTest = SeenTest;
using Kind = Standard::Kind;

TEST_F(StandardTest, most_of_the_trusted_say_what_is_right) {
  add();
  const size_t wrong = add_trusted();
  add_trusted(), add_trusted();
  say(wrong, known, {"203.0.113.1"});
  const Standard standard = standards().of[known];
  EXPECT_EQ(standard.kind, Kind::records);
  EXPECT_EQ(sets[standard.answers], Data{"192.0.2.1"});
  EXPECT_EQ(standard.by, "2 of 3 trusted resolvers");
  EXPECT_EQ(notes(), "");
}

TEST_F(StandardTest, trusted_ones_that_disagree_make_no_standard) {
  add();
  add_trusted();
  say(add_trusted(), known, {"203.0.113.1"});
  EXPECT_EQ(standards().of[known].kind, Kind::none);
  EXPECT_EQ(standards().of[again].kind, Kind::none);
  EXPECT_EQ(notes(), "one.example A proves nothing: at most 1 of 2 trusted resolvers agree\n");
}

TEST_F(StandardTest, silent_ones_have_no_vote) {
  add();
  add_trusted();
  for (int i = 0; i < 2; ++i) silence_all(add_trusted());
  EXPECT_EQ(standards().of[known].by, "1 of 1 trusted resolvers");
}

TEST_F(StandardTest, without_trusted_ones_the_lists_honest_majority_decides) {
  for (int i = 0; i < 3; ++i) add();
  for (int i = 0; i < 10; ++i) {  // liars, however many, and though they agree
    const size_t liar = add();
    if (i < 5) say_to_absent(liar, {"203.0.113.1"});
    else say(liar, absent + 1, {"203.0.113.1"});  // now and then
    say(liar, known, {"203.0.113.1"});
  }
  const Standard standard = standards().of[known];
  EXPECT_EQ(sets[standard.answers], Data{"192.0.2.1"});
  EXPECT_EQ(standard.by, "3 of 3 honest resolvers of the list");
}

TEST_F(StandardTest, two_of_a_list_are_no_quorum) {
  add(), add();
  EXPECT_EQ(standards().of[known].kind, Kind::none);
  EXPECT_NE(notes().find("2 honest ones of the list, of 3"), std::string::npos) << notes();
}

TEST_F(StandardTest, data_that_was_given_needs_nobody) {
  questions[known].expected = {"203.0.113.7"};
  add();
  const Standard standard = standards().of[known];
  EXPECT_EQ(sets[standard.answers], Data{"203.0.113.7"});
  EXPECT_EQ(standard.by, "as given");
}

TEST_F(StandardTest, a_name_that_varies_by_place_is_set_aside) {
  for (int i = 0; i < 3; ++i) add_trusted();
  for (int i = 0; i < 2; ++i) add();
  for (int i = 0; i < 3; ++i) say(add(), known, {"203.0.113." + std::to_string(i)});
  EXPECT_EQ(standards().of[known].kind, Kind::none);
  EXPECT_EQ(standards().of[known2].kind, Kind::records);
  EXPECT_NE(notes().find("only 2 of 5 honest resolvers of the list agree"), std::string::npos) << notes();
}

TEST_F(StandardTest, but_not_where_its_data_was_given) {
  questions[known].expected = {"192.0.2.1"};
  for (int i = 0; i < 5; ++i) say(add(), known, {"203.0.113.1"});
  EXPECT_EQ(standards().of[known].kind, Kind::records);
}

TEST_F(StandardTest, few_that_differ_are_not_enough_to_set_it_aside) {
  for (int i = 0; i < 3; ++i) add_trusted();
  for (int i = 0; i < 3; ++i) add();
  for (int i = 0; i < 3; ++i) say(add(), known, {"203.0.113.1"});
  EXPECT_EQ(standards().of[known].kind, Kind::records);
}

TEST_F(StandardTest, a_zone_that_got_a_wildcard_proves_nothing) {
  const size_t one = add();
  for (int i = 0; i < 3; ++i) say(add_trusted(), absent, {"198.51.100.1"});
  say(one, absent, {"198.51.100.1"});
  EXPECT_EQ(standards().of[absent].kind, Kind::none);
  EXPECT_EQ(standards().of[absent + 1].kind, Kind::absent);
  EXPECT_NE(notes().find("names under com prove nothing"), std::string::npos) << notes();
  EXPECT_EQ(faults_of(one), "");
}

TEST_F(StandardTest, without_trusted_ones_a_majority_of_liars_makes_no_wildcard) {
  for (int i = 0; i < 5; ++i) say_to_absent(add(), {"198.51.100.1"});
  EXPECT_EQ(standards().of[absent].kind, Kind::absent);
}

TEST_F(StandardTest, a_trusted_one_that_lies_has_no_vote) {
  const size_t one = add();
  const size_t intercepted = add_trusted();
  say_to_absent(intercepted, {"198.51.100.1"});
  say(intercepted, known, {"198.51.100.1"});
  EXPECT_EQ(standards().of[absent].kind, Kind::absent);
  EXPECT_EQ(standards().of[known].kind, Kind::none);
  EXPECT_EQ(faults_of(one), "");
  EXPECT_NE(notes().find("trusted resolver 192.0.2.2 has no vote"), std::string::npos) << notes();
  EXPECT_NE(notes().find("no trusted resolver gave a usable answer"), std::string::npos) << notes();
}

TEST_F(StandardTest, an_alias_that_leads_to_nothing_is_no_lie) {
  Seen seen;
  seen.end = Seen::End::answered;
  seen.rcode = Rcode::NXDOMAIN;
  seen.answers = sets.id_of({"CNAME gone.example"});
  EXPECT_FALSE(is_lie(seen, sets));
  seen.rcode = Rcode::NOERROR;
  EXPECT_TRUE(is_lie(seen, sets));
  seen.rcode = Rcode::NXDOMAIN;
  seen.answers = sets.id_of({"192.0.2.1"});
  EXPECT_TRUE(is_lie(seen, sets));
}

}  // namespace
}  // namespace dnswarm
