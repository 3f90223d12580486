// What happened second by second, over all workers. Each worker hands over every second once, in order;
// a second's latencies are kept until the last worker has, and then only their percentiles.
//
// Threads: publish() from any worker, the rest from any thread.
#ifndef DNSWARM_LOAD_SERIES_H_
#define DNSWARM_LOAD_SERIES_H_

#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "load/latency_recorder.h"

namespace dnswarm {

// One worker's part of a second.
struct SecondCounts {
  uint64_t sent = 0, answered = 0, lost = 0;
};

class Series {
 public:
  explicit Series(unsigned workers) : next_(workers) {}

  void publish(unsigned worker, const SecondCounts& counts, const LatencyRecorder& latency);
  std::optional<LoadSecond> last() const;  // the last that all workers have handed over
  // At the end, when not all workers were at work to the same second.
  std::vector<LoadSecond> take();

 private:
  struct Open {
    SecondCounts counts;
    LatencyRecorder latency;
    unsigned missing = 0;  // workers
  };

  void close_first();

  mutable std::mutex mutex_;
  std::vector<uint32_t> next_;    // by worker: the second it hands over next
  std::deque<std::unique_ptr<Open>> open_;  // those behind seconds_
  std::vector<LoadSecond> seconds_;
};

}  // namespace dnswarm

#endif  // DNSWARM_LOAD_SERIES_H_
