#include "check.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include "check_names.h"
#include "dns/name.h"
#include "dns/rdata_text.h"
#include "generate.h"
#include "world_walk.h"

namespace dnswarm::sim {
namespace {

class CheckTest : public testing::Test {
 protected:
  Rule rule{RuleOptions{}};
  CheckOptions options;
  bool norecurse = false;
  std::string error;

  CheckTest() {
    options.results_path = testing::TempDir() + "sim_check_test.ndjson";
    options.names_path = testing::TempDir() + "sim_check_test.txt";
  }
  ~CheckTest() override {
    std::remove(options.results_path.c_str());
    std::remove(options.names_path.c_str());
  }

  std::string row(const std::string& name, RRType type, const std::string& status = "",
                  uint32_t ttl = 300) const {
    Name wire;
    EXPECT_EQ(wire.assign_text(name), NameError::none);
    Answer answer;
    rule.answer(wire.wire(), type, RRClass::IN, answer);
    std::string out = R"({"name":")" + name + R"(","type":")" + to_text(type) + R"(","status":")" +
                      (status.empty() ? std::string(to_text(answer.rcode)) : status) +
                      R"(","answers":[)";
    for (const auto& record : answer.records()) {
      if (record.section != Section::answer) continue;
      std::string owner, data;
      append_name_text(answer.owner(record), owner);
      append_rdata_text(record.type, RRClass::IN, answer.rdata(record), 0, record.rdata_octets,
                        data);
      if (out.back() == '}') out += ',';
      out += R"({"name":")" + owner + R"(","type":")" + to_text(record.type) + R"(","ttl":)" +
             std::to_string(ttl) + R"(,"data":")" + data + "\"}";
    }
    return out + R"(],"flags":["ra"],"resolver":"127.0.0.1:53","error":{"code":"x","text":"{["}})" +
           "\n";
  }
  std::string check(const std::string& rows, const std::string& names) {
    std::ofstream(options.results_path) << rows;
    std::ofstream(options.names_path) << names;
    const auto result = check_results(options, RuleExpectation(rule, norecurse), &error);
    if (!result) return error;
    return result->to_json() + (result->passed(options) ? " passed" : " failed");
  }
};

TEST_F(CheckTest, right_rows_pass_in_any_order) {
  EXPECT_EQ(check(row("nx-a.example.com", RRType::A) + row("multi-a.example.com", RRType::MX) +
                      row("ok-a.example.com", RRType::A) +
                      row("chain3-a.example.com", RRType::AAAA, "", 5),
                  "ok-a.example.com  \n# comment\n\nchain3-a.example.com. aaaa\r\n"
                  "nx-a.example.com\nmulti-a.example.com MX,mx"),
            R"({"rows":4,"right":4,"wrong":0,"missing":0,"doubled":0,"unanswered":0} passed)");
}

TEST_F(CheckTest, open_chains_are_expected_whole_unless_the_run_did_not_recurse) {
  const std::string open = row("opencname-a.example.com", RRType::A);
  EXPECT_NE(check(open, "opencname-a.example.com").find("failed"), std::string::npos);
  norecurse = true;
  EXPECT_NE(check(open, "opencname-a.example.com").find("passed"), std::string::npos);
}

TEST_F(CheckTest, wrong_rows_are_found) {
  const std::string right = row("ok-a.example.com", RRType::A);
  std::string other_address = right;
  other_address.replace(other_address.find("\"10."), 4, "\"11.");
  for (const std::string& rows :
       {other_address, row("ok-a.example.com", RRType::A, "NXDOMAIN"),
        row("ok-a.example.com", RRType::A, "", 301), row("nx-a.example.com", RRType::A, "NOERROR"),
        row("loop-a.example.com", RRType::A), std::string("{}\n"), std::string("[1]\n"),
        std::string("{\"name\n"), right.substr(0, 90) + "\n"}) {
    EXPECT_NE(check(rows, "").find(R"("right":0,"wrong":1)"), std::string::npos) << rows;
  }
}

TEST_F(CheckTest, missing_and_doubled_rows_are_found) {
  const std::string a = row("ok-a.example.com", RRType::A);
  const std::string b = row("ok-b.example.com", RRType::A);
  const std::string names = "ok-a.example.com\nok-b.example.com\n";
  EXPECT_NE(check(a + b, names).find("passed"), std::string::npos);
  EXPECT_NE(check(a, names).find(R"("missing":1,"doubled":0,"unanswered":0} failed)"),
            std::string::npos);
  EXPECT_NE(check(a + b + b, names).find(R"("missing":0,"doubled":1,"unanswered":0} failed)"),
            std::string::npos);
  EXPECT_NE(check(a + a, names).find(R"("missing":1,"doubled":1,"unanswered":0} failed)"),
            std::string::npos);
}

TEST_F(CheckTest, unanswered_rows_pass_only_where_allowed) {
  const std::string rows = row("nx-a.example.com", RRType::A, "TIMEOUT");
  EXPECT_NE(check(rows, "nx-a.example.com\n").find(R"("unanswered":1} failed)"), std::string::npos);
  options.allow_unanswered = true;
  EXPECT_NE(check(rows, "nx-a.example.com\n").find(R"("unanswered":1} passed)"), std::string::npos);
}

TEST_F(CheckTest, invalid_names_have_their_status) {
  const std::string invalid = R"({"name":"a..b","type":"A","status":"INVALID_NAME","answers":[]})"
                              "\n";
  const std::string asked = R"({"name":"a..b","type":"A","status":"NXDOMAIN","answers":[]})"
                            "\n";
  EXPECT_NE(check(invalid, "a..b\n").find("passed"), std::string::npos);
  EXPECT_NE(check(asked, "a..b\n").find("failed"), std::string::npos);
  EXPECT_EQ(check_results({"/nowhere/at/all", "", {"A"}, false}, RuleExpectation(rule, false), &error),
            std::nullopt);
}

TEST_F(CheckTest, rows_are_compared_with_a_world) {
  RuleZonesOptions zones;
  zones.names = "example.com\nexample.net\n";
  const auto world = World::make(zones, &error);
  ASSERT_TRUE(world) << error;
  const auto check_row = [&](const std::string& name, const std::string& answers) {
    std::ofstream(options.results_path)
        << R"({"name":")" << name << R"(","type":"A","status":"NOERROR","answers":[)" << answers << "]}\n";
    std::ofstream(options.names_path) << name << '\n';
    const auto result = check_results(options, WorldExpectation(*world), &error);
    return result && result->passed(options);
  };
  const auto record = [](const std::string& owner, const char* type, const char* ttl,
                         const std::string& data) {
    return R"({"name":")" + owner + R"(","type":")" + type + R"(","ttl":)" + ttl + R"(,"data":")" + data +
           "\"}";
  };
  Answer answer;
  ASSERT_TRUE(world->expect(name_from("www.example.net").wire(), RRType::A, answer));
  std::string address;
  append_rdata_text(RRType::A, RRClass::IN, answer.rdata(answer.records()[0]), 0, 4, address);
  const std::string alias = record("away.example.com", "CNAME", "300", "www.example.net");
  const std::string end = record("www.example.net", "A", "7", address);
  EXPECT_TRUE(check_row("away.example.com", alias + "," + end));
  EXPECT_FALSE(check_row("away.example.com", alias));
  EXPECT_FALSE(check_row("away.example.com", end));
  EXPECT_FALSE(check_row("away.example.com", alias + "," + record("www.example.net", "A", "301", address)));
  EXPECT_FALSE(check_row("away.example.com", alias + "," + record("www.example.com", "A", "7", address)));
  EXPECT_TRUE(check_row("ent.example.com", ""));
  EXPECT_FALSE(check_row("gone.example.com", ""));
}

TEST_F(CheckTest, where_a_world_has_nothing_to_find_no_answer_is_right) {
  class Nothing : public Expectation {
    std::string_view expect(Octets, RRType, Answer&) const override { return {}; }
  };
  for (const char* status : {"SERVFAIL", "TIMEOUT", "CNAME_LOOP", "NOERROR", "NXDOMAIN"}) {
    std::ofstream(options.results_path)
        << R"({"name":"a.example","type":"A","status":")" << status << R"(","answers":[]})" << '\n';
    std::ofstream(options.names_path) << "a.example\n";
    const auto result = check_results(options, Nothing(), &error);
    ASSERT_TRUE(result) << error;
    EXPECT_EQ(result->passed(options), status[0] != 'N') << status;
  }
}

TEST_F(CheckTest, names_are_shown_as_rows_show_them) {
  EXPECT_EQ(shown_name("example.com."), "example.com");
  EXPECT_EQ(shown_name("."), ".");
  EXPECT_EQ(shown_name("b\xc3\xbc"
                       "cher.de"),
            "b\xc3\xbc"
            "cher.de");
  EXPECT_EQ(shown_name("b\xfc"
                       "cher.de"),
            "b\\252cher.de");
  EXPECT_EQ(shown_name(std::string(2000, 'a')).size(), 1024u);
}

TEST(Generate, names_are_different_valid_and_repeatable) {
  for (const char* kind : {"realistic", "domains", "wordlist", "unique"}) {
    std::string first, again, other;
    append_names(20'000, 1, kind, first);
    append_names(20'000, 1, kind, again);
    append_names(20'000, 2, kind, other);
    EXPECT_EQ(first, again);
    EXPECT_EQ(first == other, std::string_view(kind) == "wordlist");
    std::istringstream lines(first);
    std::set<std::string> names;
    for (std::string line; std::getline(lines, line);) {
      Name name;
      EXPECT_EQ(name.assign_text(line), NameError::none) << line;
      names.insert(line);
    }
    EXPECT_EQ(names.size(), 20'000u) << kind;
  }
}

}  // namespace
}  // namespace dnswarm::sim
