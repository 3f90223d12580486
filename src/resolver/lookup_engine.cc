// Submitting, coalescing, waiting, timers, ends. See lookup_engine.h for the other files.
//
// Clocks. A name's deadline starts at its first transmission. Waiting for tokens, or because an upstream gets
// no more than it bears, is not charged; waiting while every upstream rests is. The retry timer doubles with
// each try, up to four times the first.
#include "resolver/lookup_engine.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/check.h"
#include "resolver/cache_kind.h"

namespace dnswarm {

namespace {

constexpr size_t run_longest = 32;  // bursts beyond this overrun a responder's socket buffer

uint16_t run_length(const EngineOptions& options) {
  size_t share = options.in_flight / std::max<size_t>(options.upstreams.size(), 1) / 8;
  return static_cast<uint16_t>(std::clamp<size_t>(share, 1, run_longest));
}

// A few more than may be in flight: those that are cancelled before they begin pass through, too.
size_t lookups_max(const EngineOptions& options) { return options.in_flight + size_t{1024}; }

}  // namespace

LookupEngine::LookupEngine(const EngineOptions& options, SharedLimits& limits,
                           EngineNetwork& network, EngineSink& sink, Random& random, Instant start)
    : options_(options),
      run_length_(run_length(options)),
      network_(network),
      sink_(sink),
      random_(random),
      builder_(options.query),
      pool_({options.upstreams.size(), options.in_flight_per_upstream,
             std::chrono::duration_cast<std::chrono::milliseconds>(options.timeout)},
            limits, random),
      cache_(options.cache_octets),
      now_(start),
      lookups_(lookups_max(options)),
      attempts_(lookups_max(options) * packets_max),
      timers_(Hooks{&lookups_}, start),
      open_(options.in_flight),
      asked_(options.in_flight),
      flow_open_(options.flows.total),
      flow_ids_(options.flows.total),
      tcp_open_(options.upstreams.size()),
      tcp_health_(options.upstreams.size()),
      defences_(options.upstreams.size()),
      plain_upstreams_(options.upstreams.size()),
      closed_ports_(options.upstreams.size()),
      scratch_(query_octets_max) {
  CHECK(options.flows.total + options.upstreams.size() <= 65536);
  for (Defences& upstream : defences_) {
    if (options.cookies && builder_.edns()) upstream.cookies.start(random);
    if (!options.mixed_case) upstream.keeps_case.give_up();
  }
}

void LookupEngine::submit(const Question& question) {
  if (!question.valid()) return deliver_invalid(question);
  if (options_.hosts != nullptr && deliver_from_hosts(question)) return;
  bool searched = !options_.search.empty() && !question.absolute && question.qname.size() > 1;
  if (searched) {
    uint32_t index = create(question);
    start_search(index, question);
    return ask(index);
  }
  if (answer_from_cache(question)) return;
  uint32_t same = find_asked(question);
  uint32_t index = create(question);
  if (same != ProbeTable::none) {
    Lookup& waiter = lookups_[index];
    Lookup& leader = lookups_[same];
    waiter.state = Lookup::State::waiter;
    waiter.next_waiter = leader.waiters;
    leader.waiters = index;
    ++counters_.coalesced;
    return;
  }
  lookups_[index].leader = true;
  asked_.insert(asked_tag(question.hash), index);
  start_or_enqueue(index);
}

// The lookup that asks the same question now, if there is one.
uint32_t LookupEngine::find_asked(const Question& question) const {
  return asked_.find(asked_tag(question.hash), [&](uint32_t i) {
    const Lookup& lookup = lookups_[i];
    Octets qname = lookup.qname();
    return lookup.hash == question.hash && lookup.type == question.type &&
           qname.size() == question.qname.size() &&
           std::memcmp(qname.data(), question.qname.data(), qname.size()) == 0;
  });
}

void LookupEngine::leave_out(PeerIndex upstream) {
  if (upstream < pool_.size()) pool_.leave_out(static_cast<UpstreamIndex>(upstream), now_);
}

// What an upstream said that was left out since is asked for again, and replaced.
std::optional<CacheValue> LookupEngine::find_cached(const CacheKey& key) {
  auto value = cache_.get(key, real_now());
  if (value && pool_.left_out(value->upstream)) return std::nullopt;
  return value;
}

// True where the cache had it, whatever it was.
bool LookupEngine::answer_from_cache(const Question& question) {
  auto value = find_cached({question.hash, question.qname, question.type});
  if (!value) return false;
  if (value->kind == CacheKind::open_chain) {
    // Half an answer: a lookup goes on from there.
    uint32_t index = create(question);
    answer_from_cached(index, *value);
  } else {
    deliver_cached(question, *value);
  }
  return true;
}

uint32_t LookupEngine::create(const Question& question) {
  uint32_t index = lookups_.allocate();
  Lookup& lookup = lookups_[index];
  lookup.tag = question.tag;
  lookup.hash = question.hash;
  lookup.type = question.type;
  lookup.set_qname(question.qname);
  lookup.token.assign(question.token);
  return index;
}

// A new question for the same lookup has tries of its own, and nothing of what was learnt about the
// former one; packets and deadline stay those of the lookup.
void LookupEngine::start_afresh(Lookup& lookup) {
  lookup.tries = lookup.servfails = lookup.throttles = 0;
  lookup.has_last_rcode = lookup.without_edns = lookup.got_tries_back = lookup.tcp_had_nothing = false;
  lookup.verdict = Verdict::none;
  lookup.unusable = Unusable::no;
  lookup.kept_errors.reset();
}

void LookupEngine::ask(uint32_t index) {
  Lookup& lookup = lookups_[index];
  Octets name = lookup.asked_name();
  const uint64_t hash = question_hash(name, lookup.type);
  auto value = find_cached({hash, name, lookup.type});
  if (value) return answer_from_cached(index, *value);
  begin_detour(index, asked_tag(hash));
  start_or_enqueue(index);
}

void LookupEngine::begin_detour(uint32_t index, uint32_t tag) {
  end_detour(index);  // the one before it
  lookups_[index].on_detour = true;
  lookups_[index].detour_tag = tag;
  detours_.insert(tag, index);
}

void LookupEngine::end_detour(uint32_t index) {
  if (std::exchange(lookups_[index].on_detour, false)) detours_.erase(lookups_[index].detour_tag, index);
}

void LookupEngine::start_or_enqueue(uint32_t index) {
  // First come, first served: nobody overtakes those who wait already.
  bool others_wait = !queue_.empty() && !lookups_[index].over_tcp;
  if (others_wait || start_attempt(index) == Started::not_now) enqueue(index);
}

void LookupEngine::enqueue(uint32_t index) {
  Lookup& lookup = lookups_[index];
  lookup.state = Lookup::State::queued;
  lookup.waiting_since = now_;
  (lookup.over_tcp ? tcp_queue_ : queue_).push_back({index, ++lookup.ticket});
  arm(index, lookup.sent > 0 ? std::max(lookup.deadline, now_) : now_ + options_.deadline);
}

bool LookupEngine::still_queued(Place place) const {
  const Lookup& lookup = lookups_[place.lookup];
  return lookup.state == Lookup::State::queued && lookup.ticket == place.ticket;
}

// Starts what waits, oldest first, until the pool says "not now".
void LookupEngine::pump() {
  for (size_t n = tcp_queue_.size(); n > 0; --n) {
    Place place = tcp_queue_.front();
    tcp_queue_.pop_front();
    if (!still_queued(place)) continue;
    if (start_attempt(place.lookup) == Started::not_now) tcp_queue_.push_back(place);
  }
  while (!queue_.empty()) {
    Place place = queue_.front();
    if (still_queued(place) && start_attempt(place.lookup) == Started::not_now) return;
    queue_.pop_front();
  }
}

void LookupEngine::run(Instant now) {
  now_ = now;
  pool_.on_all_told(now);
  timers_.advance(now, [this](uint32_t index) { on_timer(index); });
  pump();
}

Instant LookupEngine::next_due(Instant now) {
  Instant next = timers_.next_due();
  if (!queue_.empty()) next = std::min(next, std::max(now, pool_.next_chance()));
  if (!tcp_queue_.empty()) next = std::min(next, now + std::chrono::milliseconds(1));
  return next;
}

// Nearly every lookup ends long before its timer, and its slot is taken by another at once. So a timer that
// fires early enough is left where it is, for whoever has the slot by then: it looks at `due` and arms anew.
// The wheel is touched once a second and slot instead of twice a lookup.
void LookupEngine::arm(uint32_t index, Instant when) {
  lookups_[index].due = when;
  if (!timers_.fires_by(index, when)) timers_.arm(index, when);
}

void LookupEngine::on_timer(uint32_t index) {
  Lookup& lookup = lookups_[index];
  switch (lookup.state) {
    case Lookup::State::idle:
    case Lookup::State::waiter: return;  // the timer of one that ended
    case Lookup::State::queued:
      if (now_ < lookup.due) return arm(index, lookup.due);
      return on_queued_too_long(index);
    case Lookup::State::pausing:
      if (now_ < lookup.due) return arm(index, lookup.due);
      if (now_ >= lookup.deadline) return fail(index);
      if (lookup.verdict == Verdict::awaited) {
        lookup.verdict = Verdict::final;
        if (!gets_tries_back(lookup)) return fail(index);
      }
      return start_or_enqueue(index);
    case Lookup::State::asked: break;
  }
  if (now_ < lookup.due) return arm(index, lookup.due);
  for (uint32_t a = lookup.attempts; a != no_index; a = attempts_[a].next) {
    if (attempts_[a].reported) continue;
    report(attempts_[a], AttemptResult::timed_out, lookup);
    UpstreamIndex upstream = attempts_[a].upstream;
    if (attempts_[a].tcp && tcp_health_[upstream].on_silence(now_)) network_.close_tcp(upstream);
    // Lost in a queue that we overran: the try is given back, as one that was throttled.
    if (!attempts_[a].tcp && lookup.tries > 0 && pool_.overrun_lately(upstream, now_)) --lookup.tries;
  }
  if (now_ >= lookup.deadline || lookup.tries >= options_.attempts) return fail(index);
  lookup.over_tcp = lookup.same_upstream = false;
  start_or_enqueue(index);
}

// How long a queued lookup has waited while every upstream was resting.
Duration LookupEngine::charged_wait(const Lookup& lookup) const {
  Instant since = pool_.all_resting_since();
  return since == never ? Duration(0) : now_ - std::max(since, lookup.waiting_since);
}

// Tokens and a found rate are waited for without limit. What is charged: a wait for windows, for room on a
// TCP connection, and for any upstream to come up again.
void LookupEngine::on_queued_too_long(uint32_t index) {
  Lookup& lookup = lookups_[index];
  if (lookup.over_tcp) return fail(index);
  if (pool_.all_resting_since() == never) {
    if (lookup.sent > 0 && !waits_free(lookup)) return fail(index);
    return arm(index, now_ + options_.deadline);
  }
  Instant charged_from = now_ - charged_wait(lookup);
  if (lookup.sent == 0) {
    if (now_ - charged_from >= options_.deadline) return fail(index);
    return arm(index, charged_from + options_.deadline);
  }
  if (waits_free(lookup)) lookup.deadline += charged_from - lookup.waiting_since;
  lookup.waiting_since = charged_from;
  if (now_ >= lookup.deadline) return fail(index);
  arm(index, lookup.deadline);
}

// The lookup has its end: its attempts are closed, and what failed before is charged now that
// another upstream answered the same question.
void LookupEngine::close_attempts(uint32_t index, const Attempt* answered) {
  Lookup& lookup = lookups_[index];
  if (answered == nullptr && lookup.verdict == Verdict::none) excuse(lookup);
  for (uint32_t a = lookup.attempts; a != no_index;) {
    Attempt& attempt = attempts_[a];
    uint32_t next = attempt.next;
    if (!attempt.reported) {
      pool_.forget(attempt.upstream);
      --(attempt.tcp ? tcp_open_[attempt.upstream] : flow_open_[attempt.flow]);
    } else if (answered != nullptr && !is_answer(attempt.result)) {
      if (attempt.upstream != answered->upstream) {
        pool_.charge(attempt.upstream, attempt.result, attempt.sent_at, now_);
      } else if (attempt.result == AttemptResult::timed_out) {
        pool_.note_loss(attempt.upstream, attempt.sent_at, now_);
      }
    }
    shut(attempt);
    attempts_.release(a);
    a = next;
  }
  lookup.attempts = no_index;
}

// Everybody says no: for its first attempt, which is evidence, nobody is to blame.
void LookupEngine::excuse(const Lookup& lookup) {
  uint32_t a = lookup.attempts;
  if (a == no_index) return;
  while (attempts_[a].next != no_index) a = attempts_[a].next;
  const Attempt& first = attempts_[a];
  if (first.reported && pool_.may_throttle(first.upstream, first.result)) {
    pool_.excuse(first.upstream, first.sent_at);
  }
}

void LookupEngine::destroy(uint32_t index) {
  Lookup& lookup = lookups_[index];
  for (uint32_t w = lookup.waiters; w != no_index;) {
    uint32_t next = lookups_[w].next_waiter;
    lookups_[w].reset();
    lookups_.release(w);
    w = next;
  }
  if (lookup.leader) asked_.erase(asked_tag(lookup.hash), index);
  end_detour(index);
  lookup.reset();
  lookups_.release(index);
}

namespace {

constexpr std::string_view cancelled_code = "cancelled";
constexpr std::string_view cancelled_text = "the run was stopped";

}  // namespace

void LookupEngine::submit_cancelled(const Question& question) {
  if (!question.valid()) return deliver_invalid(question);
  fail_with(create(question), {Failure::cancelled, cancelled_code, cancelled_text});
}

void LookupEngine::cancel_all() {
  for (uint32_t i = 0; i < lookups_.capacity(); ++i) {
    Lookup::State state = lookups_[i].state;
    if (state == Lookup::State::idle || state == Lookup::State::waiter) continue;
    fail_with(i, {Failure::cancelled, cancelled_code, cancelled_text});
  }
}

Stats LookupEngine::stats() const {
  Stats stats = counters_;
  stats.in_flight = lookups_.used();
  stats.cache = cache_.stats();
  for (size_t i = 0; i < pool_.size(); ++i) {
    auto u = static_cast<UpstreamIndex>(i);
    const UpstreamCounters& c = pool_.counters(u);
    stats.upstreams.push_back({{}, c.queries, c.responses, c.timeouts, c.servfail, c.refused,
                               c.truncated, c.network_errors, c.rests, pool_.resting(u),
                               pool_.rtt(u), pool_.found_rate(u), to_text(pool_.held_back(u)),
                               options_.mixed_case ? defences_[i].keeps_case.kept() : true,
                               defences_[i].cookies.expected()});
  }
  return stats;
}

}  // namespace dnswarm
