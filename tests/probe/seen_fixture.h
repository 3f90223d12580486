// Tables of what was seen, written down by the test: a judgement needs no network.
#ifndef DNSWARM_TESTS_PROBE_SEEN_FIXTURE_H_
#define DNSWARM_TESTS_PROBE_SEEN_FIXTURE_H_

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "probe/judge.h"
#include "probe/standard.h"

namespace dnswarm {

class SeenTest : public ::testing::Test {
 protected:
  using Data = std::vector<std::string>;

  // Two known names, three that do not exist, then edns, dnssec, 0x20, tcp, and the known names again.
  static constexpr size_t known = 0, known2 = 1, absent = 2, absents = 3, edns = 5, dnssec = 6, letters = 7,
                          tcp = 8, again = 9;

  SeenTest() {
    options.known = {{"one.example", RRType::A, {}}, {"two.example", RRType::A, {}}};
    options.absent_zones = {"com", "net", "org"};
    Random random(1);
    questions = plan_questions(options, random).questions;
  }

  // Adds a resolver that is perfect, and returns its number.
  size_t add(bool listed = true, bool trusted = false) {
    const size_t number = targets.size();
    targets.push_back({"192.0.2." + std::to_string(number + 1), {}, listed, trusted});
    rows.emplace_back(questions.size());
    for (size_t i = 0; i < questions.size(); ++i) {
      Seen& seen = rows.back()[i];
      seen.end = Seen::End::answered;
      seen.recursion_available = seen.case_kept = true;
      seen.edns = seen.signature = i == edns || i == dnssec;
      seen.queries = 1;
      seen.rtt_us = 20'000;
      const bool is_absent = questions[i].purpose == Purpose::absent;
      seen.rcode = is_absent ? Rcode::NXDOMAIN : Rcode::NOERROR;
      if (!is_absent)
        seen.answers = sets.id_of({questions[i].name == "two.example" ? "192.0.2.2" : "192.0.2.1"});
    }
    return number;
  }
  size_t add_trusted() { return add(false, true); }

  // Says these records, or, where there are none, `rcode` without any.
  void say(size_t resolver, size_t question, const Data& data, Rcode rcode = Rcode::NOERROR) {
    rows[resolver][question].rcode = rcode;
    rows[resolver][question].answers = sets.id_of(data);
  }
  void say_to_absent(size_t resolver, const Data& data, Rcode rcode = Rcode::NOERROR) {
    for (size_t i = 0; i < absents; ++i) say(resolver, absent + i, data, rcode);
  }
  void silence(size_t resolver, size_t question, uint8_t queries = 3) {
    Seen seen;
    seen.end = Seen::End::silent;
    seen.queries = seen.lost = queries;
    rows[resolver][question] = seen;
  }
  void silence_all(size_t resolver) {
    for (size_t i = 0; i < questions.size(); ++i) rows[resolver][i] = Seen();
    silence(resolver, 0);
  }

  Standards standards() {
    table = SeenTable(rows.size(), questions.size());
    for (size_t r = 0; r < rows.size(); ++r) {
      for (size_t q = 0; q < questions.size(); ++q) table.at(r, q) = rows[r][q];
    }
    return set_standards(evidence());
  }
  ResolverFinding finding_of(size_t resolver, bool finished = true) {
    return judge(evidence(), standards().of, resolver, finished, demands);
  }
  // The codes of its faults, with blanks; empty: good.
  std::string faults_of(size_t resolver) {
    std::string codes;
    for (const ResolverFault& fault : finding_of(resolver).faults)
      codes += (codes.empty() ? "" : " ") + std::string(code_text(fault.code));
    return codes;
  }
  // All notes in one text.
  std::string notes() {
    std::string all;
    for (const std::string& note : standards().notes) all += note + "\n";
    return all;
  }

  ResolverCheckOptions options;
  std::vector<PlannedQuestion> questions;
  std::vector<CheckTarget> targets;
  std::vector<std::vector<Seen>> rows;
  AnswerSets sets;
  SeenTable table{0, 0};
  Demands demands;

 private:
  Evidence evidence() { return {targets, questions, table, sets}; }
};

}  // namespace dnswarm

#endif  // DNSWARM_TESTS_PROBE_SEEN_FIXTURE_H_
