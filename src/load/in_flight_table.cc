#include "load/in_flight_table.h"

#include "base/check.h"

namespace dnswarm {
namespace {

constexpr uint32_t entries_at_first = 64;

// Newton's iteration: each round doubles the number of low bits that are right, from 3 on.
uint32_t inverse_of(uint32_t odd) {
  uint32_t inverse = odd;
  for (int bits = 3; bits < 16; bits *= 2) inverse *= 2 - odd * inverse;
  return inverse;
}

}  // namespace

InFlightTable::InFlightTable(unsigned open_max, Random& random)
    : open_max_(open_max),
      mask_(entries_at_first - 1),
      factor_(random.u16() | 1u),
      inverse_(inverse_of(factor_)),
      key_(random.u16()),
      entries_(entries_at_first) {
  CHECK(open_max > 0 && open_max <= in_flight_max);
}

// No two entries meet: what differs in fewer low bits of the position differs in more.
void InFlightTable::grow() {
  std::vector<Entry> before(entries_.size() * 2);
  before.swap(entries_);
  mask_ = static_cast<uint32_t>(entries_.size() - 1);
  for (const Entry& entry : before) {
    if (entry.state != free_state) at(entry.position) = entry;
  }
}

const InFlightTable::Entry* InFlightTable::lookup(uint16_t id) const {
  const uint32_t position = ((id ^ key_) * inverse_) & 0xffff;
  const Entry& entry = at(position);
  if (entry.state == free_state || (entry.position & 0xffff) != position) return nullptr;
  return &entry;
}

InFlightTable::Found InFlightTable::take(uint16_t id, uint64_t question) {
  auto* entry = const_cast<Entry*>(lookup(id));
  return take(entry, entry != nullptr && entry->question == question);
}

InFlightTable::Found InFlightTable::take(uint16_t id) { return take(const_cast<Entry*>(lookup(id)), true); }

InFlightTable::Found InFlightTable::take(Entry* entry, bool same_question) {
  if (entry == nullptr || !same_question) return {};
  Found found{Match::unmatched, entry->due, sent_at(*entry)};
  switch (entry->state) {
    case open_state:
      entry->state = answered_state;
      --open_;
      found.match = Match::answered;
      break;
    case answered_state: found.match = Match::duplicate; break;
    case late_state: found.match = Match::late; break;
    default: break;
  }
  return found;
}

bool InFlightTable::fail(uint16_t id) {
  auto* entry = const_cast<Entry*>(lookup(id));
  if (entry == nullptr || entry->state != open_state) return false;
  entry->state = failed_state;
  return true;
}

unsigned InFlightTable::abandon() {
  unsigned had_left = 0;
  for (Entry& entry : entries_) {
    had_left += entry.state == open_state;
    if (is_waiting(entry)) entry.state = free_state;
  }
  open_ = 0;
  oldest_ = next_;
  return had_left;
}

}  // namespace dnswarm
