#include "check_names.h"

#include <algorithm>
#include <cstdio>
#include <fstream>

#include "dnswarm/types.h"
#include "rule.h"

namespace dnswarm::sim {
namespace {

constexpr size_t shown_octets_max = 1024;
constexpr unsigned shown_missing_max = 10;

uint64_t row_key(std::string_view name, std::string_view type) {
  uint64_t hash = 0xcbf29ce484222325u;
  for (const char c : name) hash = (hash ^ static_cast<uint8_t>(c)) * 0x100000001b3u;
  hash = (hash ^ 0x100) * 0x100000001b3u;
  for (const char c : type) hash = (hash ^ static_cast<uint8_t>(c)) * 0x100000001b3u;
  return mix64(hash);
}

// Octets of the UTF-8 sequence that `text` begins with (RFC 3629); 0 where it is none.
size_t utf8_octets(std::string_view text) {
  const auto octet = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const unsigned first = octet(0);
  const size_t size = first < 0x80   ? 1
                      : first < 0xc2 ? 0
                      : first < 0xe0 ? 2
                      : first < 0xf0 ? 3
                      : first < 0xf5 ? 4
                                     : 0;
  if (size == 0 || size > text.size()) return 0;
  for (size_t i = 1; i < size; ++i) {
    if ((octet(i) & 0xc0) != 0x80) return 0;
  }
  if (size > 2) {
    const unsigned two = first << 8 | octet(1);
    if ((first == 0xe0 && two < 0xe0a0) || (first == 0xed && two > 0xed9f)) return 0;  // surrogates
    if ((first == 0xf0 && two < 0xf090) || (first == 0xf4 && two > 0xf48f)) return 0;
  }
  return size;
}

std::string_view take_token(std::string_view& line) {
  const size_t begin = std::min(line.find_first_not_of(" \t"), line.size());
  const size_t end = std::min(line.find_first_of(" \t", begin), line.size());
  const std::string_view token = line.substr(begin, end - begin);
  line.remove_prefix(end);
  return token;
}

// "A,aaaa" -> A, AAAA; empty where one of them is no type.
std::vector<std::string> types_from_text(std::string_view text) {
  std::vector<std::string> types;
  while (!text.empty()) {
    const std::string_view item = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), item.size() + 1));
    const auto type = rrtype_from_text(item);
    if (!type) return {};
    if (std::find(types.begin(), types.end(), to_text(*type)) == types.end()) {
      types.push_back(to_text(*type));
    }
  }
  return types;
}

}  // namespace

std::string shown_name(std::string_view token) {
  if (token.size() > 1 && token.ends_with('.')) token.remove_suffix(1);
  std::string shown;
  while (!token.empty()) {
    const size_t size = utf8_octets(token);
    if (size == 0) {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\%03u",
                    static_cast<unsigned>(static_cast<uint8_t>(token[0])));
      shown += escape;
    } else {
      shown += token.substr(0, size);
    }
    token.remove_prefix(std::max<size_t>(1, size));
  }
  if (shown.size() > shown_octets_max) shown.resize(shown_octets_max);
  return shown;
}

// each(name, type) for every row that the file asks for.
template <typename Each>
bool CheckNames::each_line(Each each) const {
  std::ifstream in(path_, std::ios::binary);
  if (!in) return false;
  std::string line;
  while (std::getline(in, line)) {
    std::string_view rest = line;
    if (rest.ends_with('\r')) rest.remove_suffix(1);
    const std::string_view token = take_token(rest);
    if (token.empty() || token.starts_with('#')) continue;
    const std::string_view types_text = take_token(rest);
    const bool is_plain = take_token(rest).empty();
    const auto types = is_plain ? types_from_text(types_text) : std::vector<std::string>{};
    const std::string name = shown_name(token);
    for (const std::string& type : types.empty() ? default_types_ : types) each(name, type);
  }
  return true;
}

bool CheckNames::read(const std::string& path) {
  path_ = path;
  for (std::string& type : default_types_) {
    const auto known = rrtype_from_text(type);
    if (known) type = to_text(*known);
  }
  return each_line([this](std::string_view name, std::string_view type) {
    wanted_.push_back(row_key(name, type));
  });
}

void CheckNames::add_row(std::string_view name, std::string_view type) {
  rows_.push_back(row_key(name, type));
}

CheckNames::Difference CheckNames::compare() {
  std::sort(wanted_.begin(), wanted_.end());
  std::sort(rows_.begin(), rows_.end());
  Difference difference;
  std::vector<uint64_t> missing;
  auto wanted = wanted_.begin();
  auto row = rows_.begin();
  while (wanted != wanted_.end() || row != rows_.end()) {
    if (row == rows_.end() || (wanted != wanted_.end() && *wanted < *row)) {
      missing.push_back(*wanted++);
    } else if (wanted == wanted_.end() || *row < *wanted) {
      ++difference.doubled;
      ++row;
    } else {
      ++wanted, ++row;
    }
  }
  difference.missing = missing.size();
  unsigned shown = 0;
  if (missing.empty()) return difference;
  each_line([&](std::string_view name, std::string_view type) {
    if (shown == shown_missing_max) return;
    if (!std::binary_search(missing.begin(), missing.end(), row_key(name, type))) return;
    std::fprintf(stderr, "missing: %.*s %.*s\n", static_cast<int>(name.size()), name.data(),
                 static_cast<int>(type.size()), type.data());
    ++shown;
  });
  return difference;
}

}  // namespace dnswarm::sim
