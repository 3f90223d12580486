// Which upstream to ask, in words.
//
// Recursive upstreams are bimodal: a cache hit takes milliseconds, a miss 0.3 to 3 seconds. So RTT
// decides gently, and slowness is no failure.
//
// Choice. Stride scheduling: each query moves its upstream's virtual time on by a stride, and the one
// furthest behind is next. The stride is 1, plus 1 for every 50 ms of smoothed RTT (differences
// below that are noise), times 1 to 5 with the share of packets it loses. Equal upstreams get equal
// shares, to the query. Up to 16 upstreams all are compared; of longer lists three drawn at random,
// which keeps the shares within a few queries of each other; a retry goes to one that answered before.
//
// Window. At most so many queries are open at an upstream as it has shown to bear: send_window.cc.
//
// Failure. A timeout, SERVFAIL or REFUSED may be the name's fault. It is charged to the upstream only
// when another upstream then answers that very name; or when nothing at all came back for 24 names
// in a row that were asked for the first time, over at least 16 different domains, which no set of
// broken names explains. (Names that failed before are no evidence: at the end of a run only they are
// left.) Either way it counts only if the upstream answered nothing else since that query was sent:
// who answers some is alive, and merely loses packets.
//
// Rest. An upstream that is charged for more than 9 of 10 recent outcomes (an exponential mean over
// about 8) rests for 1 s; then one real query probes it. An answer brings it back, a failure doubles
// the rest up to 60 s. A port that its host says is closed (ICMP) counts as a charge per message.
// If all rest, the one whose rest ends first is tried every 250 ms: a dead line costs a trickle,
// and its return is noticed.
//
// NXDOMAIN is an answer.
#include "upstream/upstream_pool.h"

#include <algorithm>
#include <bit>

#include "base/check.h"

