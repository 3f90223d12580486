#include "cli/flag_values.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace dnswarm::cli {
namespace {

std::string shown(double number) {
  char text[32];
  return std::string(text, std::to_chars(text, text + sizeof text, number,
                                         std::chars_format::fixed).ptr);
}

std::optional<int> address_bits(std::string_view text) {
  unsigned char octets[16];
  const std::string terminated(text);
  if (terminated.find('\0') != terminated.npos) return std::nullopt;
  if (inet_pton(AF_INET, terminated.c_str(), octets) == 1) return 32;
  if (inet_pton(AF_INET6, terminated.c_str(), octets) == 1) return 128;
  return std::nullopt;
}

}  // namespace

std::optional<uint64_t> whole_number_from_text(std::string_view text, uint64_t min, uint64_t max,
                                               std::string* rule) {
  uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (!text.empty() && stop == end && error == std::errc{} && number >= min && number <= max) {
    return number;
  }
  *rule = "must be a whole number from " + std::to_string(min) + " to " + std::to_string(max);
  return std::nullopt;
}

std::optional<double> number_from_text(std::string_view text, double min, double max,
                                       std::string* rule) {
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number, std::chars_format::fixed);
  // Written so that NaN, which is neither above nor below anything, is refused.
  if (!text.empty() && stop == end && error == std::errc{} && number >= min && number <= max) {
    return number;
  }
  *rule = "must be a number from " + shown(min) + " to " + shown(max);
  return std::nullopt;
}

std::optional<FailOn> fail_on_from_text(std::string_view text, std::string* rule) {
  FailOn result;
  result.text = text;
  if (text == "any") return result;
  result.percent_max = 101;
  if (text == "none") return result;
  if (text.ends_with('%')) text.remove_suffix(1);
  const auto percent = number_from_text(text, 0, 100, rule);
  if (percent) {
    result.percent_max = *percent;
    return result;
  }
  *rule = "must be none, any or a share from 0 to 100 percent";
  return std::nullopt;
}

std::optional<IoFeatureMask> io_mask_from_text(std::string_view text, std::string* rule) {
  IoFeatureMask mask;
  while (true) {
    const size_t comma = std::min(text.find(','), text.size());
    const std::string_view word = text.substr(0, comma);
    if (word == "no-min-wait") mask.min_wait = false;
    else if (word == "no-gso") mask.gso = false;
    else if (word == "no-defer-taskrun") mask.defer_taskrun = false;
    else {
      *rule = "must be a list of no-min-wait, no-gso, no-defer-taskrun";
      return std::nullopt;
    }
    if (comma == text.size()) return mask;
    text.remove_prefix(comma + 1);
  }
}

std::optional<Shard> shard_from_text(std::string_view text, std::string* rule) {
  const size_t slash = std::min(text.find('/'), text.size());
  std::string unused;
  const auto number = whole_number_from_text(text.substr(0, slash), 1, Shard::shards_max, &unused);
  const auto of = slash == text.size()
                      ? std::nullopt
                      : whole_number_from_text(text.substr(slash + 1), 1, Shard::shards_max, &unused);
  if (number && of && *number <= *of) {
    return Shard{static_cast<unsigned>(*number), static_cast<unsigned>(*of)};
  }
  *rule = "must be i/n with i from 1 to n, and n at most 1000000, as 2/8";
  return std::nullopt;
}

bool is_ip_address(std::string_view text) { return address_bits(text).has_value(); }

bool is_network(std::string_view text) {
  const size_t slash = text.find('/');
  if (slash == text.npos) return false;
  const auto bits = address_bits(text.substr(0, slash));
  std::string rule;
  return bits && whole_number_from_text(text.substr(slash + 1), 0, static_cast<uint64_t>(*bits),
                                        &rule).has_value();
}

}  // namespace dnswarm::cli
