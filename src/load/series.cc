#include "load/series.h"

namespace dnswarm {

void Series::publish(unsigned worker, const SecondCounts& counts, const LatencyRecorder& latency) {
  std::lock_guard lock(mutex_);
  const size_t i = next_[worker]++ - seconds_.size();
  while (open_.size() <= i) {
    open_.push_back(std::make_unique<Open>());
    open_.back()->missing = static_cast<unsigned>(next_.size());
  }
  Open& second = *open_[i];
  second.counts.sent += counts.sent;
  second.counts.answered += counts.answered;
  second.counts.lost += counts.lost;
  second.latency.merge(latency);
  --second.missing;
  while (!open_.empty() && open_.front()->missing == 0) close_first();
}

void Series::close_first() {
  const Open& done = *open_.front();
  seconds_.push_back({static_cast<uint32_t>(seconds_.size()), done.counts.sent, done.counts.answered,
                      done.counts.lost, done.latency.quantile_us(0.5), done.latency.quantile_us(0.99)});
  open_.pop_front();
}

std::optional<LoadSecond> Series::last() const {
  std::lock_guard lock(mutex_);
  if (seconds_.empty()) return std::nullopt;
  return seconds_.back();
}

std::vector<LoadSecond> Series::take() {
  std::lock_guard lock(mutex_);
  while (!open_.empty()) close_first();
  return std::move(seconds_);
}

}  // namespace dnswarm