namespace dnswarm {

namespace {

constexpr size_t compare_all_max = 16;
constexpr unsigned samples = 3;
constexpr unsigned retry_samples = 24;
constexpr float outcome_gain = 1.0f / 8;
constexpr float loss_gain = 1.0f / 64;
constexpr float rest_share = 0.9f;
constexpr uint32_t silent_names_max = 24;
constexpr int silent_domains = 16;
constexpr Duration rest_first = std::chrono::seconds(1);
constexpr Duration rest_longest = std::chrono::seconds(60);
constexpr Duration token_race_pause = std::chrono::microseconds(100);
constexpr Duration search_pause = std::chrono::milliseconds(1);
constexpr Duration trickle_pause = std::chrono::milliseconds(250);
constexpr Duration rtt_band = std::chrono::milliseconds(50);
constexpr Duration retry_longest = std::chrono::seconds(10);

void move_towards(float& mean, float value, float gain) { mean += (value - mean) * gain; }

}  // namespace

UpstreamPool::UpstreamPool(const PoolOptions& options, SharedLimits& limits, Random& random)
    : options_(options),
      limits_(limits),
      random_(random),
      upstreams_(options.upstreams, Upstream(options.in_flight_per_upstream)) {
  CHECK(options.upstreams <= upstreams_max);
  // Workers begin at different places of the list, so that they do not march in step.
  if (!upstreams_.empty()) scan_at_ = random_.below(static_cast<uint32_t>(upstreams_.size()));
}

bool UpstreamPool::eligible(const Upstream& u) const {
  return !u.resting && u.window.has_room(u.outstanding);
}

double UpstreamPool::stride(const Upstream& u) const {
  return static_cast<double>(1 + u.srtt / rtt_band) * (1.0 + 4.0 * static_cast<double>(u.lost));
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
  return true;
}

bool UpstreamPool::admit_tcp(UpstreamIndex index, unsigned packets, Instant now) {
  if (!take_tokens(index, packets, now)) return false;
  ++upstreams_[index].outstanding;
  return true;
}

bool UpstreamPool::start(UpstreamIndex index, Instant now) {
  if (!take_tokens(index, 1, now)) return false;
  Upstream& u = upstreams_[index];
  ++u.outstanding;
  u.window.on_sent(now);
  // One that was full or resting does not get back what it missed.
  double step = stride(u);
  turn_ = std::max(u.turn, turn_ - 32 * step);
  u.turn = turn_ + step;
  return true;
}

bool UpstreamPool::admit(UpstreamIndex index, Instant now) {
  return eligible(upstreams_[index]) && start(index, now);
}

std::optional<UpstreamIndex> UpstreamPool::choose(Instant now, std::span<const UpstreamIndex> tried) {
  next_chance_ = never;
  // Probes are made with names that were not asked for yet: one that failed before should not spend
  // its tries on upstreams that are probably dead.
  bool may_probe = tried.empty() || all_rest();
  if (may_probe) {
    if (auto probe = choose_probe(now)) return probe;
  }
  if (auto up = choose_up(now, tried)) return up;
  if (may_probe) next_chance_ = std::max(now, next_probe());
  // Tokens are shared: another worker may have taken the one that was there a moment ago.
  if (!all_rest() && limited()) {
    next_chance_ = std::min(next_chance_, std::max(tokens_at(now), now + token_race_pause));
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
  if (auto other = choose_among(now, tried)) return other;
  // Where no other one is up, the same one again is better than nothing.
  if (tried.empty() || any_other_up(tried)) return std::nullopt;
  return choose_among(now, {});
}

// The one furthest behind among those that have room and are not in `tried`.
std::optional<UpstreamIndex> UpstreamPool::choose_among(Instant now,
                                                        std::span<const UpstreamIndex> tried) {
  auto n = static_cast<uint32_t>(upstreams_.size());
  auto usable = [&](uint32_t i) {
    return eligible(upstreams_[i]) &&
           std::find(tried.begin(), tried.end(), static_cast<UpstreamIndex>(i)) == tried.end() &&
           (limits_.per_upstream.empty() || limits_.per_upstream[i].next(now + stalled_) <= now + stalled_);
  };
  uint32_t best = n;
  auto consider = [&](uint32_t i) {
    if (usable(i) && (best == n || upstreams_[i].turn < upstreams_[best].turn)) best = i;
  };
  if (n <= compare_all_max) {
    // Starting at a moving place, so that equals take turns.
    scan_at_ = (scan_at_ + 1) % n;
    for (uint32_t k = 0; k < n; ++k) consider((scan_at_ + k) % n);
  } else {
    // A retry has few tries left: it prefers those that answered before.
    bool retry = !tried.empty();
    for (unsigned k = 0; k < (retry ? retry_samples : samples); ++k) {
      uint32_t i = random_.below(n);
      if (!retry || upstreams_[i].last_answer != Instant()) consider(i);
      if (retry && best != n) break;
    }
    for (uint32_t k = 0; best == n && k < n; ++k) {
      consider(scan_at_);
      scan_at_ = (scan_at_ + 1) % n;
    }
  }
  if (best == n) {
    // Somebody's next token comes soon; searching a long list for it costs more than waiting.
    if (tried.empty() && !limits_.per_upstream.empty()) {
      blocked_until_ = now + search_pause;
    }
    return std::nullopt;
  }
  auto index = static_cast<UpstreamIndex>(best);
  return start(index, now) ? std::optional(index) : std::nullopt;
}

bool UpstreamPool::any_other_up(std::span<const UpstreamIndex> tried) const {
  if (upstreams_.size() - resting_ > tried.size()) return true;
  for (size_t i = 0; i < upstreams_.size(); ++i) {
    if (!upstreams_[i].resting &&
        std::find(tried.begin(), tried.end(), static_cast<UpstreamIndex>(i)) == tried.end()) {
      return true;
    }
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
  if (!start(index, now)) {
    rest_until(index, now + search_pause);  // no token; others may have one
    next_trickle_ = std::max(next_trickle_, now + search_pause);
    return std::nullopt;
  }
  probes_.erase(probes_.begin());
  upstreams_[index].probing = true;
  next_trickle_ = now + trickle_pause;
  return index;
}

void UpstreamPool::report(UpstreamIndex index, AttemptResult result, Duration rtt, uint64_t domain,
                          Instant now) {
  Upstream& u = upstreams_[index];
  CHECK(u.outstanding > 0);
  --u.outstanding;
  switch (result) {
    case AttemptResult::answered:
      ++u.counters.responses;
      answered(index, rtt, now);
      return;
    case AttemptResult::truncated:
      ++u.counters.responses;
      ++u.counters.truncated;
      answered(index, rtt, now);
      return;
    case AttemptResult::no_edns:
    case AttemptResult::other_rcode: return not_answered(index, now);
    case AttemptResult::servfail: ++u.counters.servfail; return not_answered(index, now);
    case AttemptResult::refused: ++u.counters.refused; return not_answered(index, now);
    case AttemptResult::malformed: return not_answered(index, now);
    case AttemptResult::timed_out: ++u.counters.timeouts; break;
    case AttemptResult::send_failed:
    case AttemptResult::connection_lost: ++u.counters.network_errors; break;
  }
  silent(index, domain, now - rtt, now);
}

void UpstreamPool::report_late(UpstreamIndex index, Duration rtt, Instant now) {
  ++upstreams_[index].counters.responses;
  answered(index, rtt, now);
}

void UpstreamPool::forget(UpstreamIndex index) {
  Upstream& u = upstreams_[index];
  CHECK(u.outstanding > 0);
  --u.outstanding;
  // A probe that never came to an end: the next one may be made at once.
  if (u.probing && u.outstanding == 0) rest_until(index, u.rest_until);
}

void UpstreamPool::answered(UpstreamIndex index, Duration rtt, Instant now) {
  Upstream& u = upstreams_[index];
  u.last_answer = now;
  if (u.srtt.count() == 0) {
    u.srtt = std::max(rtt, Duration(1));
    u.rttvar = rtt / 2;
  } else {  // RFC 6298 section 2.3: gains 1/8 and 1/4
    Duration off = rtt > u.srtt ? rtt - u.srtt : u.srtt - rtt;
    u.rttvar += (off - u.rttvar) / 4;
    u.srtt += (rtt - u.srtt) / 8;
  }
  move_towards(u.failed, 0, outcome_gain);
  move_towards(u.lost, 0, loss_gain);
  u.failed_domains = 0;
  u.silent_names = 0;
  u.window.on_answer(now);
  if (u.resting) wake(index);
}

// It lives, but this was no answer: whether that is its fault another upstream will show.
void UpstreamPool::not_answered(UpstreamIndex index, Instant now) {
  Upstream& u = upstreams_[index];
  ++u.counters.responses;
  u.failed_domains = 0;
  u.silent_names = 0;
  if (u.probing) probe_failed(index, now);
}

// Nothing came.
void UpstreamPool::silent(UpstreamIndex index, uint64_t domain, Instant sent_at, Instant now) {
  Upstream& u = upstreams_[index];
  u.window.on_silence(sent_at, now);
  if (u.resting) {
    if (u.probing) probe_failed(index, now);
    return;
  }
  if (domain == 0 || u.last_answer >= sent_at) return;
  u.failed_domains |= uint64_t{1} << (domain >> 32 & 63);
  if (++u.silent_names >= silent_names_max && std::popcount(u.failed_domains) >= silent_domains) {
    rest(index, now);
  }
}

void UpstreamPool::probe_failed(UpstreamIndex index, Instant now) {
  Upstream& u = upstreams_[index];
  u.rest_length = std::min(u.rest_length * 2, rest_longest);
  rest_until(index, now + u.rest_length);
}

void UpstreamPool::charge(UpstreamIndex index, Instant sent_at, Instant now) {
  note_loss(index, sent_at, now);
  if (upstreams_[index].last_answer < sent_at) count_failure(index, now);
}

void UpstreamPool::note_loss(UpstreamIndex index, Instant sent_at, Instant now) {
  Upstream& u = upstreams_[index];
  move_towards(u.lost, 1, loss_gain);
  u.window.on_loss(sent_at, now);
}

void UpstreamPool::note_refused_port(UpstreamIndex index, Instant now) {
  ++upstreams_[index].counters.network_errors;
  count_failure(index, now);
}

void UpstreamPool::count_failure(UpstreamIndex index, Instant now) {
  Upstream& u = upstreams_[index];
  move_towards(u.failed, 1, outcome_gain);
  if (!u.resting && u.failed > rest_share) rest(index, now);
}

void UpstreamPool::rest(UpstreamIndex index, Instant now) {
  Upstream& u = upstreams_[index];
  u.resting = true;
  ++u.counters.rests;
  ++resting_;
  u.rest_length = rest_first;
  rest_until(index, now + u.rest_length);
  if (!all_rest()) return;
  all_resting_since_ = now;
  next_trickle_ = now + trickle_pause;
}

void UpstreamPool::rest_until(UpstreamIndex index, Instant until) {
  Upstream& u = upstreams_[index];
  probes_.erase({u.rest_until, index});
  u.probing = false;
  u.rest_until = until;
  probes_.insert({until, index});
}

void UpstreamPool::wake(UpstreamIndex index) {
  Upstream& u = upstreams_[index];
  probes_.erase({u.rest_until, index});
  u.resting = u.probing = false;
  --resting_;
  all_resting_since_ = never;
  u.failed = rest_share / 2;  // half-way: soon back to rest if it was luck
  u.window.restart();
  u.turn = turn_;
}

Duration UpstreamPool::retry_after(UpstreamIndex index) const {
  const Upstream& u = upstreams_[index];
  Duration measured = u.srtt + 4 * u.rttvar;
  Duration least = options_.timeout;
  return std::clamp(measured, least, std::max(retry_longest, least));
}

std::chrono::microseconds UpstreamPool::rtt(UpstreamIndex index) const {
  return std::chrono::duration_cast<std::chrono::microseconds>(upstreams_[index].srtt);
}

}  // namespace dnswarm
