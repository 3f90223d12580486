#include "tests/iterative/scenario_words.h"

#include <algorithm>
#include <charconv>

#include "dns/name.h"
#include "net/address.h"
#include "tests/iterative/message_text.h"

namespace dnswarm::testing {

std::string name_error(const std::string& name, bool lower_case) {
  Name parsed;
  if (parsed.assign_text(name) != NameError::none) return "\"" + name + "\" is no domain name";
  if (name != "." && name.back() == '.') return name + ": names are written without the last dot";
  const auto is_upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  if (lower_case && std::any_of(name.begin(), name.end(), is_upper))
    return name + ": names are written in lower case";
  return {};
}

ScenarioWords::ScenarioWords(std::string_view line, std::string_view usage) : usage_(usage), line_(line) {
  rest_ = line_;
  take("");
}

void ScenarioWords::refuse(const std::string& why) {
  if (error_.empty()) error_ = why + "; the line is: " + usage_;
  rest_ = {};
}

std::string ScenarioWords::word() {
  if (at_end()) refuse("the line ends too early");
  const std::string found(rest_.substr(0, rest_.find(' ')));
  rest_.remove_prefix(found.size());
  take("");
  return found;
}

bool ScenarioWords::take(std::string_view words) {
  const bool found = rest_.starts_with(words) &&
                     (words.empty() || rest_.size() == words.size() || rest_[words.size()] == ' ');
  if (!found) return false;
  rest_.remove_prefix(words.size());
  rest_.remove_prefix(std::min(rest_.find_first_not_of(' '), rest_.size()));
  return true;
}

void ScenarioWords::need(std::string_view words) {
  if (!take(words)) refuse("\"" + std::string(words) + "\" is missing");
}

void ScenarioWords::need_end() {
  if (!at_end()) refuse("\"" + std::string(rest_) + "\" is too much");
}

std::string ScenarioWords::address() {
  const std::string text = word();
  if (!error_.empty()) return {};
  const auto parsed = Address::from_text(text, 53);
  if (!parsed || parsed->port() != 53)
    refuse("\"" + text + "\" is no IP address");
  else if (parsed->host_text() != text)
    refuse("the address " + text + " is written " + parsed->host_text());
  return error_.empty() ? text : std::string();
}

std::string ScenarioWords::name() {
  const std::string text = word();
  if (!error_.empty()) return {};
  if (const std::string wrong = name_error(text, true); !wrong.empty()) refuse(wrong);
  return text;
}

std::string ScenarioWords::question() {
  std::string text = name();
  text += " " + word();
  if (!error_.empty()) return {};
  const std::string wrong = message_from_text("question " + text).error;
  if (!wrong.empty()) refuse("\"" + text + "\" is no question");
  return text;
}

uint64_t ScenarioWords::number(std::string_view text) {
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size())
    refuse("\"" + std::string(text) + "\" is no number");
  return value;
}

Duration ScenarioWords::time() {
  const uint64_t value = number(word());
  if (take("ms")) return std::chrono::milliseconds(value);
  if (take("s")) return std::chrono::seconds(value);
  refuse("a time is in s or ms");
  return {};
}

Range ScenarioWords::range() {
  const std::string text = word();
  const size_t dots = text.find("..");
  Range range;
  range.least = number(text.substr(0, dots));
  range.most = dots == text.npos ? range.least : number(text.substr(dots + 2));
  if (range.least > range.most) refuse("\"" + text + "\": the first number is the larger one");
  return range;
}

}  // namespace dnswarm::testing
