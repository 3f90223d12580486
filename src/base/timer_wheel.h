// Deadlines for many small objects that are usually cancelled: O(1) arm and cancel, advance() visits
// what is due. One level of slots of one tick each; a deadline further away than the wheel reaches
// stays in its slot for another round. Objects are named by index and hold their own hooks, so the
// wheel never allocates.
#ifndef DNSWARM_BASE_TIMER_WHEEL_H_
#define DNSWARM_BASE_TIMER_WHEEL_H_

#include <array>
#include <cstdint>
#include <vector>

#include "base/clock.h"

namespace dnswarm {

struct TimerHook {
  static constexpr uint32_t none = UINT32_MAX;
  uint32_t next = none;
  uint32_t previous = none;
  uint64_t tick = 0;  // 0: not armed
};

// `Hooks` maps an index to its TimerHook&: `TimerHook& operator()(uint32_t) const`.
template <typename Hooks>
class TimerWheel {
 public:
  // 4 ms: retry timers are 50 ms and more. 4,096 slots reach 16 s, past the default deadline.
  static constexpr Duration tick_length = std::chrono::milliseconds(4);
  static constexpr uint64_t slots = 4096;

  TimerWheel(Hooks hooks, Instant start) : hooks_(hooks), start_(start) {
    heads_.fill(TimerHook::none);
  }

  bool armed(uint32_t index) const { return hooks_(index).tick != 0; }
  // Armed, and due at or before the tick that arm(index, when) would choose.
  bool fires_by(uint32_t index, Instant when) const {
    uint64_t tick = hooks_(index).tick;
    return tick != 0 && tick <= tick_of(when);
  }
  size_t size() const { return size_; }

  // Arms or re-arms. Fires at the first tick that ends at or after `when`, never before `when`.
  void arm(uint32_t index, Instant when) {
    cancel(index);
    TimerHook& hook = hooks_(index);
    hook.tick = tick_of(when);
    uint32_t& head = heads_[hook.tick % slots];
    hook.previous = TimerHook::none;
    hook.next = head;
    if (head != TimerHook::none) hooks_(head).previous = index;
    head = index;
    ++size_;
    if (hook.tick < soonest_tick_) soonest_tick_ = hook.tick;
  }

  void cancel(uint32_t index) {
    TimerHook& hook = hooks_(index);
    if (hook.tick == 0) return;
    if (hook.previous != TimerHook::none) {
      hooks_(hook.previous).next = hook.next;
    } else {
      heads_[hook.tick % slots] = hook.next;
    }
    if (hook.next != TimerHook::none) hooks_(hook.next).previous = hook.previous;
    hook.tick = 0;
    --size_;
  }

  // Calls fire(index) for everything due at `now`, each disarmed before its call. `fire` may arm
  // anything. One that it cancels may still be fired if it was due in the same tick: who cancels
  // others must be able to tell.
  template <typename Fire>
  void advance(Instant now, Fire&& fire) {
    if (now < start_) return;
    uint64_t target = static_cast<uint64_t>((now - start_) / tick_length);
    if (target <= now_tick_) return;
    if (size_ == 0 || target < soonest_tick_) {
      now_tick_ = target;
      return;
    }
    // After a long pause one round visits every slot once.
    uint64_t from = now_tick_ + 1 + slots < target ? target - slots + 1 : now_tick_ + 1;
    now_tick_ = target;
    for (uint64_t t = from; t <= target; ++t) fire_slot(t % slots, target, fire);
    soonest_tick_ = size_ == 0 ? never_tick : target + 1;  // a lower bound
  }

  // A lower bound of the next deadline, at most one round away; `never` where nothing is armed.
  // Exact enough to sleep by: waking early costs one empty advance().
  Instant next_due() {
    if (size_ == 0) return never;
    uint64_t t = soonest_tick_ > now_tick_ ? soonest_tick_ : now_tick_ + 1;
    uint64_t limit = now_tick_ + slots;
    while (t < limit && heads_[t % slots] == TimerHook::none) ++t;
    soonest_tick_ = t;
    return start_ + tick_length * static_cast<int64_t>(t);
  }

 private:
  static constexpr uint64_t never_tick = UINT64_MAX;

  uint64_t tick_of(Instant when) const {
    Duration rounded = when - start_ + tick_length - Duration(1);
    uint64_t tick = when <= start_ ? 1 : static_cast<uint64_t>(rounded / tick_length);
    return tick > now_tick_ ? tick : now_tick_ + 1;
  }

  template <typename Fire>
  void fire_slot(uint64_t slot, uint64_t target, Fire&& fire) {
    // Take the due ones off first: `fire` may arm into this very slot for a later round.
    due_.clear();
    for (uint32_t index = heads_[slot]; index != TimerHook::none;) {
      uint32_t next = hooks_(index).next;
      if (hooks_(index).tick <= target) {
        cancel(index);
        due_.push_back(index);
      }
      index = next;
    }
    for (uint32_t index : due_) fire(index);
  }

  Hooks hooks_;
  Instant start_;
  uint64_t now_tick_ = 0;
  uint64_t soonest_tick_ = never_tick;
  size_t size_ = 0;
  std::vector<uint32_t> due_;
  std::array<uint32_t, slots> heads_;
};

}  // namespace dnswarm

#endif  // DNSWARM_BASE_TIMER_WHEEL_H_
