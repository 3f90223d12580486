// A scenario: what is in the file tests/iterative/scenarios/README.md describes, read and checked.
#ifndef DNSWARM_TESTS_ITERATIVE_SCENARIO_H_
#define DNSWARM_TESTS_ITERATIVE_SCENARIO_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "iterative/iterative_engine.h"

namespace dnswarm::testing {

// From least to most, both included.
struct Range {
  uint64_t least = 0, most = 0;
};

struct ZoneStep {
  std::string apex, servers, records;  // as SmallInternet::zone takes them
};

struct ServerStep {
  enum class What : uint8_t {
    silent,       // for `time`; 0: until it works again
    works_again,  // as it was at first
    round_trip,   // is `time`
    without_edns,
    lowers_case,
    without_tcp,
    unreachable,
    drops,  // the zone `text`
    says,   // `text` to `question`, or to everything ("*"); over TCP where `tcp`
  };
  What what{};
  std::string server;
  Duration time{0};
  bool tcp = false;
  std::string question, text;
};

struct ForgerStep {
  std::string source, message;
  bool wrong_id = false;
};

struct PassStep {
  Duration time{0};
};

// What one question of an ask gets; where it stands for several ("n{1..50}.example A"), each of them.
struct ExpectedRow {
  int line = 0;
  std::vector<std::string> questions;  // "www.example A"
  std::string status;                  // "NOERROR", "TIMEOUT no_response"; empty: not read yet
  std::vector<std::string> answers;    // "www.example 300 A 192.0.2.1", in their order
};

// How often servers were asked during the ask.
struct ExpectedCount {
  int line = 0;
  std::vector<std::string> servers;  // any of these; none: of all
  std::string question;              // empty: whatever the question
  Range times;
};

// Questions that are asked at the same time.
struct AskStep {
  int line = 0;
  std::vector<ExpectedRow> rows;
  std::vector<ExpectedCount> counts;
  std::optional<std::vector<std::string>> path;  // the servers asked, one after the other
  std::optional<Range> took_ms;
  std::optional<Range> most_open;  // queries at one server at once
};

using Step = std::variant<ZoneStep, ServerStep, ForgerStep, PassStep, AskStep>;

struct Scenario {
  std::string error;  // "3: what is wrong with line 3"; the rest is not to be used then
  IterativeOptions options;
  Hierarchy::Settings hierarchy = {.cuts_octets_max = 1 << 20, .primed = true};
  double rate_per_s = 0;
  std::string hints;  // the root's servers, as a hints file
  std::vector<Step> steps;
};

Scenario scenario_from_text(std::string_view text);

// Plays it once, with this seed of the engine's randomness. What was not as expected: "9: ..." of line 9.
std::vector<std::string> play(const Scenario& scenario, uint64_t seed);

}  // namespace dnswarm::testing

#endif  // DNSWARM_TESTS_ITERATIVE_SCENARIO_H_
