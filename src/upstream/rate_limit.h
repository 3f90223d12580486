// Packet-accurate rate limits: in any window of one second at most rate + max(1, 1 %) packets leave,
// over all workers (invariant 2); below one packet a second, the two of a TCP connect and its query.
//
// The limiter keeps one number: the time at which the next packet is due if packets came evenly
// (the virtual scheduling of GCRA, ITU-T I.371). A packet may be up to a small burst early. Tokens
// are taken for packets that leave in the same turn and never hoarded, so nothing bursts later. The
// burst is 0.5 % of a second's packets and at least one: the other half of the tolerance is for the
// time between taking a token and the packet's departure. A thread may be interrupted for longer than
// that in between; its packets then leave among others that were not counted on, and are paid for again.
//
// Threads: any; one compare-and-swap per take.
#ifndef DNSWARM_UPSTREAM_RATE_LIMIT_H_
#define DNSWARM_UPSTREAM_RATE_LIMIT_H_

#include <atomic>
#include <cstdint>

#include "base/clock.h"

namespace dnswarm {

class RateLimit {
 public:
  RateLimit() = default;                   // unlimited
  explicit RateLimit(double per_second) { set(per_second); }
  void set(double per_second);  // before first use; 0: unlimited
  RateLimit(const RateLimit& other) : interval_ns_(other.interval_ns_), burst_ns_(other.burst_ns_) {}
  RateLimit& operator=(const RateLimit&) = delete;

  bool limited() const { return interval_ns_ != 0; }
  // Takes the tokens of packets that leave together, or says no. More than one may go into debt:
  // the next take() waits accordingly longer.
  bool take(Instant now, unsigned packets = 1);
  // When take() may succeed next.
  Instant next(Instant now) const;
  // Packets whose tokens were taken at `taken` have left by `left`.
  void depart(Instant taken, Instant left, unsigned packets);
  // Gives tokens back that were taken for packets that did not leave.
  void give_back(unsigned packets = 1);

 private:
  int64_t interval_ns_ = 0;  // between packets at the rate
  int64_t burst_ns_ = 0;
  std::atomic<int64_t> due_ns_{INT64_MIN};
};

}  // namespace dnswarm

#endif  // DNSWARM_UPSTREAM_RATE_LIMIT_H_
