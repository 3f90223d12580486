// Lines in, equal questions, timers, ends.
#include "iterative/iterative_engine.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace dnswarm {
namespace {

// Walks for addresses come on top of those of lines. Only address space is set aside for them.
constexpr size_t walks_of_line = 1 + line_address_walks_max;
// Where lines are not to be answered from the cache, name servers' addresses still are.
constexpr size_t address_cache_octets = 4 << 20;

size_t walks_max(const IterativeOptions& options) { return options.in_flight * walks_of_line + 1024; }

// A line's walks send no more than that.
size_t queries_max(const IterativeOptions& options) {
  return (options.in_flight + size_t{1024}) * line_packets_max;
}

QueryOptions without_recursion(QueryOptions query) {
  query.recursion_desired = false;
  return query;
}

}  // namespace

IterativeEngine::IterativeEngine(const IterativeOptions& options, Hierarchy& hierarchy, RateLimit& rate,
                                 EngineNetwork& network, EngineSink& sink, Random& random, Instant start)
    : options_(options),
      hierarchy_(hierarchy),
      rate_(rate),
      network_(network),
      sink_(sink),
      random_(random),
      builder_(without_recursion(options.query)),
      cache_(options.cache_octets > 0 ? options.cache_octets : address_cache_octets),
      now_(start),
      walks_(walks_max(options)),
      queries_(queries_max(options)),
      budgets_(walks_max(options)),
      peers_(queries_max(options)),
      timers_(Hooks{&walks_}, start),
      open_(options.in_flight),
      asked_(options.in_flight),
      scratch_(query_octets_max) {}

void IterativeEngine::begin_turn(Instant now, WallTime wall) {
  now_ = now;
  wall_ = wall;
  free_unused_peers();
}

void IterativeEngine::submit(const Question& question) {
  if (!question.valid()) return deliver_invalid(question);
  const uint32_t index = create(question.qname, question.type, question.hash);
  Walk& walk = walks_[index];
  walk.tag = question.tag;
  walk.token.assign(question.token);
  walk.is_line = true;
  ++lines_;
  const uint32_t equal = find_equal(question.qname, question.type, question.hash);
  if (equal != no_walk && walks_[equal].is_line) {
    walk.phase = Walk::Phase::follower;
    walk.next_follower = walks_[equal].followers;
    walks_[equal].followers = index;
    ++counters_.coalesced;
    return;
  }
  walk.budget = budgets_.allocate();
  budget_of(walk) = Budget();
  budget_of(walk).walks = 1;
  if (options_.trace) budget_of(walk).trace = std::make_unique<Trace>(Trace{now_, {}});
  become_leader(index);
  make_ready(index);
}

uint32_t IterativeEngine::create(Octets name, RRType type, uint64_t hash) {
  const uint32_t index = walks_.allocate();
  Walk& walk = walks_[index];
  walk.question.assign_lower_case(name);
  walk.name = walk.question;
  walk.type = type;
  walk.hash = hash;
  return index;
}

void IterativeEngine::become_leader(uint32_t index) {
  walks_[index].leader = true;
  asked_.insert(static_cast<uint32_t>(walks_[index].hash >> 32), index);
}

// The walk for the same question, a line's before others.
uint32_t IterativeEngine::find_equal(Octets name, RRType type, uint64_t hash) const {
  const auto tag = static_cast<uint32_t>(hash >> 32);
  const auto is_equal = [&](uint32_t i) {
    const Walk& walk = walks_[i];
    return walk.hash == hash && walk.type == type && names_equal(walk.question.wire(), name);
  };
  const uint32_t line = asked_.find(tag, [&](uint32_t i) { return walks_[i].is_line && is_equal(i); });
  return line != ProbeTable::none ? line : asked_.find(tag, is_equal);
}

void IterativeEngine::make_ready(uint32_t index, PeerIndex waited_for) {
  Walk& walk = walks_[index];
  walk.waits_on = no_walk;
  if (walk.phase == Walk::Phase::ready) return;
  walk.phase = Walk::Phase::ready;
  ready_.push_back({index, waited_for});
}

