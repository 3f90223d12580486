#include "tests/iterative/scenario.h"

#include <gtest/gtest.h>

#include <string>

namespace dnswarm::testing {
namespace {

// Lines 1 to 5.
const std::string world =
    "# one server for everything\n"
    "zone . at 192.0.2.1\n"
    "  www.example 300 A 198.51.100.1\n"
    "  gone.example 300 TXT \"a b\"\n"
    "  mail.example 300 MX 10 www.example\n";

TEST(ScenarioText, holds_what_the_file_says) {
  const Scenario scenario = scenario_from_text(world +
                                               "ask www.example A  # a comment\n  status NOERROR\n"
                                               "  answer www.example   300 A 198.51.100.1\n"
                                               "  queries 1\n  path 192.0.2.1\n  took 10 ms\n");
  EXPECT_EQ(scenario.error, "");
  EXPECT_EQ(scenario.steps.size(), 2u);
  EXPECT_EQ(play(scenario, 1), std::vector<std::string>{});
}

struct Refused {
  const char* lines;  // after those of `world`, so they begin with line 6
  const char* error;  // its beginning
};

TEST(ScenarioText, refuses_what_it_does_not_know_by_line_and_rule) {
  const std::string ask = "ask www.example A\n  status NOERROR\n";
  for (const Refused& refused : {
           Refused{"", "5: nothing is asked"},
           Refused{"ask www.example A\n", "6: the question has no status"},
           Refused{"ask www.example A\n  status\n", "7: the line ends too early"},
           Refused{"ask www.example A\nalso ask mail.example A\n  status NOERROR\n",
                   "6: the question has no status"},
           Refused{"ask www.example A\n  status NOERROR\n  status NOERROR\n", "8: a question has one status"},
           Refused{"ask www.example\n", "6: the line ends too early"},
           Refused{"ask www.example. A\n", "6: www.example.: names are written without the last dot"},
           Refused{"ask WWW.example A\n", "6: WWW.example: names are written in lower case"},
           Refused{"ask www.example AAAAA\n", "6: \"www.example AAAAA\" is no question"},
           Refused{"ask n{1..x}.example A\n", "6: \"x\" is no number"},
           Refused{"ask n{2..1}.example A\n", "6: \"2..1\": the first number is the larger one"},
           Refused{"ask n{1..2.example A\n", "6: { without }"},
           Refused{"also ask www.example A\n", "6: there is no question before it"},
           Refused{"asks www.example A\n", "6: unknown statement \"asks\""},
           Refused{"pass 5\n", "6: a time is in s or ms"},
           Refused{"pass 5 s 6\n", "6: \"6\" is too much"},
           Refused{"pass 5 s\n  status NOERROR\n", "7: nothing can be indented here"},
           Refused{"option cache off\n", "6: options come before everything else"},
           Refused{"hints 192.0.2\n", "6: \"192.0.2\" is no IP address"},
           Refused{"zone com 192.0.2.1\n", "6: \"at\" is missing"},
           Refused{"zone com at 2001:DB8::1\n", "6: the address 2001:DB8::1 is written 2001:db8::1"},
           Refused{"zone com at 192.0.2.2\n  www.net 300 A 192.0.2.1\n", "7: www.net is not in the zone com"},
           Refused{"zone com at 192.0.2.2\n  www.com A 192.0.2.1\n", "7: a record is: OWNER TTL TYPE DATA"},
           Refused{"zone com at 192.0.2.2\n  www.com 300 A 192.0.2\n", "7: no data for A"},
           Refused{"zone com at 192.0.2.2\n  com 300 NS ns.com.\n", "7: ns.com.: names are written"},
           Refused{"zone com at 192.0.2.2\n  com 300 DS 1 2 3\n", "7: no data for DS"},
           Refused{"zone com at 192.0.2.2\n  com 300 TXT a\n", "7: no data for TXT"},
           Refused{"server 192.0.2.1 sleeps\n", "6: unknown about a server"},
           Refused{"server 192.0.2.1 says to everything\n", "6: what does it say?"},
           Refused{"server 192.0.2.1 says to everything\n  rcode BAD\n", "7: unknown RCODE BAD"},
           Refused{"server 192.0.2.1 says to everything\n  nothing\n  rcode REFUSED\n",
                   "8: \"nothing\" stands"},
           Refused{"server 192.0.2.1 says www.example A\n", "6: \"to\" is missing"},
           Refused{"forger 192.0.2.1\n  flags aa\n", "6: a forger's response needs its question"},
           Refused{"forger somebody\n", "6: \"somebody\" is no IP address"},
       }) {
    const std::string error = scenario_from_text(world + refused.lines).error;
    EXPECT_EQ(error.substr(0, std::string(refused.error).size()), refused.error) << refused.lines;
  }
  for (const Refused& refused : {
           Refused{"  path 192.0.2.77\n", "8: 192.0.2.77 is no server here, and in no record"},
           Refused{"  asked 1 times 192.0.2.1\n", "8: \"time\" is missing"},
           Refused{"  asked 2 times\n", "8: the line ends too early"},
           Refused{"  queries many\n", "8: \"many\" is no number"},
           Refused{"  took 10\n", "8: \"ms\" is missing"},
           Refused{"  answers www.example 300 A 192.0.2.1\n", "8: unknown expectation"},
           Refused{"  answer www.example A 192.0.2.1\n", "8: a record is: OWNER TTL TYPE DATA"},
       }) {
    const std::string error = scenario_from_text(world + ask + refused.lines).error;
    EXPECT_EQ(error.substr(0, std::string(refused.error).size()), refused.error) << refused.lines;
  }
}

TEST(ScenarioText, begins_with_what_it_shows_and_has_a_root) {
  EXPECT_EQ(scenario_from_text("ask www A\n  status NOERROR\n").error.substr(0, 20), "1: a scenario begins");
  EXPECT_EQ(scenario_from_text("").error.substr(0, 20), "1: a scenario begins");
  EXPECT_EQ(scenario_from_text("# x\nask www A\n  status NOERROR\n").error.substr(0, 18),
            "3: no root servers");
  EXPECT_EQ(scenario_from_text("# x\noption speed 9\n").error.substr(0, 17), "2: unknown option");
}

TEST(ScenarioPlay, says_what_was_not_as_expected) {
  const std::string ask = "ask www.example A\n";  // line 6
  const std::string right = "  status NOERROR\n  answer www.example 300 A 198.51.100.1\n";
  for (const Refused& refused : {
           Refused{"  status NXDOMAIN\n  answer www.example 300 A 198.51.100.1\n",
                   "6: www.example A, status: "
                   "expected NXDOMAIN, got NOERROR"},
           Refused{"  status NOERROR\n", "6: www.example A, answer: expected none, got www.example 300 A"},
           Refused{"  status NOERROR\n  answer www.example 301 A 198.51.100.1\n", "6: www.example A, answer"},
       }) {
    const auto wrong = play(scenario_from_text(world + ask + refused.lines), 1);
    ASSERT_EQ(wrong.size(), 1u) << refused.lines;
    EXPECT_EQ(wrong[0].substr(0, std::string(refused.error).size()), refused.error);
  }
  for (const Refused& refused : {
           Refused{"  queries 2..3\n", "9: queries to all servers: expected 2..3, got 1"},
           Refused{"  asked 0 times 192.0.2.1\n", "9: queries to 192.0.2.1: expected 0, got 1"},
           Refused{"  asked 1 time 192.0.2.1 about mail.example MX\n", "9: queries to 192.0.2.1: expected 1"},
           Refused{"  path 192.0.2.1 192.0.2.1\n", "6: path: expected 192.0.2.1 192.0.2.1, got 192.0.2.1"},
           Refused{"  took 11..12 ms\n", "6: took (ms): expected 11..12, got 10"},
           Refused{"  open 2\n", "6: open at one server: expected 2, got 1"},
       }) {
    const auto wrong = play(scenario_from_text(world + ask + right + refused.lines), 1);
    ASSERT_EQ(wrong.size(), 1u) << refused.lines;
    EXPECT_EQ(wrong[0].substr(0, std::string(refused.error).size()), refused.error);
  }
}

// Else scenarios about forgers would show nothing.
TEST(ScenarioPlay, a_forger_who_knows_everything_wins) {
  const std::string forger =
      "  flags aa\n  question www.example A\n  answer www.example 300 A 203.0.113.66\nask www.example A\n"
      "  status NOERROR\n";
  const std::string poisoned = "  answer www.example 300 A 203.0.113.66\n",
                    right = "  answer www.example 300 A 198.51.100.1\n";
  const std::string without_case = "# 0x20 hides them\noption case off\n" + world;
  EXPECT_TRUE(play(scenario_from_text(without_case + "forger 192.0.2.1\n" + forger + poisoned), 1).empty());
  EXPECT_TRUE(play(scenario_from_text(world + "forger 192.0.2.1\n" + forger + right), 1).empty()) << "0x20";
  for (const char* blind :
       {"forger 192.0.2.2\n", "forger 192.0.2.1:54\n", "forger 192.0.2.1 with a wrong id\n"})
    EXPECT_TRUE(play(scenario_from_text(without_case + blind + forger + right), 1).empty()) << blind;
}

}  // namespace
}  // namespace dnswarm::testing
