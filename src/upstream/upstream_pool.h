// The configured upstreams as one worker sees them: which to ask next, and what came of it.
// The policy stands in words at the top of upstream_choice.cc (who is next) and upstream_pool.cc (what is
// held against whom).
//
// Threads: one, except for the shared RateLimits. Time is an argument.
#ifndef DNSWARM_UPSTREAM_UPSTREAM_POOL_H_
#define DNSWARM_UPSTREAM_UPSTREAM_POOL_H_

#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "absl/container/btree_set.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/rtt_estimate.h"
#include "upstream/attempt_result.h"
#include "upstream/rate_finder.h"
#include "upstream/rate_limit.h"
#include "upstream/send_window.h"

namespace dnswarm {

using UpstreamIndex = uint16_t;
inline constexpr size_t upstreams_max = 60'000;  // leaves room in 16 bits for UDP flows beside them

// The limits of a run, shared by all workers.
struct SharedLimits {
  RateLimit total;
  std::vector<RateLimit> per_upstream;  // empty: none
};

struct PoolOptions {
  size_t upstreams = 0;
  unsigned in_flight_per_upstream = 4000;  // the window's upper end
  std::chrono::milliseconds timeout{1000};
};

struct UpstreamCounters {
  uint64_t queries = 0;
  uint64_t responses = 0;
  uint64_t timeouts = 0;
  uint64_t servfail = 0;
  uint64_t refused = 0;
  uint64_t truncated = 0;
  uint64_t network_errors = 0;
  uint64_t rests = 0;
};

class UpstreamPool {
 public:
  UpstreamPool(const PoolOptions& options, SharedLimits& limits, Random& random);

  // The upstream to ask next, its tokens taken, or nothing where all are full, out of tokens or
  // resting: ask again after the next report(), or at next_chance(). `tried` are left out as long as
  // there are others.
  std::optional<UpstreamIndex> choose(Instant now, std::span<const UpstreamIndex> tried);
  // One more query to the upstream of a run (queries of equal size leave together): takes its tokens
  // where it is up and its window open. `first`: nobody was asked for the name before.
  bool admit(UpstreamIndex upstream, bool first, Instant now);
  // A query over TCP to an upstream that asked for it (TC): takes the tokens of `packets` (the query,
  // and the connect where there is no connection yet), whatever its window says.
  bool admit_tcp(UpstreamIndex upstream, unsigned packets, Instant now);
  // Tokens whose packets have not left yet, in the order of taking; 0 where nothing is limited.
  size_t tokens_taken() const { return taken_.size(); }
  // The packets of the first `tokens` of them have left by now, on the real clock.
  void on_departed(size_t tokens, Instant real_now);
  // When choose(), having said no, may say yes without any report: `never` where only windows are
  // in the way.
  Instant next_chance() const { return next_chance_; }
  // The rate limits are shared and run on the real clock; `now` elsewhere excludes the time for which
  // the worker was stopped or blocked. This is the difference.
  void set_stalled(Duration stalled) { stalled_ = stalled; }

