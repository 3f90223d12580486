#include "upstream/rate_limit.h"

#include <algorithm>
#include <cmath>

namespace dnswarm {

void RateLimit::set(double per_second) {
  if (per_second <= 0) return;
  // Rounded up: else a packet more would fit into a second.
  interval_ns_ = static_cast<int64_t>(std::ceil(1e9 / per_second));
  // A burst of b packets lets the first leave (b - 1) intervals early.
  double burst = std::max(1.0, per_second * 0.005);
  burst_ns_ = static_cast<int64_t>((burst - 1) * static_cast<double>(interval_ns_));
}

bool RateLimit::take(Instant now, unsigned packets) {
  if (!limited()) return true;
  int64_t now_ns = now.time_since_epoch().count();
  int64_t due = due_ns_.load(std::memory_order_relaxed);
  for (;;) {
    if (due != INT64_MIN && due - burst_ns_ > now_ns) return false;
    int64_t next = std::max(due, now_ns) + interval_ns_ * packets;
    if (due_ns_.compare_exchange_weak(due, next, std::memory_order_relaxed)) return true;
  }
}

void RateLimit::depart(Instant taken, Instant left, unsigned packets) {
  constexpr int64_t half_a_percent_ns = 5'000'000;  // of a second
  if (!limited() || (left - taken).count() <= std::max(interval_ns_, half_a_percent_ns)) return;
  int64_t left_ns = left.time_since_epoch().count();
  int64_t due = due_ns_.load(std::memory_order_relaxed);
  while (!due_ns_.compare_exchange_weak(due, std::max(due, left_ns) + interval_ns_ * packets,
                                        std::memory_order_relaxed)) {
  }
}

Instant RateLimit::next(Instant now) const {
  if (!limited()) return now;
  int64_t due = due_ns_.load(std::memory_order_relaxed);
  if (due == INT64_MIN) return now;
  return std::max(now, Instant(Duration(due - burst_ns_)));
}

void RateLimit::give_back(unsigned packets) {
  if (limited()) due_ns_.fetch_sub(interval_ns_ * packets, std::memory_order_relaxed);
}

}  // namespace dnswarm
