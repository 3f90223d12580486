#include "cache/cache_shard.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "base/check.h"
#include "dns/header.h"

namespace dnswarm {

struct CacheShard::Entry {
  uint32_t put_s;  // seconds of the monotonic clock
  uint32_t ttl_s;
  uint32_t hash;
  uint16_t message_octets;
  uint16_t type;
  uint16_t upstream;
  uint8_t kind;
  uint8_t qname_octets;
  uint8_t live;        // reachable through the table
  uint8_t referenced;  // asked for since it was written
  uint8_t skip;        // no entry: the rest of the ring was too short for the next one
  uint8_t reserved;

  const uint8_t* message() const { return reinterpret_cast<const uint8_t*>(this + 1); }
};

namespace {

constexpr size_t entry_header_octets = 24;
constexpr size_t octets_min = 4096;  // a smaller cache keeps nothing

uint32_t seconds(Instant at) {
  return static_cast<uint32_t>(
      std::chrono::duration_cast<std::chrono::seconds>(at.time_since_epoch()).count());
}

}  // namespace

size_t CacheShard::entry_octets(size_t message_octets) {
  return (entry_header_octets + message_octets + unit - 1) / unit * unit;
}

bool CacheShard::Equal::operator()(Slot slot, const CacheKey& key) const {
  if (slot.hash != key_hash(key)) return false;
  const Entry* e = shard->entry(size_t{slot.at} * unit);
  return e->type == static_cast<uint16_t>(key.type) && e->qname_octets == key.qname.size() &&
         std::memcmp(e->message() + header_octets, key.qname.data(), key.qname.size()) == 0;
}

// One sixth of the budget at most goes to the table: 9 octets a slot (8 and one control octet), a
// power of two of them. 75 % full at most: below 25/32 Abseil reclaims tombstones in place instead
// of doubling the table.
size_t CacheShard::slots_of(size_t octets_max) {
  return octets_max < octets_min ? 0 : std::bit_floor(octets_max / 6 / slot_octets);
}

CacheShard::CacheShard(size_t octets_max)
    : entries_max_(slots_of(octets_max) / 4 * 3), table_(0, Hash{}, Equal{this}), seen_(entries_max_) {
  static_assert(sizeof(Entry) == entry_header_octets);
  if (octets_max < octets_min) return;
  table_octets_ = slots_of(octets_max) * slot_octets + SeenFilter::octets_of(entries_max_);
  constexpr size_t addressable = size_t{UINT32_MAX} * unit;
  ring_octets_ = std::min((octets_max - table_octets_) / unit * unit, addressable);
  ring_ = make_pages(ring_octets_);
  // Abseil's table does not survive an allocation that fails: try the size first, where throwing is
  // safe.
  size_t octets = 2 * slots_of(octets_max) * slot_octets;
  release_huge(allocate_huge(octets), octets);
  table_.reserve(entries_max_);
  stats_.octets_max = octets_max;
}

std::optional<CacheValue> CacheShard::get(const CacheKey& key, Instant now) {
  if (ring_octets_ == 0) return std::nullopt;
  auto found = table_.find(key);
  if (found == table_.end()) {
    ++stats_.misses;
    return std::nullopt;
  }
  Entry* e = entry(size_t{found->at} * unit);
  uint32_t age_s = seconds(now) - e->put_s;
  if (age_s >= e->ttl_s) {
    ++stats_.misses;
    ++stats_.expired;
    e->live = 0;
    table_.erase(found);
    return std::nullopt;
  }
  ++stats_.hits;
  e->referenced = 1;
  return CacheValue{{e->message(), e->message_octets}, e->upstream, e->kind, age_s};
}

void CacheShard::put(const CacheKey& key, const CacheValue& value, uint32_t ttl_s, Instant now) {
  size_t octets = entry_octets(value.message.size());
  if (ttl_s == 0 || octets > ring_octets_ / 16 || value.message.size() > UINT16_MAX) return;
  CHECK(value.message.size() >= header_octets + key.qname.size() + 4);
  if (!admits(key, octets, now)) {
    ++stats_.declined;
    return;
  }
  make_room(octets, now);
  Entry header{};
  header.put_s = seconds(now);
  header.ttl_s = ttl_s;
  header.hash = key_hash(key);
  header.message_octets = static_cast<uint16_t>(value.message.size());
  header.type = static_cast<uint16_t>(key.type);
  header.upstream = value.upstream;
  header.kind = value.kind;
  header.qname_octets = static_cast<uint8_t>(key.qname.size());
  uint32_t at = write(header, value.message, octets);
  bool added = false;
  auto slot = table_.lazy_emplace(key, [&](const auto& construct) {
    construct(Slot{at, header.hash});
    added = true;
  });
  if (!added) {
    entry(size_t{slot->at} * unit)->live = 0;
    move_slot(*slot, at);
  }
  ++stats_.insertions;
}

// No entry there: the rest of the ring was too short for the one that came next.
bool CacheShard::ring_ends_at(size_t octet) const {
  return ring_octets_ - octet < entry_header_octets || entry(octet)->skip;
}

bool CacheShard::has_room(size_t octets) const {
  return ring_octets_ - used_ >= octets && table_.size() < entries_max_;
}

// What is there already is replaced in any case: the older answer must not outlive the newer one.
bool CacheShard::admits(const CacheKey& key, size_t octets, Instant now) {
  if (has_room(octets) || ring_ends_at(tail_)) return true;
  const Entry* oldest = entry(tail_);
  if (!oldest->live || seconds(now) - oldest->put_s >= oldest->ttl_s) return true;
  return seen_.test_and_set(key.hash) || table_.contains(key);
}

// Afterwards `octets` fit at head_ in one piece and the table has a free place. The number of second
// chances given for one insertion is bounded, so that no insertion walks the whole ring.
void CacheShard::make_room(size_t octets, Instant now) {
  second_chances_left_ = 8;
  // Each step may move head_ (a second chance is written there), so all is looked at anew.
  for (;;) {
    size_t free = ring_octets_ - used_;
    size_t to_end = ring_octets_ - head_;
    if (to_end < octets && free >= to_end) {
      if (to_end >= entry_header_octets) entry(head_)->skip = 1;
      used_ += to_end;
      head_ = 0;
    } else if (to_end >= octets && has_room(octets)) {
      return;
    } else {
      advance_tail(now);
    }
  }
}

// The oldest entries lie where nothing was for a long time, and so do their places in the table; but which
// they are is known in advance.
void CacheShard::prefetch_oldest() {
  size_t at = tail_;
  for (oldest_near_ = 0; oldest_near_ < 16; ++oldest_near_) {
    if (at - tail_ >= used_ || ring_ends_at(at)) return;
    const Entry* e = entry(at);
    table_.prefetch(Slot{0, e->hash});
    at += entry_octets(e->message_octets);
    if (at >= ring_octets_) return;
  }
  for (size_t ahead = at; ahead < std::min(at + (at - tail_), ring_octets_); ahead += 64) {
    __builtin_prefetch(ring_.get() + ahead);
  }
}

// Takes the oldest entry out of the ring.
void CacheShard::advance_tail(Instant now) {
  CHECK(used_ > 0);
  if (oldest_near_ > 0) --oldest_near_;
  else prefetch_oldest();
  if (ring_ends_at(tail_)) {
    used_ -= ring_octets_ - tail_;
    tail_ = 0;
    return;
  }
  Entry* e = entry(tail_);
  auto at = static_cast<uint32_t>(tail_ / unit);
  size_t octets = entry_octets(e->message_octets);
  tail_ = tail_ + octets == ring_octets_ ? 0 : tail_ + octets;
  used_ -= octets;
  if (!e->live) return;
  auto slot = table_.find(Slot{at, e->hash});
  CHECK(slot != table_.end());
  bool keep = e->referenced && second_chances_left_ > 0 && seconds(now) - e->put_s < e->ttl_s;
  // The second chance is given only where the entry fits in front of the end without skipping it
  // (else it would need room of its own to be made): the freed room is at least as large.
  if (keep && ring_octets_ - head_ >= octets) {
    --second_chances_left_;
    Entry header = *e;
    header.referenced = 0;
    // Source and target may overlap where the ring is full to the brim: write() moves.
    move_slot(*slot, write(header, {e->message(), e->message_octets}, octets));
    return;
  }
  table_.erase(slot);
  ++stats_.evictions;
}

// Writes an entry at the head and returns where, in units.
uint32_t CacheShard::write(const Entry& header, Octets message, size_t octets) {
  Entry* e = entry(head_);
  std::memmove(const_cast<uint8_t*>(e->message()), message.data(), message.size());
  *e = header;
  e->live = 1;
  e->skip = 0;
  auto at = static_cast<uint32_t>(head_ / unit);
  head_ = head_ + octets == ring_octets_ ? 0 : head_ + octets;
  used_ += octets;
  return at;
}

// The entry lies elsewhere now. A slot's place in the table depends on its hash alone.
void CacheShard::move_slot(const Slot& slot, uint32_t at) { const_cast<Slot&>(slot).at = at; }

CacheStats CacheShard::stats() const {
  CacheStats stats = stats_;
  stats.entries = table_.size();
  stats.octets = used_ + (ring_octets_ != 0 ? table_octets_ : 0);
  return stats;
}

}  // namespace dnswarm
