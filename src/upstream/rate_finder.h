// The rate one upstream bears, found from what it answers. The policy stands in words at the top of
// rate_finder.cc.
//
// Threads: one. Time is an argument; it never goes back.
#ifndef DNSWARM_UPSTREAM_RATE_FINDER_H_
#define DNSWARM_UPSTREAM_RATE_FINDER_H_

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <string_view>

#include "base/clock.h"

namespace dnswarm {

// Why an upstream gets no more than it does.
enum class HeldBack : uint8_t {
  no,
  capped,       // beyond the rate that was found it answers too little
  local_drops,  // the same, and some of the answers were dropped at our own sockets: less helps, too
  blocked,      // it answers nothing at all at present: a few queries find out when that ends
};

std::string_view to_text(HeldBack reason);  // "capped"

class RateFinder {
 public:
  // Whether a query may go now; else when.
  bool may_send(Instant now) const { return !track_ || now >= track_->send_at; }
  Instant send_at() const { return track_ ? track_->send_at : Instant(); }

  // What is told of each query. `first`: nobody was asked for the name before; names that failed before are
  // no evidence.
  void on_sent(bool first, Instant now) {
    if (track_ || sent_much(now)) note_sent(first, now);
  }
  // A definitive answer to what was sent at `sent_at`.
  void on_answer(Instant sent_at, bool first, Instant now) {
    if (track_) note_answer(sent_at, first, now);
  }
  // A response to a first query that may mean "too much": REFUSED, SERVFAIL, TC with nothing in it. `domain`:
  // a hash of the name's registrable domain, of which it takes several to mean that.
  void on_throttle(Instant sent_at, uint64_t domain, Instant now);
  // Whether on_throttle() will look at the domain: it takes a search of the public suffix list to find.
  bool wants_domain(Instant sent_at) const { return track_ && sent_at > track_->last_good_sent; }
  // Such a query was for a name that no upstream has an answer to: it is the name's fault.
  void excuse(Instant sent_at);

  // Such a query, or another, is not waited for any more, though nothing is wrong with it.
  void take_back(Instant sent_at, bool first) {
    Epoch* epoch = track_ ? find_epoch(epoch_number(sent_at)) : nullptr;
    if (epoch == nullptr) return;
    epoch->sent -= epoch->sent > 0;
    epoch->firsts -= first && epoch->firsts > 0;
  }

  // Whether it is time to look at what came of it all, which is to be done then, after a query was sent or
  // given up. `ripe`: of what was sent longer ago nearly all that will be answered has been, and was told.
  // `local_drops`: when responses were last found to be dropped at our own sockets.
  bool is_due(Instant now) const { return track_ && epoch_number(now) != track_->looked_at; }
  void look(Duration ripe, Instant local_drops, Instant now);
  // It was away: what was learnt may be wrong.
  void restart() { track_.reset(), sent_ = 0; }

  // Queries a second; 0 where no bound was found.
  double rate() const { return track_ ? track_->rate : 0; }
  HeldBack held_back() const { return track_ ? track_->held_back : HeldBack::no; }
  // Whether its throttles are known to be about the rate: names are asked for again at no cost to them.
  bool throttles_now() const {
    return track_ && (track_->held_back == HeldBack::blocked || track_->confirmed);
  }
  // Whether it throttles so many more names than it usually leaves without an answer that it may be getting
  // too much at this moment; soon it is known.
  bool throttles_unusually() const {
    return track_ && track_->throttled > std::max(many_throttles, 2 * track_->usual_unanswered);
  }
  // Whether it was sent more than it bears within the last 10 s: what got no answer then is more likely to be
  // our fault than the name's.
  bool overrun_lately(Instant now) const { return track_ && now < track_->overrun_until; }

 private:
  static constexpr unsigned epoch_bits = 24;  // of nanoseconds: 17 ms
  static constexpr size_t epochs = 128;       // 2.1 s
  // Of an upstream that gets no more in a second nothing is kept: in long lists most are such.
  static constexpr uint32_t unwatched_a_second = 64;
  static constexpr double usual_first = 0.15;
  static constexpr double many_throttles = 0.3;  // of recent responses to firsts

