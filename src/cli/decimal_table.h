// The numbers below 1,000 in decimal: a row has several, and most numbers are made of one or two of these.
#ifndef DNSWARM_CLI_DECIMAL_TABLE_H_
#define DNSWARM_CLI_DECIMAL_TABLE_H_

#include <array>
#include <cstdint>

namespace dnswarm::cli {

struct Decimal {
  char text[3];    // without leading zeros
  uint8_t octets;  // of text
  char padded[4];  // three digits, and a zero so that four octets can be copied
};

inline constexpr uint32_t decimals_end = 1000;
inline constexpr std::array<Decimal, decimals_end> decimals = [] {
  std::array<Decimal, decimals_end> table{};
  for (uint32_t i = 0; i < decimals_end; ++i) {
    Decimal& d = table[i];
    const char digits[] = {static_cast<char>('0' + i / 100), static_cast<char>('0' + i / 10 % 10),
                           static_cast<char>('0' + i % 10)};
    for (int at = i >= 100 ? 0 : i >= 10 ? 1 : 2; at < 3; ++at) d.text[d.octets++] = digits[at];
    for (int at = 0; at < 3; ++at) d.padded[at] = digits[at];
  }
  return table;
}();

}  // namespace dnswarm::cli

#endif  // DNSWARM_CLI_DECIMAL_TABLE_H_
