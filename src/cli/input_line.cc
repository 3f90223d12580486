#include "cli/input_line.h"

#include <algorithm>
#include <cstring>

namespace dnswarm::cli {
namespace {

constexpr LineError bad_type{
    "bad_type", "the second word is not a list of record types (A,AAAA,TYPE65,...)"};
constexpr LineError too_many_types{"too_many_types", "a line may ask for at most 100 record types"};
constexpr LineError extra_text{"extra_text", "there is text behind the name and its types"};
constexpr LineError line_too_long{"line_too_long", "the line is longer than 4,096 octets"};

std::string_view take_word(std::string_view& rest) {
  rest = without_leading_blanks(rest);
  const size_t length = std::min({rest.find(' '), rest.find('\t'), rest.size()});
  const std::string_view word = rest.substr(0, length);
  rest.remove_prefix(length);
  return word;
}

// Nearly every line is a name and nothing else: no octet up to the blank, looked for eight at a time, the
// last eight once more in part.
bool is_one_word(std::string_view line) {
  constexpr uint64_t each = 0x0101010101010101u;
  uint64_t word, found = 0;
  const auto look_at = [&](const char* at) {
    std::memcpy(&word, at, sizeof word);
    found |= (word - each * 0x21) & ~word & (each * 0x80);  // at least where one is below 0x21
  };
  const auto in_word = [](char c) { return static_cast<uint8_t>(c) > 0x20; };
  if (line.size() < sizeof word) return std::all_of(line.begin(), line.end(), in_word);
  const size_t last = line.size() - sizeof word;
  for (size_t at = 0; at < last; at += sizeof word) look_at(line.data() + at);
  look_at(line.data() + last);
  return found == 0;
}

// Not questions to a resolver: a pseudo-record (RFC 6891), transaction signatures (RFC 8945, RFC
// 2930) and zone transfers (RFC 5936, RFC 1995). Type 0 is reserved (RFC 6895 section 3.1).
bool can_be_asked(RRType type) {
  if (static_cast<uint16_t>(type) == 0) return false;
  switch (type) {
    case RRType::OPT:
    case RRType::TSIG:
    case RRType::TKEY:
    case RRType::AXFR:
    case RRType::IXFR: return false;
    default: return true;
  }
}

}  // namespace

LineError types_from_text(std::string_view text, std::vector<RRType>& types,
                          std::string_view* word) {
  while (true) {
    const size_t comma = std::min(text.find(','), text.size());
    const std::string_view item = text.substr(0, comma);
    if (word != nullptr) *word = item;
    const auto type = rrtype_from_text(item);
    if (!type || !can_be_asked(*type)) return bad_type;
    if (std::find(types.begin(), types.end(), *type) == types.end()) {
      if (types.size() == line_types_max) return too_many_types;
      types.push_back(*type);
    }
    if (comma == text.size()) return {};
    text.remove_prefix(comma + 1);
  }
}

InputLine parse_input_line(std::string_view line, std::vector<RRType>& types) {
  types.clear();
  if (is_one_word(line) && !line.empty() && line[0] != '#') return {InputLine::Kind::question, line, {}};
  while (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  const std::string_view name = take_word(line);
  if (name.empty() || name[0] == '#') return {};
  const std::string_view type_list = take_word(line);
  if (type_list.empty()) return {InputLine::Kind::question, name, {}};
  if (!take_word(line).empty()) return {InputLine::Kind::invalid, name, extra_text};
  const LineError error = types_from_text(type_list, types);
  if (error.code.empty()) return {InputLine::Kind::question, name, {}};
  types.clear();
  return {InputLine::Kind::invalid, name, error};
}

InputLine parse_cut_line(std::string_view start) {
  const std::string_view name = take_word(start);
  if (!name.empty() && name[0] == '#') return {};
  return {InputLine::Kind::invalid, name, line_too_long};
}

}  // namespace dnswarm::cli
