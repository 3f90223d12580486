// A query as long as dnswarm's, for the bare clients of the benchmarks: A, IN, RD, EDNS with 1,232
// octets. Names are trusted: bench/compare generates them.
#ifndef DNSWARM_BENCH_BARE_QUERY_H_
#define DNSWARM_BENCH_BARE_QUERY_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace dnswarm::bench {

inline constexpr size_t query_octets_max = 12 + 255 + 4 + 11;

// Writes at most query_octets_max octets to `out`. Returns the size, 0 where `name` is none.
inline size_t build_query(std::string_view name, uint16_t id, uint8_t* out) {
  static constexpr uint8_t head[] = {1, 0, 0, 1, 0, 0, 0, 0, 0, 1};
  static constexpr uint8_t tail[] = {0, 0, 1, 0, 1, 0, 0, 41, 1232 >> 8, 1232 & 255, 0, 0, 0, 0, 0, 0};
  if (name.empty() || name.size() > 253) return 0;
  out[0] = static_cast<uint8_t>(id >> 8);
  out[1] = static_cast<uint8_t>(id);
  std::memcpy(out + 2, head, sizeof head);
  uint8_t* length = out + 12;
  uint8_t* at = length + 1;
  for (const char octet : name) {
    if (octet == '.') {
      *length = static_cast<uint8_t>(at - length - 1);
      length = at++;
    } else {
      *at++ = static_cast<uint8_t>(octet);
    }
  }
  *length = static_cast<uint8_t>(at - length - 1);
  std::memcpy(at, tail, sizeof tail);
  return static_cast<size_t>(at - out) + sizeof tail;
}

}  // namespace dnswarm::bench

#endif  // DNSWARM_BENCH_BARE_QUERY_H_
