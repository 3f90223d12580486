// What is held against an upstream, in words. Which one is asked next: upstream_choice.cc.
//
// Recursive upstreams are bimodal: a cache hit takes milliseconds, a miss 0.3 to 3 seconds. So RTT
// decides gently, and slowness is no failure.
//
// Window. At most so many queries are open at an upstream as it has shown to bear: send_window.cc. Where a
// rate was found (rate_finder.cc) that is the bound, and of the window the user's limit alone.
//
// Failure. A timeout, SERVFAIL or REFUSED may be the name's fault. It is charged to the upstream only
// when another upstream then answers that very name; or when nothing at all came back for 24 names
// in a row that were asked for the first time, over at least 16 different domains, which no set of
// broken names explains. (Names that failed before are no evidence: at the end of a run only they are
// left.) Either way it counts only if the upstream answered nothing else since that query was sent:
// who answers some is alive, and merely loses packets. Nor does it count where one that answered before now
// says of so many names in a row that it is too much (rate_finder.cc): it is soon known whether it is.
//
// Rest. An upstream that is charged for more than 9 of 10 recent outcomes (an exponential mean over
// about 8) rests for 1 s; then one real query probes it. An answer brings it back, a failure doubles
// the rest up to 60 s. A port that its host says is closed (ICMP) counts as a charge per message.
// Where nothing leads to it (no route, link down) it rests at once, never longer than 1 s: to find out costs
// no packet. If all rest, the one whose rest ends first is tried every 250 ms: a dead line costs a trickle,
// and its return is noticed.
//
// Truncation. An empty TC may be a throttle, or stand for an answer that is too large for UDP: the answers
// that came over TCP lately, behind such ones, tell which.
//
// NXDOMAIN is an answer.
#include "upstream/upstream_pool.h"

#include <algorithm>
#include <bit>

#include "base/check.h"

