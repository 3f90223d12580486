// Time that passes from one happening to the next: a simulation of hours takes as long as what happens in
// them. What is due at the same time happens in the order in which it was said.
//
// Threads: one.
#ifndef DNSWARM_SIM_VIRTUAL_TIME_H_
#define DNSWARM_SIM_VIRTUAL_TIME_H_

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

#include "base/clock.h"

namespace dnswarm::sim {

class VirtualTime {
 public:
  using Action = std::function<void()>;

  // Not the clock's own beginning: engines may subtract from a time.
  static constexpr Instant start{std::chrono::seconds(1000)};

  Instant now() const { return now_; }
  Duration passed() const { return now_ - start; }

  // A time that has gone by counts as now.
  void at(Instant when, Action action) {
    heap_.push_back({std::max(when, now_), next_++, std::move(action)});
    std::push_heap(heap_.begin(), heap_.end());
  }
  void after(Duration delay, Action action) { at(now_ + delay, std::move(action)); }

  // Lets time pass until nothing is left to happen.
  void run() {
    while (!heap_.empty()) {
      std::pop_heap(heap_.begin(), heap_.end());
      const Happening next = std::move(heap_.back());
      heap_.pop_back();
      now_ = next.when;
      next.action();
    }
  }

 private:
  struct Happening {
    Instant when;
    uint64_t order;
    Action action;
    bool operator<(const Happening& other) const {  // the earliest on top of a heap
      return std::pair(when, order) > std::pair(other.when, other.order);
    }
  };

  Instant now_ = start;
  uint64_t next_ = 0;
  std::vector<Happening> heap_;
};

}  // namespace dnswarm::sim

#endif  // DNSWARM_SIM_VIRTUAL_TIME_H_
