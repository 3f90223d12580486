// Whether one upstream keeps a habit that shows its responses to be its own: to send the letters of the
// question back in the case they came in, or to send our cookie back.
//
// It has the habit until TCP said several times the same as responses over UDP that lacked it, and none came
// that showed it meanwhile: a forger may tell the truth to be believed later.
//
// Threads: one.
#ifndef DNSWARM_UPSTREAM_HABIT_H_
#define DNSWARM_UPSTREAM_HABIT_H_

#include <cstdint>

namespace dnswarm {

class Habit {
 public:
  static constexpr uint8_t confirmations_needed = 3;

  bool kept() const { return confirmed_ < confirmations_needed; }
  // A response over UDP had it.
  void on_shown() {
    if (kept()) confirmed_ = 0;
  }
  // TCP gave the answer that had come over UDP without the habit.
  void on_confirmed() { confirmed_ = static_cast<uint8_t>(confirmed_ + kept()); }
  void give_up() { confirmed_ = confirmations_needed; }

 private:
  uint8_t confirmed_ = 0;
};

}  // namespace dnswarm

#endif  // DNSWARM_UPSTREAM_HABIT_H_
