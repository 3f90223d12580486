// The schedule of an open loop: query number k of all is due k / rate after the start, whatever came
// before. Worker w of n has the queries w, w + n, w + 2n, ...
#ifndef DNSWARM_LOAD_PACE_H_
#define DNSWARM_LOAD_PACE_H_

#include <cstdint>

#include "base/clock.h"

namespace dnswarm {

class Pace {
 public:
  Pace(double rate, unsigned worker, unsigned workers)
      : first_ns_(1e9 * worker / rate), step_ns_(1e9 * workers / rate) {}

  // When this worker's query number `k` is due, from the start. A double is exact to a nanosecond
  // over 104 days.
  Duration due(uint64_t k) const {
    return Duration(static_cast<int64_t>(first_ns_ + step_ns_ * static_cast<double>(k)));
  }
  // How many of its queries are due before `end`.
  uint64_t due_before(Duration end) const {
    const double ns = static_cast<double>(end.count()) - first_ns_;
    if (ns <= 0) return 0;
    auto count = static_cast<uint64_t>(ns / step_ns_);
    while (due(count) < end) ++count;
    while (count > 0 && due(count - 1) >= end) --count;
    return count;
  }

 private:
  double first_ns_;
  double step_ns_;
};

}  // namespace dnswarm

#endif  // DNSWARM_LOAD_PACE_H_
