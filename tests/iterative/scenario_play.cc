// Plays a scenario.
#include <algorithm>

#include "tests/iterative/engine_world.h"
#include "tests/iterative/scenario.h"

namespace dnswarm::testing {
namespace {

// Rooms for this many lines and octets: a world is made for each play.
IterativeOptions in_little_room(IterativeOptions options) {
  options.in_flight = std::min(options.in_flight, 500u);
  options.cache_octets = std::min(options.cache_octets, size_t{1} << 20);
  return options;
}

std::string joined(const std::vector<std::string>& parts, const char* between) {
  std::string all;
  for (const std::string& part : parts) all += (all.empty() ? "" : between) + part;
  return all.empty() ? "none" : all;
}

std::string text_of(Range range) {
  const std::string least = std::to_string(range.least);
  return range.least == range.most ? least : least + ".." + std::to_string(range.most);
}

bool within(Range range, uint64_t value) { return range.least <= value && value <= range.most; }

EngineStart start_of(const Scenario& scenario, uint64_t seed) {
  return {scenario.hints, scenario.rate_per_s, seed, scenario.hierarchy};
}

class Player {
 public:
  Player(const Scenario& scenario, uint64_t seed)
      : world_(in_little_room(scenario.options), start_of(scenario, seed)) {}

  void operator()(const ZoneStep& zone) { world_.internet.zone(zone.servers, zone.apex, zone.records); }
  void operator()(const PassStep& pass) { world_.pass(pass.time); }
  void operator()(const ForgerStep& forger) {
    world_.forge({forger.source, forger.message, forger.wrong_id});
  }
  void operator()(const ServerStep& step) {
    using What = ServerStep::What;
    switch (step.what) {
      case What::silent:
        if (step.time == Duration(0)) return world_.internet.silence(step.server);
        return world_.silence_for(step.server, step.time);
      case What::works_again: return world_.restore(step.server);
      case What::round_trip: return world_.round_trip(step.server, step.time);
      case What::without_edns: return world_.internet.without_edns(step.server);
      case What::lowers_case: return world_.internet.lowers_case(step.server);
      case What::without_tcp: return world_.without_tcp(step.server);
      case What::unreachable: return world_.unreachable(step.server);
      case What::drops: return world_.internet.drop_zone(step.server, step.text);
      case What::says:
        return world_.internet.instead(step.server + (step.tcp ? "/tcp" : ""), step.question, step.text);
    }
  }
  void operator()(const AskStep& ask) {
    world_.internet.forget_asked();
    std::string questions;
    for (const ExpectedRow& row : ask.rows) {
      for (const std::string& question : row.questions) questions += question + ",";
    }
    const std::vector<Row> rows = world_.ask(questions);
    const size_t wrong_before = wrong.size();
    size_t next = 0;
    for (const ExpectedRow& expected : ask.rows) {
      bool right = true;  // one of many names is enough to report
      for (const std::string& question : expected.questions) {
        const Row& row = rows.at(next++);
        if (right) right = compare(expected, question, row);
      }
    }
    for (const ExpectedCount& count : ask.counts) compare(count);
    if (ask.path) compare_path(ask.line, *ask.path);
    if (ask.took_ms) {
      const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(world_.took());
      compare(ask.line, "took (ms)", *ask.took_ms, static_cast<uint64_t>(took.count()));
    }
    if (ask.most_open) compare(ask.line, "open at one server", *ask.most_open, world_.most_open());
    if (wrong.size() > wrong_before)
      wrong.back() += "\n    asked: " + joined(world_.internet.asked(), "\n           ");
  }

  std::vector<std::string> wrong;

 private:
  void report(int line, const std::string& what, const std::string& expected, const std::string& found) {
    wrong.push_back(std::to_string(line) + ": " + what + ": expected " + expected + ", got " + found);
  }
  void compare(int line, const std::string& what, Range expected, uint64_t found) {
    if (!within(expected, found)) report(line, what, text_of(expected), std::to_string(found));
  }
  bool compare(const ExpectedRow& expected, const std::string& question, const Row& row) {
    const std::string status = row.status + (row.code.empty() ? "" : " " + row.code);
    const bool same = row.records == expected.answers;
    if (status != expected.status) report(expected.line, question + ", status", expected.status, status);
    if (!same)
      report(expected.line, question + ", answer", joined(expected.answers, " | "),
             joined(row.records, " | "));
    return same && status == expected.status;
  }
  void compare(const ExpectedCount& expected) {
    uint64_t found = 0;
    for (const std::string& line : world_.internet.asked()) {
      const size_t blank = line.find(' ');
      const auto& servers = expected.servers;
      const bool there = servers.empty() ||
                         std::find(servers.begin(), servers.end(), line.substr(0, blank)) != servers.end();
      found += there && (expected.question.empty() || line.substr(blank + 1) == expected.question);
    }
    const std::string who = expected.servers.empty() ? "all servers" : joined(expected.servers, " ");
    compare(expected.line, "queries to " + who, expected.times, found);
  }
  void compare_path(int line, const std::vector<std::string>& expected) {
    std::vector<std::string> found;
    for (const std::string& asked : world_.internet.asked())
      found.push_back(asked.substr(0, asked.find(' ')));
    if (found != expected) report(line, "path", joined(expected, " "), joined(found, " "));
  }

  EngineWorld world_;
};

}  // namespace

std::vector<std::string> play(const Scenario& scenario, uint64_t seed) {
  Player player(scenario, seed);
  for (const Step& step : scenario.steps) std::visit(player, step);
  return std::move(player.wrong);
}

}  // namespace dnswarm::testing
