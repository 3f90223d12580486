// Responses that are held back, in order of their time.
#ifndef DNSWARM_SIM_DELAY_QUEUE_H_
#define DNSWARM_SIM_DELAY_QUEUE_H_

#include <cstdint>
#include <queue>
#include <vector>

#include "base/clock.h"
#include "base/octets.h"

namespace dnswarm::sim {

// `To` is whom a response goes to.
template <typename To>
class DelayQueue {
 public:
  // A second of 1,000,000 responses a second, at about 200 octets each.
  static constexpr size_t waiting_max = 1'000'000;

  // False where the queue is full.
  [[nodiscard]] bool add(Instant due, const To& to, Octets octets) {
    if (heap_.size() >= waiting_max) return false;
    uint32_t slot;
    if (free_.empty()) {
      slot = static_cast<uint32_t>(slots_.size());
      slots_.emplace_back();
    } else {
      slot = free_.back();
      free_.pop_back();
    }
    slots_[slot].to = to;
    slots_[slot].octets.assign(octets.begin(), octets.end());
    heap_.push({due, order_++, slot});
    return true;
  }

  // When the next one is due; `never` where none waits.
  Instant next_due() const { return heap_.empty() ? never : heap_.top().due; }

  // Calls send(to, octets) for each that is due.
  template <typename Send>
  void take_due(Instant now, Send send) {
    while (!heap_.empty() && heap_.top().due <= now) {
      const uint32_t slot = heap_.top().slot;
      heap_.pop();
      send(slots_[slot].to, Octets(slots_[slot].octets));
      free_.push_back(slot);
    }
  }

 private:
  struct Waiting {
    Instant due;
    uint64_t order;  // of equal times the first in leaves first
    uint32_t slot;
    bool operator<(const Waiting& other) const {
      return due != other.due ? due > other.due : order > other.order;
    }
  };
  struct Slot {
    To to{};
    std::vector<uint8_t> octets;
  };

  std::priority_queue<Waiting> heap_;
  std::vector<Slot> slots_;
  std::vector<uint32_t> free_;
  uint64_t order_ = 0;
};

}  // namespace dnswarm::sim

#endif  // DNSWARM_SIM_DELAY_QUEUE_H_
