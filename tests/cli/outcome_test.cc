#include "cli/outcome.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <nlohmann/json.hpp>

#include "cli/flag_values.h"
#include "cli/progress.h"
#include "cli/summary.h"

namespace dnswarm::cli {
namespace {

FailOn fail_on(std::string_view text) {
  std::string rule;
  return fail_on_from_text(text, &rule).value_or(FailOn{});
}

// 90 NOERROR, 5 NXDOMAIN, 3 SERVFAIL, 1 RCODE 4000, 1 TIMEOUT
Outcome finished() {
  Outcome outcome;
  outcome.lines_accepted = 50;
  outcome.rows_accepted = 100;
  Response response;
  const auto add = [&](int count, Rcode rcode, Failure failure = Failure::none) {
    response.rcode = rcode;
    response.failure = failure;
    for (int i = 0; i < count; ++i) outcome.tally.add(response);
  };
  add(90, Rcode::NOERROR);
  add(5, Rcode::NXDOMAIN);
  add(3, Rcode::SERVFAIL);
  add(1, static_cast<Rcode>(4000));
  add(1, Rcode::NOERROR, Failure::timeout);
  UpstreamStats upstream;
  upstream.address = "192.0.2.53:53";
  upstream.responses = 99;
  outcome.stats.upstreams.push_back(upstream);
  outcome.stats.cache.hits = 7;
  outcome.stats.queries_udp = 101;
  outcome.stats.queries_tcp = 2;
  outcome.seconds = 2;
  return outcome;
}

TEST(Outcome, adds_up_and_says_so) {
  const Outcome outcome = finished();
  EXPECT_TRUE(outcome.adds_up());
  EXPECT_EQ(outcome.tally.definitive(), 95u);
  EXPECT_EQ(end_line(outcome),
            "accepted 50 lines x types = 100 rows: NOERROR 90, SERVFAIL 3, NXDOMAIN 5, OTHER 1, "
            "TIMEOUT 1; cache hits 7; queries 103; 2.0 s; 50 names/s");
}

TEST(Outcome, tells_what_was_not_started) {
  Outcome outcome = finished();
  outcome.lines_not_started = 12;
  EXPECT_NE(end_line(outcome).find("; not started 12 lines; "), std::string::npos);
  outcome.not_started_is_complete = false;
  EXPECT_NE(end_line(outcome).find("; not started 12 lines and what follows; "), std::string::npos);
}

TEST(Outcome, tallies_merge) {
  Tally sum = finished().tally;
  sum.merge(finished().tally);
  EXPECT_EQ(sum.rows, 200u);
  EXPECT_EQ(sum.sum(), 200u);
}

TEST(ExitCode, follows_fail_on) {
  const Outcome outcome = finished();  // 5 % unanswered
  EXPECT_EQ(exit_code(outcome, fail_on("any")), 3);
  EXPECT_EQ(exit_code(outcome, fail_on("none")), 0);
  EXPECT_EQ(exit_code(outcome, fail_on("4.9")), 3);
  EXPECT_EQ(exit_code(outcome, fail_on("5%")), 0);
  EXPECT_EQ(exit_code(outcome, fail_on("0")), 3);
}

TEST(ExitCode, is_0_for_nothing_at_all) {
  EXPECT_EQ(exit_code(Outcome{}, fail_on("any")), 0);
}

TEST(ExitCode, is_4_where_no_upstream_said_anything) {
  Outcome outcome = finished();
  outcome.stats.upstreams[0].responses = 0;
  EXPECT_EQ(exit_code(outcome, fail_on("none")), 4);
  outcome.stats.upstreams.clear();  // none configured
  EXPECT_EQ(exit_code(outcome, fail_on("none")), 4);
  outcome.stats.hosts_hits = 100;  // all answered by the hosts file
  EXPECT_EQ(exit_code(outcome, fail_on("none")), 0);
}

TEST(ExitCode, is_3_not_4_where_there_was_nothing_to_ask) {
  Outcome outcome;
  Response response;
  response.failure = Failure::invalid_name;
  outcome.tally.add(response);
  outcome.rows_accepted = 1;
  EXPECT_EQ(exit_code(outcome, fail_on("any")), 3);
}

TEST(ExitCode, is_1_where_rows_are_missing_or_too_many) {
  Outcome outcome = finished();
  outcome.rows_accepted = 101;
  EXPECT_EQ(exit_code(outcome, fail_on("none")), 1);
  outcome.rows_accepted = 99;
  EXPECT_EQ(exit_code(outcome, fail_on("none")), 1);
}

TEST(ExitCode, of_a_resumed_job_is_that_of_the_whole_but_for_4) {
  Outcome outcome = finished();
  outcome.resumable = true;
  outcome.before = outcome.tally;
  outcome.stats = {};  // this run had nothing left to ask
  EXPECT_EQ(exit_code(outcome, fail_on("none")), 0);
  EXPECT_EQ(exit_code(outcome, fail_on("any")), 3);
  Response response;
  response.failure = Failure::timeout;
  outcome.tally.add(response);
  ++outcome.rows_accepted;
  EXPECT_EQ(exit_code(outcome, fail_on("none")), 4);  // nobody answered what it did ask
}

TEST(ExitCode, rows_may_be_open_only_where_a_job_was_stopped) {
  Outcome outcome = finished();
  outcome.resumable = true;
  ++outcome.rows_accepted;
  EXPECT_EQ(exit_code(outcome, fail_on("none")), 1);
  EXPECT_FALSE(outcome.adds_up());
  outcome.stop = Stop::Reason::interrupted;
  EXPECT_TRUE(outcome.adds_up());
  EXPECT_EQ(exit_code(outcome, fail_on("none")), 130);
  EXPECT_NE(end_line(outcome).find("; open 1 rows"), std::string::npos);
  outcome.state_error = ENOSPC;
  EXPECT_EQ(exit_code(outcome, fail_on("none")), 1);
}

TEST(ExitCode, puts_io_before_signals_before_answers) {
  Outcome outcome = finished();
  outcome.stop = Stop::Reason::interrupted;
  EXPECT_EQ(exit_code(outcome, fail_on("any")), 130);
  outcome.stop = Stop::Reason::terminated;
  EXPECT_EQ(exit_code(outcome, fail_on("any")), 143);
  outcome.output_error = ENOSPC;
  EXPECT_EQ(exit_code(outcome, fail_on("any")), 1);
  outcome.output_error = EPIPE;
  EXPECT_EQ(exit_code(outcome, fail_on("any")), 141);
  outcome.output_error = 0;
  outcome.input_error = EIO;
  EXPECT_EQ(exit_code(outcome, fail_on("none")), 1);
}

TEST(Summary, is_json_that_adds_up) {
  const Outcome outcome = finished();
  Flags flags;
  flags.input = "names\xFF.txt";
  const auto json = nlohmann::json::parse(summary_json(flags, outcome, {{}, 2, "mmsg", 3}));
  EXPECT_EQ(json["accepted"], 100);
  EXPECT_EQ(json["rows"], 100);
  EXPECT_EQ(json["exit_code"], 3);
  uint64_t sum = 0;
  for (const auto& [status, rows] : json["statuses"].items()) sum += rows.get<uint64_t>();
  EXPECT_EQ(sum, json["rows"]);
  EXPECT_EQ(json["upstreams"][0]["responses"], 99);
  EXPECT_EQ(json["config"]["workers"], 2);
  EXPECT_EQ(json["io"], "mmsg");
  for (const char* key : {"version", "started_at", "queries", "cache", "mismatches", "latency",
                          "not_started", "seconds"}) {
    EXPECT_TRUE(json.contains(key)) << key;
  }
  for (const char* key : {"p50_us", "p90_us", "p99_us", "p999_us", "max_us"}) {
    EXPECT_TRUE(json["latency"].contains(key)) << key;
  }
  const std::string line = end_json(outcome, 3);
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  EXPECT_EQ(nlohmann::json::parse(line)["event"], "end");
}

ProgressSample sample(double seconds, uint64_t rows) {
  ProgressSample result;
  result.seconds = seconds;
  result.submitted = rows + 100;
  result.in_flight = 100;
  result.tally.rows = rows;
  result.tally.by_rcode[0] = rows - rows / 4;
  result.tally.by_failure[1] = rows / 4;
  return result;
}

TEST(Progress, line_shows_rate_and_shares) {
  const auto now = sample(2, 400), before = sample(1, 100);
  EXPECT_EQ(progress_line(now, before, 200),
            "400 done, 300/s, 100 in flight, 75.0 % answered: NOERROR 75.0 %, TIMEOUT 25.0 %");
  ProgressSample held = now;
  held.suspects = 5;
  for (const char* address : {"192.0.2.1:53", "192.0.2.2:53", "192.0.2.3:53", "192.0.2.4:53"}) {
    held.held_back.push_back({address, held.held_back.empty() ? 950.4 : 0, "capped"});
  }
  const std::string line = progress_line(held, before, 300);
  EXPECT_TRUE(line.ends_with("; 192.0.2.1:53 capped 950/s, 192.0.2.2:53 capped, 192.0.2.3:53 capped"
                             " and 1 more; 5 suspect"))
      << line;
  const auto json = nlohmann::json::parse(progress_json(held, before));
  EXPECT_EQ(json["suspects"], 5);
  EXPECT_EQ(json["held_back"].size(), 4u);
  EXPECT_EQ(json["held_back"][0]["address"], "192.0.2.1:53");
  EXPECT_EQ(json["held_back"][0]["reason"], "capped");
  EXPECT_EQ(json["held_back"][0]["found_rate"], 950.0);
  EXPECT_EQ(progress_line(now, before, 10), "400 done, ");
}

TEST(Progress, eta_needs_the_size_of_the_input) {
  auto now = sample(10, 100);
  EXPECT_FALSE(seconds_left(now));
  now.octets_expected = 1000;
  now.octets_read = 500;  // half read, of which half is done: a quarter in 10 s
  ASSERT_TRUE(seconds_left(now));
  EXPECT_NEAR(*seconds_left(now), 30, 1e-9);
  EXPECT_NE(progress_line(now, {}, 200).find("0:30 left"), std::string::npos);
  now.octets_read = 0;
  EXPECT_FALSE(seconds_left(now));
}

TEST(Progress, json_is_one_valid_line) {
  const std::string line = progress_json(sample(2, 400), sample(1, 100));
  EXPECT_EQ(line.find('\n'), std::string::npos);
  const auto json = nlohmann::json::parse(line);
  EXPECT_EQ(json["done"], 400);
  EXPECT_EQ(json["rate"], 300.0);
  EXPECT_EQ(json["statuses"]["TIMEOUT"], 100);
  EXPECT_TRUE(json["eta_seconds"].is_null());
}

}  // namespace
}  // namespace dnswarm::cli
