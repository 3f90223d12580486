// What one upstream's TCP has shown: whether it answers at all, and how many queries a connection
// bears at a time.
//
// Silence. Where TCP is filtered each truncated name would hold a lookup for its whole deadline: after
// eight queries in a row that got nothing no name is sent there for 2 s, doubling up to 60 s. Any
// message ends that.
//
// Depth. RFC 7766 section 6.2.1.1 lets clients pipeline, section 6.2.4 lets servers close at any time;
// some close after one answer, or after a fixed number. A connection that is lost after n answers with
// queries still open sets the depth to n; each answer beyond that raises it by one again.
//
// Threads: one. Time is an argument.
#ifndef DNSWARM_UPSTREAM_TCP_HEALTH_H_
#define DNSWARM_UPSTREAM_TCP_HEALTH_H_

#include <algorithm>
#include <cstdint>

#include "base/clock.h"

namespace dnswarm {

class TcpHealth {
 public:
  static constexpr uint32_t depth_max = 128;

  bool resting(Instant now) const { return now < rest_until_; }
  // So far only for the shortest time, since it last answered: it may have been a moment's overload.
  bool resting_briefly(Instant now) const { return resting(now) && rest_ == rest_first; }
  // Queries that may be open on one connection, 1 to depth_max.
  uint32_t depth() const { return depth_; }

  void on_connect() { answers_ = 0; }
  void on_message() {
    silent_ = 0;
    rest_ = Duration(0);
    rest_until_ = Instant();
    if (++answers_ > depth_ && depth_ < depth_max) ++depth_;
  }
  // A query timed out. True where the connection should be given up: it rests from now on.
  bool on_silence(Instant now) {
    // What times out while it rests was sent before that.
    if (resting(now) || ++silent_ < silent_max) return false;
    silent_ = 0;
    rest_ = std::clamp<Duration>(rest_ * 2, rest_first, rest_longest);
    rest_until_ = now + rest_;
    return true;
  }
  // The connection is gone with `open` queries unanswered. True where it had answered others, so that
  // a new one will do so, too.
  bool on_lost(uint32_t open) {
    if (answers_ == 0) return false;
    if (open > 0) depth_ = std::min(depth_, answers_);
    return true;
  }

 private:
  static constexpr uint8_t silent_max = 8;
  static constexpr Duration rest_first = std::chrono::seconds(2);
  static constexpr Duration rest_longest = std::chrono::seconds(60);

  uint32_t answers_ = 0;  // on the present connection
  uint32_t depth_ = depth_max;
  uint8_t silent_ = 0;    // since the last message
  Duration rest_{0};
  Instant rest_until_{};
};

}  // namespace dnswarm

#endif  // DNSWARM_UPSTREAM_TCP_HEALTH_H_
