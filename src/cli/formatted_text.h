// Text made of values, appended: what printf does, without a buffer at each place.
#ifndef DNSWARM_CLI_FORMATTED_TEXT_H_
#define DNSWARM_CLI_FORMATTED_TEXT_H_

#include <cstdint>
#include <string>

namespace dnswarm::cli {

// At most 511 characters a call; what is beyond is cut.
[[gnu::format(printf, 2, 3)]] void print(std::string& out, const char* format, ...);

// 1234567 -> "1,234,567".
std::string count_text(uint64_t count);

// `format` takes one double.
std::string number_text(const char* format, double value);

// 0-100; 0 of nothing.
inline double percent(uint64_t part, uint64_t whole) {
  return whole == 0 ? 0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace dnswarm::cli

#endif  // DNSWARM_CLI_FORMATTED_TEXT_H_
