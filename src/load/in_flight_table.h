// The open queries of one flow (a UDP socket or a TCP connection), found by ID. Every query has a
// position, counted up from 0; the low 16 bits of it, scrambled, are its ID, and the lowest ones its
// place in the table. So an ID comes back after 65,536 positions at the earliest, two open queries
// never share one, and positions are in the order of sending, which is the order of expiry, since
// all queries have the same timeout. The table is at most half full, and doubles when it would be more: one
// larger than needed would be walked through all the same, and fall out of the processor's cache. An entry
// stays when its query has ended, until the place is needed: a late or second response meets it and is called
// by its name.
#ifndef DNSWARM_LOAD_IN_FLIGHT_TABLE_H_
#define DNSWARM_LOAD_IN_FLIGHT_TABLE_H_

#include <algorithm>
#include <bit>
#include <cstdint>
#include <vector>

#include "base/clock.h"
#include "base/random.h"

namespace dnswarm {

class InFlightTable {
 public:
  static constexpr unsigned in_flight_max = 32'768;  // half the IDs: a free place is found quickly

  enum class Match : uint8_t { answered, late, duplicate, unmatched };
  struct Found {
    Match match = Match::unmatched;
    Instant due;   // when the query was to be sent,
    Instant sent;  // and when it was: exact to 1 us, at most 134 s apart
  };

  // `open_max` queries at once, at most in_flight_max.
  InFlightTable(unsigned open_max, Random& random);

  bool has_room() const { return open_ < open_max_; }
  unsigned open() const { return open_; }  // failed ones included until they expire

  // Returns the ID. Needs room.
  uint16_t add(uint64_t question, Instant due, Instant sent) {
    if (2 * (open_ + 1) > entries_.size()) grow();
    while (is_waiting(at(next_))) ++next_;
    Entry& entry = at(next_);
    entry.due = due;
    entry.question = question;
    entry.position = next_;
    entry.late_us = late_us(sent - due) & late_us_max;
    entry.state = open_state;
    ++open_;
    return id_of(next_++);
  }
  // Takes the last add() back: nothing of it was sent.
  void undo_add() {
    at(--next_).state = free_state;
    --open_;
  }

  // A response with this ID and question came.
  Found take(uint16_t id, uint64_t question);
  // A response without a question came.
  Found take(uint16_t id);
  // The query did not leave. It keeps its room until it expires, so that a server that cannot be
  // reached is not asked faster than one that does not answer. False where it is not open.
  bool fail(uint16_t id);

  // Ends what was sent at `until` or before; calls lost() for each that was open.
  template <typename Lost>
  void expire(Instant until, Lost&& lost) {
    for (; oldest_ != next_; ++oldest_) {
      Entry& entry = at(oldest_);
      // Its place was taken when its position came, or it has been answered.
      if (entry.position != oldest_ || !is_waiting(entry)) continue;
      if (sent_at(entry) > until) return;
      if (entry.state == open_state) lost();
      entry.state = entry.state == open_state ? late_state : free_state;
      --open_;
    }
  }
  // Ends everything that is open and returns how many had left. What comes for them is unmatched.
  unsigned abandon();
  // When the oldest open query was sent, as of the last expire(); `never` where there is none.
  Instant oldest_sent() const { return oldest_ == next_ ? never : sent_at(at(oldest_)); }

 private:
  enum State : uint8_t { free_state, open_state, failed_state, answered_state, late_state };
  struct Entry {
    Instant due{};
    uint64_t question = 0;
    uint32_t position = 0;
    uint32_t late_us : 27 = 0;
    uint32_t state : 5 = free_state;
  };
  static_assert(sizeof(Entry) == 24);
  static constexpr uint32_t late_us_max = (1u << 27) - 1;

  static bool is_waiting(const Entry& entry) {
    return entry.state == open_state || entry.state == failed_state;
  }
  static uint32_t late_us(Duration late) {
    const int64_t us = std::chrono::duration_cast<std::chrono::microseconds>(late).count();
    return static_cast<uint32_t>(std::clamp<int64_t>(us, 0, late_us_max));
  }
  static Instant sent_at(const Entry& entry) { return entry.due + std::chrono::microseconds(entry.late_us); }

  void grow();
  Entry& at(uint32_t position) { return entries_[position & mask_]; }
  const Entry& at(uint32_t position) const { return entries_[position & mask_]; }
  // An odd factor, and then a key: both can be undone.
  uint16_t id_of(uint32_t position) const { return static_cast<uint16_t>((position * factor_) ^ key_); }
  const Entry* lookup(uint16_t id) const;
  Found take(Entry* entry, bool same_question);

  unsigned open_max_;
  unsigned open_ = 0;
  uint32_t mask_;
  uint32_t next_ = 0;
  uint32_t oldest_ = 0;  // no position before it is waiting
  uint32_t factor_, inverse_, key_;
  std::vector<Entry> entries_;
};

}  // namespace dnswarm

#endif  // DNSWARM_LOAD_IN_FLIGHT_TABLE_H_
