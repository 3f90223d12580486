// Which upstream is asked next, in words.
//
// Stride scheduling: each query moves its upstream's virtual time on by a stride, and the one
// furthest behind is next. The stride is 1, plus 1 for every 50 ms of smoothed RTT (differences
// below that are noise), times 1 to 5 with the share of packets it loses. Equal upstreams get equal
// shares, to the query. Up to 16 upstreams all are compared; of longer lists three drawn at random,
// which keeps the shares within a few queries of each other; a retry goes to one that answered before.
//
// Probes go first: one that rested long enough gets one real query. Where all rest, the one whose rest
// ends first is tried every 250 ms.
#include <algorithm>

#include "upstream/upstream_pool.h"

namespace dnswarm {

namespace {

constexpr unsigned retry_samples = 24;
constexpr Duration token_race_pause = std::chrono::microseconds(100);
constexpr Duration search_pause = std::chrono::milliseconds(1);
constexpr Duration ripe_least = std::chrono::milliseconds(30);
constexpr Duration rtt_band = std::chrono::milliseconds(50);

bool contains(std::span<const UpstreamIndex> tried, size_t i) {
  return std::find(tried.begin(), tried.end(), static_cast<UpstreamIndex>(i)) != tried.end();
}

}  // namespace

// Where a rate was found that takes the place of the window: what was lost beyond the cap stays open until it
// times out, and would keep what the upstream bears from it for so long.
bool UpstreamPool::eligible(const Upstream& u, Instant now) const {
  if (u.resting || !u.finder.may_send(now)) return false;
  const bool paced = u.finder.held_back() != HeldBack::no;
  return paced ? u.window.within_limit(u.outstanding) : u.window.has_room(u.outstanding);
}

// Ripe is what is twice as old as a retry timer would allow, without its lower bound.
Duration UpstreamPool::ripe_after(const Upstream& u) const {
  if (!u.rtt.known()) return options_.timeout;
  const Duration longest = std::max<Duration>(options_.timeout, ripe_least);
  return std::clamp(2 * u.rtt.timeout(), Duration(ripe_least), longest);
}

double UpstreamPool::stride(const Upstream& u) const {
  return static_cast<double>(1 + u.rtt.smoothed / rtt_band) * (1.0 + 4.0 * static_cast<double>(u.lost));
}

bool UpstreamPool::take_tokens(UpstreamIndex index, unsigned packets, Instant now) {
  Instant real_now = now + stalled_;
  RateLimit* own = limits_.per_upstream.empty() ? nullptr : &limits_.per_upstream[index];
  if (own != nullptr && !own->take(real_now, packets)) return false;
  if (!limits_.total.take(real_now, packets)) {
    if (own != nullptr) own->give_back(packets);
    return false;
  }
  upstreams_[index].counters.queries += packets;
  if (limited()) taken_.push_back({real_now, index, static_cast<uint16_t>(packets)});
  return true;
}

void UpstreamPool::on_departed(size_t tokens, Instant real_now) {
  auto end = taken_.begin() + static_cast<std::ptrdiff_t>(tokens);
  for (auto taken = taken_.begin(); taken != end; ++taken) {
    limits_.total.depart(taken->at, real_now, taken->packets);
    if (limits_.per_upstream.empty()) continue;
    limits_.per_upstream[taken->upstream].depart(taken->at, real_now, taken->packets);
  }
  taken_.erase(taken_.begin(), end);
}

bool UpstreamPool::admit_tcp(UpstreamIndex index, unsigned packets, Instant now) {
  if (!take_tokens(index, packets, now)) return false;
  ++upstreams_[index].outstanding;
  return true;
}

bool UpstreamPool::start(UpstreamIndex index, bool first, Instant now) {
  if (!take_tokens(index, 1, now)) return false;
  Upstream& u = upstreams_[index];
  ++u.outstanding;
  u.window.on_sent(now);
  u.finder.on_sent(first, now);
  look(u, now);
  // One that was full or resting does not get back what it missed.
  double step = stride(u);
  turn_ = std::max(u.turn, turn_ - 32 * step);
  u.turn = turn_ + step;
  return true;
}

bool UpstreamPool::admit(UpstreamIndex index, bool first, Instant now) {
  return eligible(upstreams_[index], now) && start(index, first, now);
}

std::optional<UpstreamIndex> UpstreamPool::choose(Instant now, std::span<const UpstreamIndex> tried) {
  next_chance_ = next_paced_ = never;
  // Probes are made with names that were not asked for yet: one that failed before should not spend
  // its tries on upstreams that are probably dead.
  bool may_probe = tried.empty() || all_rest();
  if (may_probe) {
    if (auto probe = choose_probe(now)) return probe;
  }
  if (auto up = choose_up(now, tried)) return up;
  if (may_probe) next_chance_ = std::max(now, next_probe());
  if (all_rest()) return std::nullopt;
  next_chance_ = std::min(next_chance_, next_paced_);
  if (next_paced_ != never) last_paced_ = now;
  // Tokens are shared: another worker may have taken the one that was there a moment ago.
  const Instant tokens = tokens_at(now);
  if (limited() || tokens > now) {
    next_chance_ = std::min(next_chance_, std::max(tokens, now + token_race_pause));
  }
  return std::nullopt;
}

// When, to the best of what is known, there are tokens for one more query to those that are up.
Instant UpstreamPool::tokens_at(Instant now) const {
  Instant total = limits_.total.limited() ? limits_.total.next(now + stalled_) - stalled_ : now;
  return std::max(total, blocked_until_);
}

std::optional<UpstreamIndex> UpstreamPool::choose_up(Instant now,
                                                     std::span<const UpstreamIndex> tried) {
  if (all_rest() || tokens_at(now) > now) return std::nullopt;
  if (auto other = choose_among(now, tried, tried.empty())) return other;
  // Where no other one is up, the same one again is better than nothing.
  if (tried.empty() || any_other_up(tried)) return std::nullopt;
  return choose_among(now, {}, false);
}

// The one furthest behind among those that have room and are not in `tried`.
std::optional<UpstreamIndex> UpstreamPool::choose_among(Instant now,
                                                        std::span<const UpstreamIndex> tried, bool first) {
  auto n = static_cast<uint32_t>(upstreams_.size());
  auto usable = [&](uint32_t i) {
    const Upstream& u = upstreams_[i];
    if (!u.resting && !u.finder.may_send(now)) next_paced_ = std::min(next_paced_, u.finder.send_at());
    return eligible(upstreams_[i], now) && !contains(tried, i) &&
           (limits_.per_upstream.empty() || limits_.per_upstream[i].next(now + stalled_) <= now + stalled_);
  };
  uint32_t best = n;
  auto consider = [&](uint32_t i) {
    if (usable(i) && (best == n || upstreams_[i].turn < upstreams_[best].turn)) best = i;
  };
  if (candidates_.empty()) {
    // Starting at a moving place, so that equals take turns.
    scan_at_ = (scan_at_ + 1) % n;
    for (uint32_t k = 0; k < n; ++k) consider((scan_at_ + k) % n);
  } else {
    // A retry has few tries left: it prefers those that answered before.
    if (tried.empty()) {
      for (UpstreamIndex candidate : candidates_) consider(candidate);
      draw_candidates();
    }
    for (unsigned k = 0; !tried.empty() && best == n && k < retry_samples; ++k) {
      uint32_t i = random_.below(n);
      if (upstreams_[i].last_answer != Instant()) consider(i);
    }
    for (uint32_t k = 0; best == n && k < n; ++k) {
      consider(scan_at_);
      scan_at_ = (scan_at_ + 1) % n;
    }
  }
  if (best == n) {
    // Somebody's next token comes soon; searching a long list for it costs more than waiting.
    const bool paced = next_paced_ != never && n > compare_all_max;
    if (tried.empty() && (paced || !limits_.per_upstream.empty())) blocked_until_ = now + search_pause;
    return std::nullopt;
  }
  auto index = static_cast<UpstreamIndex>(best);
  return start(index, first, now) ? std::optional(index) : std::nullopt;
}

// A query ahead, so that what is known of them is near when they are compared.
void UpstreamPool::draw_candidates() {
  for (UpstreamIndex& candidate : candidates_) {
    candidate = static_cast<UpstreamIndex>(random_.below(static_cast<uint32_t>(upstreams_.size())));
    prefetch(candidate);
  }
}

bool UpstreamPool::any_other_up(std::span<const UpstreamIndex> tried) const {
  if (upstreams_.size() - resting_ > tried.size()) return true;
  for (size_t i = 0; i < upstreams_.size(); ++i) {
    if (!upstreams_[i].resting && !contains(tried, i)) return true;
  }
  return false;
}

Instant UpstreamPool::next_probe() const {
  if (probes_.empty()) return never;
  Instant first = probes_.begin()->first;
  return all_rest() ? std::min(first, next_trickle_) : first;
}

// A probe for one whose rest is over; or, where all rest, the trickle.
std::optional<UpstreamIndex> UpstreamPool::choose_probe(Instant now) {
  if (now < next_probe()) return std::nullopt;
  UpstreamIndex index = probes_.begin()->second;
  if (!start(index, false, now)) {
    rest_until(index, now + search_pause);  // no token; others may have one
    next_trickle_ = std::max(next_trickle_, now + search_pause);
    return std::nullopt;
  }
  probes_.erase(probes_.begin());
  upstreams_[index].probing = true;
  next_trickle_ = now + trickle_pause;
  return index;
}

}  // namespace dnswarm