void IterativeEngine::run_ready() {
  wake_limited();
  while (!ready_.empty()) {
    const Ready ready = ready_.front();
    ready_.pop_front();
    if (ready.peer != no_peer) --peers_[ready.peer].woken;
    // One that ended meanwhile, or went on already, has an entry left here.
    if (walks_[ready.walk].phase == Walk::Phase::ready) {
      walks_[ready.walk].phase = Walk::Phase::stepping;
      step(ready.walk);
    }
    // It may have gone elsewhere: then it is the next one's turn.
    if (ready.peer != no_peer) wake_waiting(ready.peer);
  }
}

void IterativeEngine::run(Instant now) {
  now_ = now;
  timers_.advance(now, [this](uint32_t index) { on_timer(index); });
  free_left_places();
  run_ready();
}

Instant IterativeEngine::next_due(Instant now) {
  if (!ready_.empty()) return now;
  const Instant due = std::min(timers_.next_due(), next_token(now));
  return left_.empty() ? due : std::min(due, left_.top().at);
}

void IterativeEngine::on_departed(size_t tokens, Instant real_now) {
  const auto end = taken_.begin() + static_cast<std::ptrdiff_t>(tokens);
  for (auto taken = taken_.begin(); taken != end; ++taken)
    rate_.depart(taken->first, real_now, taken->second);
  taken_.erase(taken_.begin(), end);
}

void IterativeEngine::arm(uint32_t index, Instant when) {
  if (when == never) return;
  walks_[index].due = when;
  if (!timers_.fires_by(index, when)) timers_.arm(index, when);
}

void IterativeEngine::on_timer(uint32_t index) {
  Walk& walk = walks_[index];
  if (walk.phase == Walk::Phase::idle || walk.phase == Walk::Phase::ready)
    return;  // ended, or goes on anyway
  if (walk.phase == Walk::Phase::follower) return;
  if (now_ < walk.due) return arm(index, walk.due);
  for (uint32_t q = walk.queries; q != no_query; q = queries_[q].next) {
    Query& query = queries_[q];
    if (query.shut || now_ < query.due || std::exchange(query.silent, true)) continue;
    if (query.tcp) on_tcp_failed(query);
    hierarchy_.servers.silent(peers_[query.peer].address, query.sent_at + stalled_, real_now());
    --peers_[query.peer].awaited;
    wake_waiting(query.peer);
  }
  if (now_ >= budget_of(walk).deadline) return end_by_deadline(index);
  if (walk.phase == Walk::Phase::asked) be_late(index);
  if (walk.phase == Walk::Phase::asked || walk.phase == Walk::Phase::elsewhere) make_ready(index);
}

void IterativeEngine::end_by_deadline(uint32_t index) {
  Walk& walk = walks_[index];
  walk.out_of_time = true;
  if (walk.phase == Walk::Phase::asked) return fail(index);
  fail_with(index, walk.phase == Walk::Phase::crowded ? server_limits : deadline_waiting);
}

// Everything a walk holds goes back; who waits for it must have been told.
void IterativeEngine::release(uint32_t index) {
  Walk& walk = walks_[index];
  close_queries(index);
  release_claim(index);
  if (walk.leader) asked_.erase(static_cast<uint32_t>(walk.hash >> 32), index);
  for (uint32_t f = walk.followers; f != no_walk;) {
    const uint32_t next = walks_[f].next_follower;
    walks_[f].reset();
    walks_.release(f);
    --lines_;
    f = next;
  }
  if (walk.is_line) --lines_;
  if (--budget_of(walk).walks == 0) {
    budget_of(walk).trace.reset();
    budgets_.release(walk.budget);
  }
  walk.reset();
  walks_.release(index);
  CHECK(walks_.used() > 0 || queries_.used() == 0);
}

void IterativeEngine::cancel_all() {
  for (uint32_t i = 0; i < walks_.capacity(); ++i) {
    if (walks_[i].phase == Walk::Phase::idle || walks_[i].phase == Walk::Phase::follower) continue;
    fail_with(i, cancelled);
  }
  ready_.clear();
}

Stats IterativeEngine::stats() const {
  Stats stats = counters_;
  stats.in_flight = lines_;
  stats.cache = cache_.stats();
  return stats;
}

void IterativeEngine::submit_cancelled(const Question& question) {
  if (!question.valid()) return deliver_invalid(question);
  Response response;
  response.type = question.type;
  response.failure = cancelled.failure;
  response.error_code = cancelled.code;
  response.error_text = cancelled.text;
  hand_over(response, question.qname, question.token, question.tag);
}

}  // namespace dnswarm