  // Whether report() will look at the domain of what was sent then: finding it takes 8,000 instructions.
  bool wants_domain(UpstreamIndex upstream, AttemptResult result, Instant sent_at) const;
  // What became of an attempt that choose() or admit() began. `first`: it was the first for its name.
  // `domain`: where the attempt was a first one and wants_domain() says so, a hash of the name's registrable
  // domain; else 0, for one more failure of a name is no evidence against the upstream. `rtt` is
  // the time since it was sent, whatever the result. Every attempt ends in exactly one report(), forget(),
  // unreachable() or withdraw().
  void report(UpstreamIndex upstream, AttemptResult result, bool first, Duration rtt, uint64_t domain,
              Instant now);
  // An answer to an attempt that was reported as timed out before.
  void report_late(UpstreamIndex upstream, bool first, Duration rtt, Instant now);
  void forget(UpstreamIndex upstream);  // its lookup ended otherwise: nothing is known
  // The same, and nothing may be concluded from it: whatever comes will not be taken.
  void withdraw(UpstreamIndex upstream, bool first, Instant sent_at) {
    forget(upstream);
    upstreams_[upstream].finder.take_back(sent_at, first);
  }
  // An attempt that was reported as failed, whose name another upstream then answered: this is what
  // counts against it.
  void charge(UpstreamIndex upstream, AttemptResult result, Instant sent_at, Instant now);
  // The same name was answered by the same upstream on a later attempt: a lost packet.
  void note_loss(UpstreamIndex upstream, Instant sent_at, Instant now);
  // What TCP gave after an empty TC: an answer that UDP had no room for (`large`), or one that it had.
  void note_truncation(UpstreamIndex upstream, bool large);
  // An attempt could not leave, for nothing leads to the upstream at present (no route, link down). In the
  // place of report().
  void unreachable(UpstreamIndex upstream, Instant now);
  // It is never asked again, whatever it still says (--validate-resolvers: it lies).
  void leave_out(UpstreamIndex upstream, Instant now);
  bool left_out(UpstreamIndex upstream) const { return any_left_out_ && upstreams_[upstream].left_out; }
  // Everything that had come by `now` was reported: what is missing may be counted as such.
  void on_all_told(Instant now) { told_until_ = now; }
  // Responses were found to be dropped at our own sockets.
  void on_local_drops(Instant now) { local_drops_at_ = now; }
  // Its host says that nobody listens (ICMP port unreachable).
  void note_refused_port(UpstreamIndex upstream, Instant now);

  // How long to wait for this upstream before asking another: the timeout option, or its smoothed
  // RTT + 4 deviations where that is longer (RFC 6298 section 2).
  Duration retry_after(UpstreamIndex upstream) const;
  // Whether it was sent more than it could take within the last 10 s: what gets no answer is more likely
  // to be our fault than the name's.
  bool overrun_lately(UpstreamIndex upstream, Instant now) const {
    const Upstream& u = upstreams_[upstream];
    return u.window.overrun_lately(now) || u.finder.overrun_lately(now);
  }
  // Whether that may be so right now, though it is not known yet (rate_finder.h).
  bool throttles_unusually(UpstreamIndex u) const { return upstreams_[u].finder.throttles_unusually(); }
  // Whether this result of a query to it may mean "too much".
  bool may_throttle(UpstreamIndex upstream, AttemptResult result) const {
    return may_throttle(upstreams_[upstream], result);
  }
  // What it says now may be about the rate: names are asked for again at no cost to them.
  bool throttles_now(UpstreamIndex upstream) const { return upstreams_[upstream].finder.throttles_now(); }
  // No upstream had an answer to a name that this one was asked for first: it is no sign.
  void excuse(UpstreamIndex upstream, Instant sent_at) { upstreams_[upstream].finder.excuse(sent_at); }
  // Since when every upstream is resting, so that nothing can be sent but a trickle; `never` where
  // one is up.
  Instant all_resting_since() const { return all_resting_since_; }
  bool resting(UpstreamIndex upstream) const { return upstreams_[upstream].resting; }
  size_t size() const { return upstreams_.size(); }
  bool limited() const { return limits_.total.limited() || !limits_.per_upstream.empty(); }
  // Whether "not now" was said since then because an upstream gets no more than it bears.
  bool paced_since(Instant since) const { return last_paced_ >= since; }
  // Of a long list, those of which the next query's is most likely one: what will be needed of them can be
  // brought near. Empty where all are compared.
  std::span<const UpstreamIndex> candidates() const { return candidates_; }
  // Brings near what a report() about it will touch.
  void prefetch(UpstreamIndex upstream) const {
    const auto* octets = reinterpret_cast<const uint8_t*>(&upstreams_[upstream]);
    __builtin_prefetch(octets);
    __builtin_prefetch(octets + 64);
  }
  unsigned outstanding(UpstreamIndex upstream) const { return upstreams_[upstream].outstanding; }
  std::chrono::microseconds rtt(UpstreamIndex upstream) const;
  double found_rate(UpstreamIndex upstream) const { return upstreams_[upstream].finder.rate(); }
  HeldBack held_back(UpstreamIndex upstream) const { return upstreams_[upstream].finder.held_back(); }
  UpstreamCounters& counters(UpstreamIndex upstream) { return upstreams_[upstream].counters; }
  const UpstreamCounters& counters(UpstreamIndex u) const { return upstreams_[u].counters; }

