#include "probe/judge.h"

#include "seen_fixture.h"

namespace dnswarm {
namespace {

class JudgeTest : public SeenTest {
 protected:
  JudgeTest() {
    for (int i = 0; i < 3; ++i) add_trusted();
    r = add();
  }
  size_t r;  // the one that is judged
};

TEST_F(JudgeTest, one_that_does_everything_right_is_good) {
  const ResolverFinding finding = finding_of(r);
  EXPECT_TRUE(finding.good());
  EXPECT_EQ(finding.score, 98);  // 20 ms
  EXPECT_EQ(finding.absent_right, 3u);
  EXPECT_EQ(finding.known_right, 2u);
  EXPECT_EQ(finding.latency.count(), 20'000);
  EXPECT_EQ(finding.queries, 10u);  // over UDP
  EXPECT_TRUE(*finding.edns && *finding.dnssec && *finding.tcp && *finding.letter_case && *finding.recursion);
  EXPECT_FALSE(*finding.validates);
}

TEST_F(JudgeTest, one_answer_to_a_name_that_does_not_exist_is_a_lie) {
  say(r, absent + 1, {"203.0.113.9"});
  const ResolverFinding finding = finding_of(r);
  ASSERT_EQ(faults_of(r), "lies");
  EXPECT_EQ(finding.score, 0);
  EXPECT_NE(finding.faults[0].text.find("1 of 3 names that do not exist"), std::string::npos);
  EXPECT_NE(finding.faults[0].text.find(".net: 203.0.113.9"), std::string::npos) << finding.faults[0].text;
  EXPECT_EQ(finding.answers[absent + 1].judged, "lie");
}

TEST_F(JudgeTest, noerror_for_what_does_not_exist_hides_it) {
  say_to_absent(r, {});
  EXPECT_EQ(faults_of(r), "hides_nxdomain");
}

TEST_F(JudgeTest, unless_others_say_so_too) {
  for (size_t i = 0; i < 4; ++i) say(i, absent, {});
  EXPECT_EQ(faults_of(r), "");
}

TEST_F(JudgeTest, other_records_are_a_rewrite) {
  say(r, known2, {"203.0.113.9"});
  EXPECT_EQ(faults_of(r), "rewrites");
  EXPECT_EQ(finding_of(r).faults[0].text,
            "says that two.example A is 203.0.113.9, which is 192.0.2.2 (3 of 3 trusted resolvers)");
}

TEST_F(JudgeTest, so_is_one_more_record_and_a_denial) {
  say(r, known, {"192.0.2.1", "203.0.113.9"});
  EXPECT_EQ(faults_of(r), "rewrites");
  say(r, known, {}, Rcode::NXDOMAIN);
  EXPECT_EQ(faults_of(r), "rewrites");
  EXPECT_NE(finding_of(r).faults[0].text.find("says NXDOMAIN for one.example A"), std::string::npos);
}

TEST_F(JudgeTest, one_that_rewrites_now_and_then_is_caught_by_the_second_asking) {
  say(r, again, {"203.0.113.9"});
  EXPECT_EQ(faults_of(r), "rewrites");
  EXPECT_EQ(finding_of(r).known_wrong, 1u);
  EXPECT_EQ(finding_of(r).known_right, 2u);
}

TEST_F(JudgeTest, one_that_rewrites_always_is_wrong_about_one_name) {
  say(r, known, {"203.0.113.9"}), say(r, again, {"203.0.113.9"});
  EXPECT_EQ(finding_of(r).known_wrong, 1u);
}

TEST_F(JudgeTest, fewer_records_than_others_give_are_right) {
  for (size_t i = 0; i < 3; ++i) say(i, known, {"192.0.2.1", "192.0.2.7"});
  EXPECT_EQ(faults_of(r), "");
}

TEST_F(JudgeTest, a_name_without_a_standard_condemns_nobody) {
  say(0, known, {"203.0.113.1"}), say(1, known, {"203.0.113.2"});
  say(r, known, {"203.0.113.9"});
  EXPECT_EQ(faults_of(r), "");
  EXPECT_EQ(finding_of(r).answers[known].judged, "no_proof");
}

TEST_F(JudgeTest, lies_come_before_rewrites) {
  say(r, absent, {"203.0.113.9"});
  say(r, known, {"203.0.113.9"});
  EXPECT_EQ(faults_of(r), "lies rewrites");
}

TEST_F(JudgeTest, silence) {
  silence_all(r);
  EXPECT_EQ(faults_of(r), "silent");
  EXPECT_EQ(finding_of(r).faults[0].text, "no answer to 3 queries");
  rows[r][0].end = Seen::End::malformed;
  EXPECT_NE(finding_of(r).faults[0].text.find("could be read"), std::string::npos);
}

TEST_F(JudgeTest, refusal_and_no_recursion) {
  for (size_t i = 0; i < questions.size(); ++i) say(r, i, {}, Rcode::REFUSED);
  EXPECT_EQ(faults_of(r), "refuses");
  for (size_t i = 0; i < questions.size(); ++i) {
    say(r, i, {});
    rows[r][i].recursion_available = false;
  }
  EXPECT_EQ(faults_of(r), "refuses");
}

TEST_F(JudgeTest, honesty_must_have_been_shown) {
  for (size_t i = 0; i < absents; ++i) say(r, absent + i, {}, Rcode::SERVFAIL);
  EXPECT_EQ(faults_of(r), "fails");
  for (size_t i = 1; i < absents; ++i) silence(r, absent + i);
  say(r, absent, {}, Rcode::NXDOMAIN);  // one is enough
  EXPECT_EQ(faults_of(r), "lossy");     // six queries of fourteen
  demands.loss_percent_max = 50;
  EXPECT_EQ(faults_of(r), "");
  silence(r, known), silence(r, known2);
  demands.loss_percent_max = 100;
  EXPECT_EQ(faults_of(r), "fails");
}

TEST_F(JudgeTest, a_lost_packet_condemns_nobody) {
  for (size_t i = 0; i < questions.size(); ++i) {
    SCOPED_TRACE(i);
    const Seen before = rows[r][i];
    rows[r][i].queries = 2, rows[r][i].lost = 1;  // retried, and answered
    EXPECT_EQ(faults_of(r), "");
    rows[r][i] = before;
    if (i != tcp) silence(r, i, 1);  // the whole question
    EXPECT_EQ(faults_of(r), "");
    rows[r][i] = before;
  }
}

TEST_F(JudgeTest, loss_takes_more_than_one_packet) {
  demands.loss_percent_max = 0;
  rows[r][known].queries = 2, rows[r][known].lost = 1;
  EXPECT_EQ(faults_of(r), "");
  rows[r][known2].queries = 2, rows[r][known2].lost = 1;
  EXPECT_EQ(faults_of(r), "lossy");
}

TEST_F(JudgeTest, abilities_are_faults_only_where_they_are_demanded) {
  rows[r][edns].edns = rows[r][dnssec].signature = rows[r][letters].case_kept = false;
  silence(r, tcp);
  const ResolverFinding finding = finding_of(r);
  EXPECT_TRUE(finding.good());
  EXPECT_EQ(finding.score, 58);
  EXPECT_EQ(finding.queries, 10u);  // TCP is no part of the loss
  EXPECT_EQ(finding.lost, 0u);
  demands.edns = demands.tcp = demands.dnssec = demands.letter_case = true;
  EXPECT_EQ(faults_of(r), "no_edns no_tcp no_dnssec no_0x20");
}

TEST_F(JudgeTest, formerr_is_no_edns) {
  say(r, edns, {}, Rcode::FORMERR);
  EXPECT_EQ(finding_of(r).edns, false);
}

TEST_F(JudgeTest, limits) {
  demands.latency_ms_max = 10;
  EXPECT_EQ(faults_of(r), "slow");
  demands.latency_ms_max = 20;
  demands.score_min = 98.5;
  EXPECT_EQ(faults_of(r), "low_score");
  demands.score_min = 98;
  EXPECT_EQ(faults_of(r), "");
}

TEST_F(JudgeTest, one_that_was_not_asked_everything_is_not_good) {
  EXPECT_EQ(finding_of(r, false).faults[0].code, ResolverFaultCode::not_checked);
}

TEST_F(JudgeTest, truncated_answers_are_none) {
  for (size_t i = 0; i < questions.size(); ++i) rows[r][i].truncated = true, rows[r][i].answers = 0;
  EXPECT_EQ(faults_of(r), "fails");
}

TEST(Ranking, is_by_score_then_latency_then_the_lists_order) {
  ResolverCheckReport report;
  const auto add = [&](double score, int us, bool good = true) {
    ResolverFinding finding;
    finding.score = score;
    finding.latency = std::chrono::microseconds(us);
    if (!good) finding.faults.push_back({});
    report.findings.push_back(finding);
  };
  add(90, 10), add(95, 30), add(95, 20), add(99, 1, false), add(95, 20);
  EXPECT_EQ(report.ranking(), (std::vector<size_t>{2, 4, 1, 0}));
}

}  // namespace
}  // namespace dnswarm
