// Latencies in a log-linear histogram, as HdrHistogram has it: 128 buckets an octave, so each is less
// than 0.8 % wide and its middle at most 0.4 % from any value in it. 35 KiB, whatever is counted.
#ifndef DNSWARM_LOAD_LATENCY_RECORDER_H_
#define DNSWARM_LOAD_LATENCY_RECORDER_H_

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/clock.h"
#include "dnswarm/load.h"

namespace dnswarm {

class LatencyRecorder {
 public:
  LatencyRecorder() : counts_(buckets) {}

  void add(Duration latency) {
    // Clocks of one kind do not run backwards; a latency below 1 ns is 1 ns all the same.
    const auto ns = static_cast<uint64_t>(std::max<int64_t>(latency.count(), 1));
    ++counts_[bucket_of(ns)];
    sum_ns_ += ns;
    ++count_;
    min_ns_ = std::min(min_ns_, ns);
    max_ns_ = std::max(max_ns_, ns);
  }
  void merge(const LatencyRecorder& other);
  void clear();

  uint64_t count() const { return count_; }
  // The smallest value that at least the share `q` of all is not above, within 0.4 %; 0 where
  // nothing was counted.
  double quantile_us(double q) const;
  LoadLatency summary() const;

 private:
  static constexpr unsigned octave_bits = 7;
  static constexpr uint64_t octave_buckets = uint64_t{1} << octave_bits;
  // Up to 2^40 ns: 18 minutes, and timeouts are ten at most. Longer ones count in the last bucket.
  static constexpr unsigned value_bits = 40;
  static constexpr size_t buckets = (value_bits - octave_bits + 1) * octave_buckets;

  // Below 2^8 the bucket is the value; from there on the upper 8 bits of the value and its octave.
  static size_t bucket_of(uint64_t ns) {
    if (ns >> value_bits != 0) return buckets - 1;
    const unsigned width = std::max<unsigned>(static_cast<unsigned>(std::bit_width(ns)), octave_bits + 1);
    const unsigned shift = width - octave_bits - 1;
    return shift * octave_buckets + (ns >> shift);
  }
  double middle_ns(size_t bucket) const;

  std::vector<uint64_t> counts_;
  uint64_t count_ = 0;
  uint64_t sum_ns_ = 0;
  uint64_t min_ns_ = UINT64_MAX;
  uint64_t max_ns_ = 0;
};

}  // namespace dnswarm

#endif  // DNSWARM_LOAD_LATENCY_RECORDER_H_
