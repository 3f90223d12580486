#include "cli/resolver_list.h"

#include <arpa/inet.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <sstream>

#include "cli/json_text.h"

namespace dnswarm::cli {
namespace {

constexpr const char* rule =
    "must be ip, ip:port, ipv6 or [ipv6]:port (ports 1-65535; no host names)";
constexpr size_t lines_reported_max = 5;
constexpr size_t shown_octets_max = 80;
constexpr size_t file_octets_max = size_t{64} << 20;  // 64 MiB hold over two million addresses

bool is_port(std::string_view text) {
  unsigned port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc{} && end == text.data() + text.size() && text.size() <= 5 &&
         port >= 1 && port <= 65535;
}

bool is_address(int family, std::string_view text) {
  if (text.size() >= INET6_ADDRSTRLEN || text.find('\0') != text.npos) return false;
  unsigned char octets[16];
  return inet_pton(family, std::string(text).c_str(), octets) == 1;
}

bool is_ipv6(std::string_view text) {
  const size_t percent = text.find('%');
  if (percent != text.npos && percent + 1 == text.size()) return false;
  return is_address(AF_INET6, text.substr(0, percent));
}

std::string_view trimmed(std::string_view text) {
  const size_t start = text.find_first_not_of(" \t\r");
  if (start == text.npos) return {};
  return text.substr(start, text.find_last_not_of(" \t\r") - start + 1);
}

// Any octets, fit for a terminal.
std::string shown(std::string_view text) {
  RowBuffer out;
  append_printable(out, text.substr(0, shown_octets_max));
  return std::string(out.text()) + (text.size() > shown_octets_max ? "..." : "");
}

ResolverList list_from_commas(std::string_view text) {
  ResolverList result;
  while (true) {
    const size_t comma = std::min(text.find(','), text.size());
    const std::string_view item = trimmed(text.substr(0, comma));
    if (!is_upstream_address(item)) {
      result.error = "'" + shown(item) + "' " + rule + ", and there is no file of that name";
      return result;
    }
    result.upstreams.emplace_back(item);
    if (comma == text.size()) return result;
    text.remove_prefix(comma + 1);
  }
}

}  // namespace

bool is_upstream_address(std::string_view text) {
  if (text.empty()) return false;
  if (text.front() == '[') {
    const size_t close = text.find(']');
    if (close == text.npos || !is_ipv6(text.substr(1, close - 1))) return false;
    const std::string_view rest = text.substr(close + 1);
    return rest.empty() || (rest[0] == ':' && is_port(rest.substr(1)));
  }
  const size_t colon = text.find(':');
  if (colon == text.npos) return is_address(AF_INET, text);
  if (text.find(':', colon + 1) != text.npos) return is_ipv6(text);
  return is_address(AF_INET, text.substr(0, colon)) && is_port(text.substr(colon + 1));
}

ResolverList resolver_list_from_lines(std::string_view contents, const std::string& file_name) {
  ResolverList result;
  size_t line_number = 0;
  size_t bad_lines = 0;
  if (contents.starts_with("\xEF\xBB\xBF")) contents.remove_prefix(3);
  while (!contents.empty()) {
    const size_t end = std::min(contents.find('\n'), contents.size());
    std::string_view line = contents.substr(0, end);
    contents.remove_prefix(std::min(end + 1, contents.size()));
    ++line_number;
    line = trimmed(line.substr(0, line.find('#')));
    if (line.empty()) continue;
    if (is_upstream_address(line)) {
      result.upstreams.emplace_back(line);
    } else if (++bad_lines <= lines_reported_max) {
      result.warnings.push_back(file_name + ":" + std::to_string(line_number) + ": '" +
                                shown(line) + "' skipped: " + rule);
    }
  }
  if (bad_lines > lines_reported_max) {
    result.warnings.push_back(file_name + ": " + std::to_string(bad_lines) +
                              " lines skipped in all, " +
                              std::to_string(result.upstreams.size()) + " upstreams taken");
  }
  if (!result.upstreams.empty()) return result;
  result.error = file_name + " holds no upstream: a line " + rule;
  if (!result.warnings.empty()) result.error = result.warnings.front() + "\n" + result.error;
  result.warnings.clear();
  return result;
}

ResolverList resolver_list_from_text(const std::string& text) {
  struct stat status {};
  if (stat(text.c_str(), &status) != 0) return list_from_commas(text);
  ResolverList result;
  if (S_ISDIR(status.st_mode)) {
    result.error = "'" + shown(text) + "' is a directory";
    return result;
  }
  std::ifstream file(text, std::ios::binary);
  std::string contents;
  for (char block[1 << 16]; file && contents.size() <= file_octets_max;) {
    file.read(block, sizeof block);
    contents.append(block, static_cast<size_t>(file.gcount()));
  }
  if (file.bad() || !file.eof()) {
    result.error = contents.size() > file_octets_max
                       ? "'" + shown(text) + "' is larger than 64 MiB"
                       : "cannot read '" + shown(text) + "': " + std::strerror(errno);
    return result;
  }
  return resolver_list_from_lines(contents, text);
}

}  // namespace dnswarm::cli