  // What was sent in one stretch of time, and what came of it, whenever; and what answers came in it.
  struct Epoch {
    uint32_t number = 0;
    uint32_t sent = 0;
    uint32_t answered = 0;
    uint32_t firsts = 0;           // of those sent
    uint32_t firsts_answered = 0;  // of those answered
    uint32_t throttled = 0;        // of the firsts
    uint32_t excused = 0;          // of these
    uint32_t arrived = 0;
  };
  // The sum of some of them.
  struct Sample {
    Epoch sum;
    double seconds = 0;
    bool local_drops = false;  // took some of the answers
    // Of all queries what was not answered; of the firsts; of the firsts what was not excused either.
    double lost() const { return share_without(sum.answered, sum.sent); }
    double unanswered() const { return share_without(sum.firsts_answered, sum.firsts); }
    double bad() const { return share_without(sum.firsts_answered + sum.excused, sum.firsts); }
    static double share_without(uint32_t part, uint32_t all) {
      return part >= all ? 0 : 1.0 - static_cast<double>(part) / all;
    }
  };
  // A cap was found, but half is lost even so: for the rest of that second it gets less, once.
  enum class Pause : uint8_t { none, on, over };
  struct Track {
    HeldBack held_back = HeldBack::no;
    bool confirmed = false;  // the cap: at a lower rate more was answered
    Pause pause = Pause::none;
    double rate = 0;
    Instant send_at{};  // the next query, at that rate
    Instant began{};
    Instant held_back_at{};  // when that began, or too little was answered last
    Instant overrun_until{};
    double ceiling = 0;     // the rate that was borne then
    double growth = 0;      // of the rate with each good sample, once the ceiling is reached
    double tried_rate = 0;  // at which too little was answered, and
    double tried_lost = 0;  // how much was not; 0: that was settled since
    double usual_bad = usual_first;
    double usual_unanswered = usual_first;
    double throttled = 0;        // the share of throttles among recent responses to firsts, and
    double usual_throttled = 0;  // what it was before those that came since the last good answer
    Instant last_answer{};
    Instant last_good_sent{};  // of what was answered, the latest sent
    uint32_t throttles = 0;    // to firsts sent after that
    uint64_t throttled_domains = 0;
    uint32_t judged = 0;     // the epoch up to which samples were taken
    uint32_t looked_at = 0;  // the epoch in which samples were last looked for
    std::array<Epoch, epochs> ring{};
  };

  static uint32_t epoch_number(Instant at) {
    return static_cast<uint32_t>(at.time_since_epoch().count() >> epoch_bits);
  }
  static Instant begin_of(uint32_t number) {
    return Instant(Duration(static_cast<int64_t>(number) << epoch_bits));
  }
  bool sent_much(Instant now) {
    const auto second = static_cast<uint32_t>(now.time_since_epoch().count() >> 30);
    if (second != second_) second_ = second, sent_ = 0;
    return ++sent_ > unwatched_a_second;
  }
  void begin_track(Instant now);
  void note_sent(bool first, Instant now);
  void note_answer(Instant sent_at, bool first, Instant now);
  void note_good_among_throttles(Instant sent_at, bool first);
  Epoch& epoch_at(uint32_t number) {
    Epoch& epoch = track_->ring[number % epochs];
    if (epoch.number != number) epoch = {number};
    return epoch;
  }
  Epoch* find_epoch(uint32_t number) {
    Epoch& epoch = track_->ring[number % epochs];
    return epoch.number == number ? &epoch : nullptr;
  }
  Sample sample(uint32_t first, uint32_t end);
  double answered_before(Instant end);
  bool is_silent(uint32_t ripe_end, Instant local_drops);
  bool is_settled(Instant now) const;
  void judge(const Sample& sample, Instant now);
  bool is_telling(const Sample& sample) const;
  bool lacks_firsts(const Sample& sample) const;
  bool is_usual(const Sample& sample) const;
  void note_usual(const Sample& sample, Instant now);
  void grow(const Sample& sample, Instant now);
  void hold_back(HeldBack reason, const Sample& tried, double lost, Instant now);
  void cap(double borne, const Sample& sample, Instant now);
  void block(Instant now);
  void unblock(Instant now);
  void acquit(double usual, Instant now);
  uint32_t block_min() const;
  void pace(double rate, Instant now);

  uint32_t second_ = 0;
  uint32_t sent_ = 0;  // in that second
  std::unique_ptr<Track> track_;
};

inline void RateFinder::note_answer(Instant sent_at, bool first, Instant now) {
  Track& t = *track_;
  if (t.held_back == HeldBack::blocked && sent_at >= t.held_back_at) unblock(now);
  ++epoch_at(epoch_number(now)).arrived;
  if (Epoch* epoch = find_epoch(epoch_number(sent_at))) {
    ++epoch->answered;
    epoch->firsts_answered += first;
  }
  t.last_answer = now;
  if (t.throttled > 0 || t.throttles > 0) return note_good_among_throttles(sent_at, first);
  t.last_good_sent = std::max(t.last_good_sent, sent_at);
}

}  // namespace dnswarm

#endif  // DNSWARM_UPSTREAM_RATE_FINDER_H_