namespace dnswarm {

namespace {

constexpr float outcome_gain = 1.0f / 8;
constexpr float loss_gain = 1.0f / 64;
constexpr float rest_share = 0.9f;
constexpr uint32_t silent_names_max = 24;
constexpr int silent_domains = 16;
constexpr Duration rest_first = std::chrono::seconds(1);
constexpr Duration rest_longest = std::chrono::seconds(60);
constexpr Duration retry_longest = std::chrono::seconds(10);

void move_towards(float& mean, float value, float gain) { mean += (value - mean) * gain; }

}  // namespace

UpstreamPool::UpstreamPool(const PoolOptions& options, SharedLimits& limits, Random& random)
    : options_(options),
      limits_(limits),
      random_(random) {
  CHECK(options.upstreams <= upstreams_max);
  upstreams_.reserve(options.upstreams);
  for (size_t i = 0; i < options.upstreams; ++i) upstreams_.emplace_back(options.in_flight_per_upstream);
  // Workers begin at different places of the list, so that they do not march in step.
  if (upstreams_.empty()) return;
  scan_at_ = random_.below(static_cast<uint32_t>(upstreams_.size()));
  if (options.upstreams > compare_all_max) candidates_.resize(candidates_of_long_list);
  draw_candidates();
}

bool UpstreamPool::wants_domain(UpstreamIndex index, AttemptResult result, Instant sent_at) const {
  const Upstream& u = upstreams_[index];
  if (may_throttle(u, result)) return u.finder.wants_domain(sent_at);
  return is_silence(result) && !u.resting && u.last_answer < sent_at;
}

void UpstreamPool::report(UpstreamIndex index, AttemptResult result, bool first, Duration rtt,
                          uint64_t domain, Instant now) {
  Upstream& u = upstreams_[index];
  CHECK(u.outstanding > 0);
  --u.outstanding;
  const bool throttles = may_throttle(u, result);
  if (first && throttles) u.finder.on_throttle(now - rtt, domain, now);
  switch (result) {
    case AttemptResult::truncated:
    case AttemptResult::truncated_empty: ++u.counters.truncated; [[fallthrough]];
    case AttemptResult::doubted:
    case AttemptResult::answered:
      ++u.counters.responses;
      if (!throttles) u.finder.on_answer(now - rtt, first, now);
      return answered(index, rtt, now);
    case AttemptResult::no_edns:
    case AttemptResult::bad_cookie:
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

void UpstreamPool::report_late(UpstreamIndex index, bool first, Duration rtt, Instant now) {
  Upstream& u = upstreams_[index];
  ++u.counters.responses;
  u.finder.on_answer(now - rtt, first, now);
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
  u.rtt.add(rtt);
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
  look(u, now);
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

void UpstreamPool::charge(UpstreamIndex index, AttemptResult result, Instant sent_at, Instant now) {
  note_loss(index, sent_at, now);
  const Upstream& u = upstreams_[index];
  const bool may_get_too_much = u.finder.held_back() == HeldBack::blocked && u.last_answer != Instant();
  if (may_throttle(u, result) && may_get_too_much) return;
  if (u.last_answer < sent_at) count_failure(index, now);
}

void UpstreamPool::note_loss(UpstreamIndex index, Instant sent_at, Instant now) {
  Upstream& u = upstreams_[index];
  move_towards(u.lost, 1, loss_gain);
  u.window.on_loss(sent_at, now);
}

void UpstreamPool::note_truncation(UpstreamIndex index, bool large) {
  Upstream& u = upstreams_[index];
  const bool before = may_throttle(u, AttemptResult::truncated_empty);
  move_towards(u.large, large ? 1 : 0, outcome_gain);
  // What was learnt took all of them for throttles.
  if (before && !may_throttle(u, AttemptResult::truncated_empty)) u.finder.restart();
}

void UpstreamPool::unreachable(UpstreamIndex index, Instant now) {
  Upstream& u = upstreams_[index];
  CHECK(u.outstanding > 0);
  --u.outstanding;
  ++u.counters.network_errors;
  if (!u.resting) return rest(index, now);
  if (u.probing) rest_until(index, now + rest_first);
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
  u.rest_length = rest_first;
  rest_until(index, now + u.rest_length);
  note_rest(now);
}

void UpstreamPool::note_rest(Instant now) {
  ++resting_;
  if (!all_rest()) return;
  all_resting_since_ = now;
  next_trickle_ = now + trickle_pause;
}

void UpstreamPool::leave_out(UpstreamIndex index, Instant now) {
  Upstream& u = upstreams_[index];
  if (u.left_out) return;
  u.left_out = any_left_out_ = true;
  probes_.erase({u.rest_until, index});
  u.probing = false;
  if (u.resting) return;
  u.resting = true;
  note_rest(now);
}

void UpstreamPool::rest_until(UpstreamIndex index, Instant until) {
  Upstream& u = upstreams_[index];
  if (u.left_out) return;
  probes_.erase({u.rest_until, index});
  u.probing = false;
  u.rest_until = until;
  probes_.insert({until, index});
}

void UpstreamPool::wake(UpstreamIndex index) {
  Upstream& u = upstreams_[index];
  if (u.left_out) return;
  probes_.erase({u.rest_until, index});
  u.resting = u.probing = false;
  --resting_;
  all_resting_since_ = never;
  u.failed = rest_share / 2;  // half-way: soon back to rest if it was luck
  u.window.restart();
  u.finder.restart();
  u.turn = turn_;
}

Duration UpstreamPool::retry_after(UpstreamIndex index) const {
  Duration measured = upstreams_[index].rtt.timeout();
  Duration least = options_.timeout;
  return std::clamp(measured, least, std::max(retry_longest, least));
}

std::chrono::microseconds UpstreamPool::rtt(UpstreamIndex index) const {
  return std::chrono::duration_cast<std::chrono::microseconds>(upstreams_[index].rtt.smoothed);
}

}  // namespace dnswarm