 private:
  static constexpr size_t compare_all_max = 16;
  static constexpr size_t candidates_of_long_list = 3;
  static constexpr Duration trickle_pause = std::chrono::milliseconds(250);  // where all rest

  // In long lists each query finds its upstream's state far away: what it and its answer touch lies together,
  // in the first two cache lines.
  struct alignas(64) Upstream {
    explicit Upstream(unsigned in_flight) : window(in_flight) {}

    double turn = 0;      // virtual time of the stride scheduler
    RttEstimate rtt;
    Instant last_answer{};  // definitive ones
    uint64_t failed_domains = 0;  // since the last answer: a bit a domain, by hash
    uint32_t silent_names = 0;
    uint32_t outstanding = 0;
    float failed = 0;     // share of charged failures among recent outcomes
    float lost = 0;       // share of lost packets among recent outcomes
    float large = 0;      // share of answers too large for UDP among those recent ones behind an empty TC
    bool resting = false;
    bool probing = false;
    bool left_out = false;  // then it rests, and is not in probes_
    SendWindow window;
    RateFinder finder;
    UpstreamCounters counters;
    Instant rest_until{};         // where resting and not probing: its key in probes_
    Duration rest_length{0};
  };

  struct Taken {
    Instant at;
    UpstreamIndex upstream;
    uint16_t packets;
  };

  static bool may_throttle(const Upstream& upstream, AttemptResult result) {
    const bool too_large = result == AttemptResult::truncated_empty && upstream.large > 0.5f;
    return may_be_throttle(result) && !too_large;
  }
  bool eligible(const Upstream& upstream, Instant now) const;
  Duration ripe_after(const Upstream& upstream) const;
  void look(Upstream& upstream, Instant now) {
    if (!upstream.finder.is_due(now)) [[likely]] return;
    upstream.finder.look(now - told_until_ + ripe_after(upstream), local_drops_at_, now);
  }
  bool take_tokens(UpstreamIndex index, unsigned packets, Instant now);
  bool start(UpstreamIndex index, bool first, Instant now);
  std::optional<UpstreamIndex> choose_probe(Instant now);
  std::optional<UpstreamIndex> choose_up(Instant now, std::span<const UpstreamIndex> tried);
  std::optional<UpstreamIndex> choose_among(Instant now, std::span<const UpstreamIndex> tried, bool first);
  bool any_other_up(std::span<const UpstreamIndex> tried) const;
  bool all_rest() const { return resting_ == upstreams_.size(); }
  Instant tokens_at(Instant now) const;
  Instant next_probe() const;
  void answered(UpstreamIndex index, Duration rtt, Instant now);
  void not_answered(UpstreamIndex index, Instant now);
  void silent(UpstreamIndex index, uint64_t domain, Instant sent_at, Instant now);
  void probe_failed(UpstreamIndex index, Instant now);
  void count_failure(UpstreamIndex index, Instant now);
  void rest(UpstreamIndex index, Instant now);
  void note_rest(Instant now);
  void rest_until(UpstreamIndex index, Instant until);
  void wake(UpstreamIndex index);
  double stride(const Upstream& upstream) const;
  void draw_candidates();

  PoolOptions options_;
  SharedLimits& limits_;
  Random& random_;
  std::vector<Upstream> upstreams_;
  std::vector<Taken> taken_;
  size_t resting_ = 0;
  bool any_left_out_ = false;  // else nobody's state, which may be far away, is looked at for that
  double turn_ = 0;         // of the upstream chosen last
  std::vector<UpstreamIndex> candidates_;
  uint32_t scan_at_ = 0;    // where a search over all of them goes on
  Instant blocked_until_{};  // no upstream had a token: do not search before
  Instant next_chance_ = never;
  Instant last_paced_{};  // "not now" was said for that reason
  Instant next_paced_ = never;  // when, of those that were looked at last, one may be asked again
  // Those that wait for the end of their rest, by that end.
  absl::btree_set<std::pair<Instant, UpstreamIndex>> probes_;
  Instant next_trickle_{};  // where all rest
  Instant all_resting_since_ = never;
  Instant told_until_{};
  Instant local_drops_at_{};
  Duration stalled_{0};
};

}  // namespace dnswarm

#endif  // DNSWARM_UPSTREAM_UPSTREAM_POOL_H_
