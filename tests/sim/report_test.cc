// The report of a story, and the flags that ask for it.
#include "report.h"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "report_command.h"

namespace dnswarm::sim {
namespace {

Story small_story(unsigned levels = 2) {
  StoryOptions options;
  options.domains = 10;
  options.clients = 5;
  options.hours = 0.2;
  options.levels = levels;
  std::string error;
  std::optional<Story> story = tell_story(options, &error);
  EXPECT_TRUE(story) << error;
  return std::move(*story);
}

struct Ended {
  int exit_code;
  std::string out, err;
};
Ended report(std::vector<const char*> flags) {
  flags.insert(flags.begin(), "report");
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  const int exit_code = report_command(static_cast<int>(flags.size()), flags.data());
  return {exit_code, testing::internal::GetCapturedStdout(), testing::internal::GetCapturedStderr()};
}

TEST(Report, has_all_parts_and_no_line_over_110_columns) {
  const std::string text = report_text(small_story(3));
  for (const char* part :
       {"The conversation", "Queries by level", "Queries by server",
        "Caches: ", "Why the root sees so few queries", "What a low TTL costs",
        "What round robin does to load", "How a changed record propagates", "forwarder 4"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part;
  }
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 110u) << line;
}

TEST(Report, is_the_same_for_the_same_story) {
  EXPECT_EQ(report_text(small_story()), report_text(small_story()));
  EXPECT_EQ(report_json(small_story()), report_json(small_story()));
  EXPECT_EQ(report_html(small_story()), report_html(small_story()));
}

TEST(Report, as_json_says_what_was_counted) {
  const Story story = small_story();
  const auto json = nlohmann::json::parse(report_json(story));
  EXPECT_EQ(json["questions"], story.main.questions());
  uint64_t hits = 0, misses = 0, over_time = 0;
  for (const auto& cache : json["caches"]) {
    if (cache["level"] != "client") continue;
    hits += cache["hits"].get<uint64_t>();
    misses += cache["misses"].get<uint64_t>();
    for (const auto& part : cache["questions_over_time"]) over_time += part.get<uint64_t>();
  }
  EXPECT_EQ(hits + misses, story.main.questions());
  EXPECT_EQ(over_time, story.main.questions());
  EXPECT_EQ(misses, json["levels"][2]["queries"]);
  EXPECT_EQ(json["levels"][2]["level"], "resolver");
  ASSERT_EQ(json["by_ttl"].size(), 4u);
  EXPECT_GT(json["by_ttl"][0]["per_thousand"]["domain"], json["by_ttl"][3]["per_thousand"]["domain"]);
  EXPECT_LT(json["by_ttl"][0]["all_know_s"], json["by_ttl"][3]["all_know_s"]);
  EXPECT_EQ(json["by_policy"].size(), 5u);
  EXPECT_EQ(json["spread"]["points"].back()[1], 1);
  EXPECT_FALSE(json["conversations"][0]["episodes"][0][0]["text"].get<std::string>().empty());
}

TEST(Report, as_html_has_three_charts_and_nothing_from_outside) {
  const std::string html = report_html(small_story());
  size_t charts = 0;
  for (size_t at = 0; (at = html.find("</svg>", at)) != std::string::npos; ++at) ++charts;
  EXPECT_EQ(charts, 3u);
  for (const char* part :
       {"all clients", "resolver 2", "one TTL", "domain", "What a low TTL costs", "</html>"}) {
    EXPECT_NE(html.find(part), std::string::npos) << part;
  }
  for (const char* outside : {"http", "src=", "url(", "<script", "nan", "inf"}) {
    EXPECT_EQ(html.find(outside), std::string::npos) << outside;
  }
}

TEST(ReportCommand, takes_every_flag) {
  int exit_code = 0;
  const char* argv[] = {"report", "--domains",      "7",         "--clients",    "8",       "--resolvers",
                        "3",      "--levels",       "3",         "--policy",     "hash",    "--rate",
                        "0.5",    "--hours",        "2",         "--zipf",       "1.5",     "--ttl",
                        "30",     "--ns-ttl",       "60",        "--change",     "a.b@90m", "--seed",
                        "9",      "--conversation", "2",         "--plot",       "x.html",  "--format",
                        "json",   "--delays",       "1,2,3.5,4", "--forwarders", "6"};
  const auto flags = parse_report_flags(static_cast<int>(std::size(argv)), argv, &exit_code);
  ASSERT_TRUE(flags);
  const StoryOptions& o = flags->story;
  EXPECT_EQ(o.domains, 7u);
  EXPECT_EQ(o.clients, 8u);
  EXPECT_EQ(o.resolvers, 3u);
  EXPECT_EQ(o.levels, 3u);
  EXPECT_EQ(o.forwarders, 6u);
  EXPECT_EQ(o.policy, Policy::hash);
  EXPECT_EQ(o.rate, 0.5);
  EXPECT_EQ(o.hours, 2);
  EXPECT_EQ(o.zipf, 1.5);
  EXPECT_EQ(o.ttl, 30u);
  EXPECT_EQ(o.name_server_ttl, 60u);
  EXPECT_EQ(o.changed_name, "a.b");
  EXPECT_EQ(o.changes_at(), std::chrono::minutes(90));
  EXPECT_EQ(o.seed, 9u);
  EXPECT_EQ(o.conversation_names, 2u);
  EXPECT_EQ(o.delays.tld, std::chrono::microseconds(3500));
  EXPECT_EQ(o.delays.domain, std::chrono::milliseconds(4));
  EXPECT_EQ(flags->format, ReportFormat::json);
  EXPECT_EQ(flags->plot, "x.html");
}

TEST(ReportCommand, names_what_is_wrong_and_exits_with_2) {
  const std::pair<std::vector<const char*>, const char*> wrong[] = {
      {{"--resolvers", "0"}, "--resolvers: 0 is not 1 to 64"},
      {{"--zipf", "4"}, "--zipf: 4 is not 0 to 3"},
      {{"--policy", "best"}, "--policy"},
      {{"--format", "xml"}, "--format"},
      {{"--clients", "many"}, "--clients"},
      {{"--delays", "1,2"}, "--delays"},
      {{"--delays", "1,2,3,-4"}, "--delays: 0 to 10000 ms each"},
      {{"--change", "a.b"}, "--change: a.b is not NAME@TIME"},
      {{"--change", "@5m"}, "--change: @5m is not NAME@TIME"},
      {{"--change", "a.b@5"}, "is not NAME@TIME"},
      {{"--change", "a.b@5d"}, "is not NAME@TIME"},
      {{"--change", "a.b@-5m"}, "is not NAME@TIME"},
      {{"--change", "a.b@nans"}, "is not NAME@TIME"},
      {{"--change", "a.b@1e300h"}, "is not NAME@TIME"},
      {{"--change", "a.b@5h"}, "--change: that is after the end"},
      {{"--change", "a.b@5m"}, "--change: a.b is none of the names"},
      {{"--live", "1"}, "--live"},
      {{"now"}, "now"}};
  for (const auto& [flags, error] : wrong) {
    const Ended run = report(flags);
    EXPECT_EQ(run.exit_code, 2) << flags[0];
    EXPECT_EQ(run.out, "") << flags[0];
    EXPECT_NE(run.err.find(error), std::string::npos) << run.err;
  }
}

TEST(ReportCommand, writes_report_and_plot) {
  const std::string path = testing::TempDir() + "report_test.html";
  const std::vector<const char*> flags = {"--domains", "5",   "--clients", "2",
                                          "--hours",   "0.1", "--plot",    path.c_str()};
  const Ended run = report(flags);
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_NE(run.out.find("The conversation"), std::string::npos);
  std::ifstream file(path);
  const std::string html{std::istreambuf_iterator<char>(file), {}};
  EXPECT_NE(html.find("</html>"), std::string::npos);
  std::remove(path.c_str());
  const Ended unwritable =
      report({"--domains", "5", "--clients", "2", "--hours", "0.1", "--plot", "/no/such/folder/x.html"});
  EXPECT_EQ(unwritable.exit_code, 1);
  EXPECT_NE(unwritable.err.find("/no/such/folder/x.html"), std::string::npos);
  EXPECT_EQ(report({"--help"}).exit_code, 0);
}

}  // namespace
}  // namespace dnswarm::sim
