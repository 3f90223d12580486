// How many queries may be open at one upstream. The policy stands in words at the top of
// send_window.cc.
//
// Threads: one. Time is an argument; it never goes back.
#ifndef DNSWARM_UPSTREAM_SEND_WINDOW_H_
#define DNSWARM_UPSTREAM_SEND_WINDOW_H_

#include <array>
#include <cstdint>
#include <memory>

#include "base/clock.h"

namespace dnswarm {

class SendWindow {
 public:
  // `limit`: the window's upper end, in queries, at least 1.
  explicit SendWindow(unsigned limit);

  bool has_room(uint32_t open) const { return static_cast<float>(open) < queries_; }
  // The same, where something else bounds what is sent.
  bool within_limit(uint32_t open) const { return static_cast<float>(open) < limit_; }
  void on_sent(Instant now);
  void on_answer(Instant now);
  // Nothing came, in the time it was given, for a query that was sent at `sent_at`.
  void on_silence(Instant sent_at, Instant now);
  // Such a query was lost for certain: its name was answered on a later attempt.
  void on_loss(Instant sent_at, Instant now);
  // Whether the upstream's queue was overrun within the last 10 s, for certain.
  bool overrun_lately(Instant now) const { return history_ && now <= history_->cautious_until; }
  // The upstream is back after a rest: what was learnt about its speed may be wrong.
  void restart();

 private:
  // What was sent in one stretch of time, how much of it got nothing, and how much of that was lost
  // for certain.
  struct Epoch {
    uint32_t number = 0;
    uint16_t sent = 0;
    uint16_t silent = 0;
    uint16_t lost = 0;
  };

  // What is known of an upstream that is sent enough for lumps to be seen. In a long list most are not, and
  // do without this memory.
  struct History {
    float safe_queries = 0;  // where overrun lately: up to here the window grows at full speed
    Instant cautious_until{};
    Instant held_since{};    // a lump of queries got nothing: the window is not changed
    Instant held_until{};
    std::array<Epoch, 64> crowded{};  // of the last 4 s, those that were sent enough
  };

  void begin_epoch(uint32_t number);
  Epoch* epoch_of(Instant at, Instant now);
  History& remembered();

  float limit_;
  float queries_ = 0;
  Epoch epoch_;  // the latest
  std::unique_ptr<History> history_;
};

}  // namespace dnswarm

#endif  // DNSWARM_UPSTREAM_SEND_WINDOW_H_
