#include "load/latency_recorder.h"

#include <cmath>

namespace dnswarm {

void LatencyRecorder::merge(const LatencyRecorder& other) {
  for (size_t i = 0; i < buckets; ++i) counts_[i] += other.counts_[i];
  sum_ns_ += other.sum_ns_;
  count_ += other.count_;
  min_ns_ = std::min(min_ns_, other.min_ns_);
  max_ns_ = std::max(max_ns_, other.max_ns_);
}

void LatencyRecorder::clear() {
  if (count_ == 0) return;
  std::fill(counts_.begin(), counts_.end(), 0);
  sum_ns_ = count_ = max_ns_ = 0;
  min_ns_ = UINT64_MAX;
}

// Never outside what was counted: a bucket at either end is wider than the values in it.
double LatencyRecorder::middle_ns(size_t bucket) const {
  double middle = static_cast<double>(bucket);
  if (bucket >= 2 * octave_buckets) {
    const uint64_t shift = bucket / octave_buckets - 1;
    const uint64_t low = (bucket - shift * octave_buckets) << shift;
    middle = static_cast<double>(low) + static_cast<double>((uint64_t{1} << shift) - 1) / 2;
  }
  return std::clamp(middle, static_cast<double>(min_ns_), static_cast<double>(max_ns_));
}

double LatencyRecorder::quantile_us(double q) const {
  if (count_ == 0) return 0;
  const auto rank = static_cast<uint64_t>(std::max(std::ceil(q * static_cast<double>(count_)), 1.0));
  uint64_t seen = 0;
  size_t i = 0;
  while (i + 1 < buckets && (seen += counts_[i]) < rank) ++i;
  return middle_ns(i) / 1000;
}

LoadLatency LatencyRecorder::summary() const {
  LoadLatency out;
  if (count_ == 0) return out;
  out.count = count_;
  out.min_us = static_cast<double>(min_ns_) / 1000;
  out.max_us = static_cast<double>(max_ns_) / 1000;
  out.mean_us = static_cast<double>(sum_ns_) / static_cast<double>(count_) / 1000;
  double squares = 0;
  for (size_t i = 0; i < buckets; ++i) {
    if (counts_[i] == 0) continue;
    const double us = middle_ns(i) / 1000;
    out.buckets.push_back({us, counts_[i]});
    squares += static_cast<double>(counts_[i]) * (us - out.mean_us) * (us - out.mean_us);
  }
  out.stddev_us = std::sqrt(squares / static_cast<double>(count_));
  for (size_t i = 0; i < out.quantile_us.size(); ++i) {
    out.quantile_us[i] = quantile_us(LoadLatency::quantiles[i]);
  }
  return out;
}

}  // namespace dnswarm
