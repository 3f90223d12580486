#include "load/name_pattern.h"

#include <algorithm>
#include <charconv>

#include "dns/name.h"

namespace dnswarm {
namespace {

constexpr std::string_view fields_rule = "{n}, {n:DIGITS}, {r:MAX} and {x:LENGTH} may stand in a pattern";
constexpr uint64_t digits_max = 12;

void append_number(uint64_t number, uint64_t digits, std::string& out) {
  char text[20];
  const auto length = static_cast<size_t>(std::to_chars(text, text + sizeof text, number).ptr - text);
  if (length < digits) out.append(digits - length, '0');
  out.append(text, length);
}

// The digits first, so that LDH names may start with any; 36 characters.
void append_random_text(uint64_t length, Random& random, std::string& out) {
  constexpr char characters[] = "0123456789abcdefghijklmnopqrstuvwxyz";
  for (uint64_t i = 0; i < length; ++i) out += characters[random.below(36)];
}

}  // namespace

std::string NamePattern::parse(std::string_view text) {
  parts_.clear();
  // Escapes and IDNA look at what stands beside them: then the longest name would prove nothing.
  for (const char c : text) {
    if (c == '\\' || static_cast<unsigned char>(c) > 126) {
      return "it may hold ASCII without backslashes only (A-labels instead of UTF-8)";
    }
  }
  while (!text.empty()) {
    const size_t open = std::min(text.find('{'), text.size());
    if (open > 0) parts_.push_back({Part::literal, 0, std::string(text.substr(0, open))});
    text.remove_prefix(open);
    if (text.empty()) break;
    const size_t close = text.find('}');
    if (close == text.npos) return "a '{' has no '}'; " + std::string(fields_rule);
    if (std::string error = parse_field(text.substr(1, close - 1)); !error.empty()) return error;
    text.remove_prefix(close + 1);
  }
  std::string longest;
  write_longest(longest);
  Name name;
  const NameError error = name.assign_text(longest);
  if (error == NameError::none) return {};
  return "the longest name it gives, '" + longest +
         "', is not a legal one: " + std::string(sentence_text(error));
}

std::string NamePattern::parse_field(std::string_view field) {
  const size_t colon = std::min(field.find(':'), field.size());
  const std::string_view kind = field.substr(0, colon);
  uint64_t value = 0;
  if (colon < field.size()) {
    const std::string_view number = field.substr(colon + 1);
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
    if (error != std::errc{} || end != number.data() + number.size() || value == 0) value = UINT64_MAX;
  }
  if (kind == "n" && value <= digits_max) {
    parts_.push_back({Part::counter, value, {}});
  } else if (kind == "r" && value > 0 && value <= number_max) {
    parts_.push_back({Part::random_number, value, {}});
  } else if (kind == "x" && value > 0 && value <= label_octets_max) {
    parts_.push_back({Part::random_text, value, {}});
  } else {
    return "'{" + std::string(field) + "}' is none of what it may hold; " + std::string(fields_rule) +
           " (DIGITS 1-12, MAX 1-1000000000000, LENGTH 1-63)";
  }
  return {};
}

void NamePattern::write(uint64_t number, Random& random, std::string& out) const {
  for (const Part& part : parts_) {
    switch (part.kind) {
      case Part::literal: out += part.text; break;
      case Part::counter: append_number(number % number_max, part.value, out); break;
      case Part::random_number: append_number(random.u64() % part.value, 0, out); break;
      case Part::random_text: append_random_text(part.value, random, out); break;
    }
  }
}

void NamePattern::write_longest(std::string& out) const {
  for (const Part& part : parts_) {
    switch (part.kind) {
      case Part::literal: out += part.text; break;
      case Part::counter: append_number(number_max - 1, 0, out); break;
      case Part::random_number: append_number(part.value - 1, 0, out); break;
      case Part::random_text: out.append(part.value, 'x'); break;
    }
  }
}

}  // namespace dnswarm
