// Indented lines: what belongs to the statement above.
#include <sstream>

#include "tests/iterative/message_text.h"
#include "tests/iterative/scenario_parser.h"

namespace dnswarm::testing {
namespace {

// Every zone has an SOA; where none is written it is this one.
constexpr const char* usual_soa = " 300 SOA ns.invalid host.invalid 1 3600 600 86400 60\n";

}  // namespace

std::string single_blanks(std::string_view text) {
  std::istringstream words{std::string(text)};
  std::string all;
  for (std::string word; words >> word;) all += (all.empty() ? "" : " ") + word;
  return all;
}

std::string ScenarioParser::read_in_block(const std::string& line) {
  switch (block_) {
    case Block::none: return "nothing can be indented here: it belongs to no zone, server, forger or ask";
    case Block::zone: return read_record(line);
    case Block::says:
    case Block::forger: return read_message_line(line);
    case Block::ask: return read_expectation(line);
  }
  return {};
}

std::string ScenarioParser::read_record(const std::string& line) {
  ZoneStep& zone = last<ZoneStep>();
  const std::string wrong = record_error(line, true);
  if (!wrong.empty()) return wrong;
  const std::string owner = line.substr(0, line.find(' '));
  if (owner != zone.apex && zone.apex != "." && !owner.ends_with("." + zone.apex))
    return owner + " is not in the zone " + zone.apex;
  if (owner == zone.apex && single_blanks(line).find(" SOA ") != line.npos) has_soa_ = true;
  zone.records += line + "\n";
  return {};
}

// Of "OWNER TTL TYPE DATA"; the addresses in it become known.
std::string ScenarioParser::record_error(const std::string& line, bool lower_case) {
  const std::string wrong = message_from_text("answer " + line).error;
  if (!wrong.empty()) return wrong.substr(wrong.find(": ") + 2) + "; a record is: OWNER TTL TYPE DATA";
  std::istringstream words(line);
  std::string owner, ttl, type, data;
  words >> owner >> ttl >> type >> data;
  if (const std::string bad = name_error(owner, lower_case); !bad.empty()) return bad;
  const bool is_name = type == "NS" || type == "CNAME" || type == "DNAME" || type == "PTR";
  if (is_name) return name_error(data, lower_case);
  if (type != "A" && type != "AAAA") return {};
  ScenarioWords address(data, "OWNER TTL TYPE DATA");
  known_.insert(address.address());
  return address.error();
}

std::string ScenarioParser::read_message_line(const std::string& line) {
  if (line == "nothing" && block_ == Block::says && block_text_.empty()) {
    says_nothing_ = true;
    return {};
  }
  if (says_nothing_) return "\"nothing\" stands alone";
  const std::string wrong = message_from_text(line).error;
  if (!wrong.empty())
    return wrong.substr(wrong.find(": ") + 2) +
           "; a response has flags, rcode, question, answer, authority, additional";
  const std::string item = line.substr(0, line.find(' '));
  if (item == "answer" || item == "authority" || item == "additional") {
    const std::string bad = record_error(line.substr(line.find_first_not_of(' ', item.size())), false);
    if (!bad.empty()) return bad;
  }
  block_text_ += line + "\n";
  return {};
}

std::string ScenarioParser::read_expectation(const std::string& line) {
  AskStep& ask = last<AskStep>();
  ExpectedRow& row = ask.rows.back();
  ScenarioWords words(
      line,
      "status STATUS, answer OWNER TTL TYPE DATA, queries COUNT, asked COUNT times ADDRESS... "
      "[about NAME TYPE], path ADDRESS..., took COUNT ms, open COUNT");
  if (words.take("status")) {
    if (!row.status.empty()) return "a question has one status";
    row.status = single_blanks(words.rest());
    if (row.status.empty()) words.refuse("the line ends too early");
    return words.error();
  }
  if (words.take("answer")) {
    row.answers.push_back(single_blanks(words.rest()));
    return record_error(std::string(words.rest()), false);
  }
  if (words.take("queries")) {
    ask.counts.push_back({number_, {}, {}, words.range()});
  } else if (words.take("asked")) {
    read_asked_count(words, ask);
  } else if (words.take("path")) {
    ask.path.emplace();
    while (!words.at_end()) ask.path->push_back(known_address(words));
  } else if (words.take("took")) {
    ask.took_ms = words.range();
    words.need("ms");
  } else if (words.take("open")) {
    ask.most_open = words.range();
  } else {
    words.refuse("unknown expectation");
  }
  words.need_end();
  return words.error();
}

void ScenarioParser::read_asked_count(ScenarioWords& words, AskStep& ask) {
  ExpectedCount count{.line = number_};
  count.times = words.range();
  words.need(count.times.most == 1 && count.times.least == 1 ? "time" : "times");
  do {
    count.servers.push_back(known_address(words));
  } while (!words.at_end() && !words.rest().starts_with("about "));
  if (words.take("about")) count.question = words.question();
  ask.counts.push_back(count);
}

std::string ScenarioParser::known_address(ScenarioWords& words) {
  const std::string address = words.address();
  if (words.error().empty() && !known_.contains(address))
    words.refuse(address + " is no server here, and in no record");
  return address;
}

// What is missing in the block that ends here.
std::string ScenarioParser::end_block() {
  std::string wrong;
  switch (block_) {
    case Block::none: break;
    case Block::zone:
      if (!has_soa_) last<ZoneStep>().records.insert(0, last<ZoneStep>().apex + usual_soa);
      break;
    case Block::says:
      if (block_text_.empty() && !says_nothing_) wrong = "what does it say? \"nothing\" is silence";
      last<ServerStep>().text = block_text_;
      break;
    case Block::forger:
      if (block_text_.find("question ") == block_text_.npos) wrong = "a forger's response needs its question";
      last<ForgerStep>().message = block_text_;
      break;
    case Block::ask: wrong = end_question(); break;
  }
  block_ = Block::none;
  has_soa_ = says_nothing_ = false;
  return wrong;
}

std::string ScenarioParser::end_question() {
  return last<AskStep>().rows.back().status.empty() ? "the question has no status that is expected" : "";
}

}  // namespace dnswarm::testing
