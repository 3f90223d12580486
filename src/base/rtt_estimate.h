// The smoothed round-trip time of one server and its variation (RFC 6298 section 2).
#ifndef DNSWARM_BASE_RTT_ESTIMATE_H_
#define DNSWARM_BASE_RTT_ESTIMATE_H_

#include <algorithm>

#include "base/clock.h"

namespace dnswarm {

struct RttEstimate {
  Duration smoothed{0};  // 0: not known yet
  Duration variation{0};

  bool known() const { return smoothed > Duration(0); }
  // Without the bounds that whoever waits may put on it.
  Duration timeout() const { return smoothed + 4 * variation; }

  void add(Duration rtt) {
    if (!known()) {
      smoothed = std::max(rtt, Duration(1));
      variation = rtt / 2;
      return;
    }
    // Gains 1/8 and 1/4.
    const Duration off = rtt > smoothed ? rtt - smoothed : smoothed - rtt;
    variation += (off - variation) / 4;
    smoothed += (rtt - smoothed) / 8;
  }
};

}  // namespace dnswarm

#endif  // DNSWARM_BASE_RTT_ESTIMATE_H_
