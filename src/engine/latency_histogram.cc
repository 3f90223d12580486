// The quarter-octave latency histogram of the public API: 19 % wide buckets, 112 of them.
#include <bit>
#include <cmath>

#include "dnswarm/resolver.h"

namespace dnswarm {

namespace {

size_t bucket_of(uint64_t us) {
  unsigned octave = 63u - static_cast<unsigned>(std::countl_zero(us));
  // Quarter steps in log2: thresholds 2^(1/4), 2^(1/2), 2^(3/4) of the octave's lower bound, in 1/1024.
  uint64_t fraction = (us << 10) >> octave;
  unsigned quarter = fraction >= 1722 ? 3 : fraction >= 1448 ? 2 : fraction >= 1218 ? 1 : 0;
  return octave * 4 + quarter;
}

}  // namespace

void LatencyHistogram::add(std::chrono::microseconds rtt) {
  size_t bucket = rtt.count() <= 0 ? 0 : bucket_of(static_cast<uint64_t>(rtt.count()));
  ++count[bucket < buckets ? bucket : buckets - 1];
}

void LatencyHistogram::merge(const LatencyHistogram& other) {
  for (size_t i = 0; i < buckets; ++i) count[i] += other.count[i];
}

uint64_t LatencyHistogram::total() const {
  uint64_t sum = 0;
  for (uint64_t c : count) sum += c;
  return sum;
}

std::chrono::microseconds LatencyHistogram::quantile(double q) const {
  uint64_t all = total();
  if (all == 0) return std::chrono::microseconds(0);
  auto rank = static_cast<uint64_t>(std::ceil(q * static_cast<double>(all)));
  uint64_t seen = 0;
  size_t i = 0;
  while (i + 1 < buckets && (seen += count[i]) < rank) ++i;
  return std::chrono::microseconds(
      static_cast<int64_t>(std::ceil(std::exp2(static_cast<double>(i + 1) / 4))));
}

}  // namespace dnswarm
