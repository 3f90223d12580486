#include "tests/iterative/scenario.h"

#include <sstream>

#include "tests/iterative/scenario_parser.h"

namespace dnswarm::testing {
namespace {

// Blanks at the ends and comments are cut off; tabs are blanks.
std::string bare(std::string line) {
  for (char& c : line) c = c == '\t' || c == '\r' ? ' ' : c;
  for (size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '#' && (i == 0 || line[i - 1] == ' ')) line.resize(i);
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line.erase(0, line.find_first_not_of(' '));
}

}  // namespace

Scenario ScenarioParser::parse(std::string_view text) {
  std::istringstream lines{std::string(text)};
  if (!text.starts_with("#")) fail(1, "a scenario begins with a comment that says what it shows");
  for (std::string line; scenario_.error.empty() && std::getline(lines, line);) {
    ++number_;
    const bool indented = line.starts_with(' ') || line.starts_with('\t');
    const std::string words = bare(line);
    if (words.empty()) continue;
    const std::string wrong = indented ? read_in_block(words) : read_statement(words);
    if (!wrong.empty()) fail(number_, wrong);
  }
  if (!scenario_.error.empty()) return std::move(scenario_);
  if (const std::string wrong = end_block(); !wrong.empty()) fail(block_line_, wrong);
  if (scenario_.hints.empty()) fail(number_, "no root servers: a zone \".\" is missing, or hints");
  if (!asks_) fail(number_, "nothing is asked, so nothing is expected");
  return std::move(scenario_);
}

void ScenarioParser::fail(int line, const std::string& why) {
  if (scenario_.error.empty()) scenario_.error = std::to_string(line) + ": " + why;
}

std::string ScenarioParser::read_statement(const std::string& line) {
  std::string wrong = line.starts_with("also ask ") && block_ == Block::ask ? end_question() : end_block();
  if (!wrong.empty()) return fail(block_line_, wrong), std::string();
  const std::string verb = line.substr(0, line.find(' '));
  if (verb == "option") return read_option(line);
  if (verb == "hints") return read_hints(line);
  if (verb == "zone") return read_zone(line);
  if (verb == "server") return read_server(line);
  if (verb == "forger") return read_forger(line);
  if (verb == "pass") return read_pass(line);
  if (verb == "ask") return read_ask(line);
  if (verb == "also") return read_also_ask(line);
  return "unknown statement \"" + verb +
         "\": there are option, hints, zone, server, forger, pass, ask, also ask";
}

std::string ScenarioParser::read_option(const std::string& line) {
  ScenarioWords words(line,
                      "option families ipv4|ipv6|both, cache off, edns off, case off, deadline TIME, rate "
                      "PACKETS, server rate PACKETS, lines NUMBER, open NUMBER, priming, qname minimisation "
                      "or nxdomain cut");
  IterativeOptions& options = scenario_.options;
  words.need("option");
  if (!scenario_.steps.empty()) return "options come before everything else";
  if (words.take("families")) {
    const std::string which = words.word();
    if (which != "ipv4" && which != "ipv6" && which != "both") words.refuse(which + " are no families");
    options.flows_v4 = which != "ipv6";
    options.flows_v6 = which != "ipv4";
  } else if (words.take("cache off")) {
    options.cache_octets = 0;
  } else if (words.take("edns off")) {
    options.query.edns = false;
  } else if (words.take("case off")) {
    options.mixed_case = false;
  } else if (words.take("deadline")) {
    options.deadline = words.time();
  } else if (words.take("rate")) {
    scenario_.rate_per_s = static_cast<double>(words.count());
  } else if (words.take("server rate")) {
    scenario_.hierarchy.rate_per_server = static_cast<double>(words.count());
  } else if (words.take("priming")) {
    scenario_.hierarchy.primed = false;
  } else if (words.take("qname minimisation")) {
    options.qname_minimisation = true;
  } else if (words.take("nxdomain cut")) {
    options.nxdomain_cut = true;
  } else if (words.take("lines")) {
    options.in_flight = static_cast<unsigned>(words.count());
  } else if (words.take("open")) {
    options.in_flight_per_server = static_cast<unsigned>(words.count());
  } else {
    words.refuse("unknown option");
  }
  words.need_end();
  return words.error();
}

std::string ScenarioParser::read_hints(const std::string& line) {
  ScenarioWords words(line, "hints ADDRESS...");
  words.need("hints");
  set_hints(read_addresses(words));
  return words.error();
}

void ScenarioParser::set_hints(const std::string& addresses) {
  std::istringstream list(addresses);
  char letter = 'a';
  scenario_.hints.clear();
  for (std::string address; list >> address; ++letter) {
    const std::string name = std::string(1, letter) + ".root";
    scenario_.hints += ". NS " + name + "\n" + name + (address.find(':') == address.npos ? " A " : " AAAA ") +
                       address + "\n";
  }
}

// One at least, up to the end of the line or a word that is no address.
std::string ScenarioParser::read_addresses(ScenarioWords& words) {
  std::string all;
  do {
    const std::string address = words.address();
    known_.insert(address);
    all += (all.empty() ? "" : " ") + address;
  } while (!words.at_end());
  return all;
}

std::string ScenarioParser::read_zone(const std::string& line) {
  ScenarioWords words(line, "zone NAME at ADDRESS...");
  words.need("zone");
  ZoneStep& zone = add<ZoneStep>();
  zone.apex = words.name();
  words.need("at");
  zone.servers = read_addresses(words);
  if (zone.apex == "." && scenario_.hints.empty()) set_hints(zone.servers);
  begin_block(Block::zone);
  return words.error();
}

std::string ScenarioParser::read_server(const std::string& line) {
  ScenarioWords words(line,
                      "server ADDRESS silent [for TIME], works again, round trip TIME, without edns, without "
                      "tcp, lowers case, unreachable, drops ZONE, or says [over tcp] to NAME "
                      "TYPE|everything");
  words.need("server");
  using What = ServerStep::What;
  ServerStep& server = add<ServerStep>();
  server.server = words.address();
  known_.insert(server.server);
  begin_block(Block::none);
  if (words.take("silent")) {
    server.what = What::silent;
    if (words.take("for")) server.time = words.time();
  } else if (words.take("works again")) {
    server.what = What::works_again;
  } else if (words.take("round trip")) {
    server.what = What::round_trip;
    server.time = words.time();
  } else if (words.take("without edns")) {
    server.what = What::without_edns;
  } else if (words.take("lowers case")) {
    server.what = What::lowers_case;
  } else if (words.take("without tcp")) {
    server.what = What::without_tcp;
  } else if (words.take("unreachable")) {
    server.what = What::unreachable;
  } else if (words.take("drops")) {
    server.what = What::drops;
    server.text = words.name();
  } else if (words.take("says")) {
    server.what = What::says;
    server.tcp = words.take("over tcp");
    words.need("to");
    server.question = words.take("everything") ? "*" : words.question();
    begin_block(Block::says);
  } else {
    words.refuse("unknown about a server");
  }
  words.need_end();
  return words.error();
}

std::string ScenarioParser::read_forger(const std::string& line) {
  ScenarioWords words(line, "forger ADDRESS[:PORT] [with a wrong id]");
  words.need("forger");
  ForgerStep& forger = add<ForgerStep>();
  forger.source = words.word();
  if (!Address::from_text(forger.source, 53)) words.refuse("\"" + forger.source + "\" is no IP address");
  forger.wrong_id = words.take("with a wrong id");
  words.need_end();
  begin_block(Block::forger);
  return words.error();
}

std::string ScenarioParser::read_pass(const std::string& line) {
  ScenarioWords words(line, "pass TIME");
  words.need("pass");
  add<PassStep>().time = words.time();
  begin_block(Block::none);
  words.need_end();
  return words.error();
}

std::string ScenarioParser::read_ask(const std::string& line) {
  ScenarioWords words(line, "ask NAME TYPE");
  words.need("ask");
  add<AskStep>().line = number_;
  asks_ = true;
  begin_block(Block::ask);
  return read_asked_name(words);
}

std::string ScenarioParser::read_also_ask(const std::string& line) {
  ScenarioWords words(line, "also ask NAME TYPE, after the question that is asked at the same time");
  words.need("also ask");
  if (block_ != Block::ask) words.refuse("there is no question before it");
  block_line_ = number_;
  return words.error().empty() ? read_asked_name(words) : words.error();
}

// "n{1..50}.example" stands for 50 names.
std::string ScenarioParser::read_asked_name(ScenarioWords& words) {
  ExpectedRow row{.line = number_};
  const std::string name = words.word(), type = words.word();
  words.need_end();
  const size_t open = name.find('{'), close = name.find('}');
  Range range{0, 0};
  if (open != name.npos) {
    if (close == name.npos || close < open) return "{ without }";
    ScenarioWords numbers(name.substr(open + 1, close - open - 1), "ask n{1..50}.example A");
    range = numbers.range();
    if (!numbers.error().empty()) return numbers.error();
    if (range.most - range.least > 10'000) return "these are more than 10000 names";
  }
  for (uint64_t i = range.least; i <= range.most; ++i) {
    std::string one = name;
    if (open != name.npos) one.replace(open, close + 1 - open, std::to_string(i));
    ScenarioWords question(one + " " + type, "ask NAME TYPE");
    row.questions.push_back(question.question());
    if (!question.error().empty()) return question.error();
  }
  last<AskStep>().rows.push_back(row);
  return words.error();
}

Scenario scenario_from_text(std::string_view text) { return ScenarioParser().parse(text); }

}  // namespace dnswarm::testing
