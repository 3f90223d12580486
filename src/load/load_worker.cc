// The turn: send what is due, wait, take what came, expire. What was received is taken before queries
// expire, and they expire by the time from before that: an answer that lay in a socket while this
// process was stopped is an answer.
//
// A query is sent at the moment its turn began.
#include "load/load_worker.h"

#include <sys/prctl.h>

#include <algorithm>
#include <system_error>

#include "dns/header.h"

namespace dnswarm {
namespace {

constexpr unsigned queries_per_turn = 256;  // then take answers: 64 of them fill a small socket buffer
constexpr uint16_t run_longest = 32;        // longer bursts overrun a server's socket buffer
constexpr Duration wait_longest = std::chrono::milliseconds(50);  // reconnects have no timer of their own

uint64_t share(uint64_t all, unsigned index, unsigned workers) {
  return all / workers + (index < all % workers ? 1 : 0);
}

}  // namespace

LoadWorker::LoadWorker(const LoadWorkerConfig& config, const LoadNames::Impl& names, Series& series)
    : config_(config),
      series_(series),
      builder_(config.query),
      questions_(names, config.seed ? Random(*config.seed + config.index) : Random()) {
  if (config.rate > 0) pace_.emplace(config.rate, config.index, config.workers);
  if (config.queries > 0) quota_ = share(config.queries, config.index, config.workers);
  until_ = config.duration > Duration(0) ? config.duration : Duration::max();
  if (!pace_) return;
  // The last query's turn lasts as long as every other's, else few queries would make a higher rate.
  if (config.queries > 0) until_ = std::min(until_, pace_->due(quota_));
  if (until_ < Duration::max()) quota_ = std::min(quota_, pace_->due_before(until_));
}

LoadWorker::~LoadWorker() {
  if (!thread_.joinable()) return;
  cancel();
  if (!start_given_) start(monotonic_now());
  join();
}

std::string LoadWorker::open() {
  std::promise<std::string> opened;
  auto answer = opened.get_future();
  try {
    thread_ = std::thread([this, &opened] { thread_main(opened); });
  } catch (const std::system_error& error) {
    return std::string("cannot start a thread: ") + error.what();
  }
  std::string error = answer.get();
  if (!error.empty()) thread_.join();
  return error;
}

void LoadWorker::start(Instant at) {
  start_given_ = true;
  start_.set_value(at);
}

void LoadWorker::cancel() {
  cancelled_.store(true);
  flows_->wake();
}

const LoadWorkerResult& LoadWorker::join() {
  if (thread_.joinable()) thread_.join();
  return result_;
}

void LoadWorker::thread_main(std::promise<std::string>& opened) {
  // Sleeps end up to 50 us late otherwise, which an open loop of short latencies would show.
  prctl(PR_SET_TIMERSLACK, 1);
  std::string error = open_flows();
  const bool failed = !error.empty();
  auto start = start_.get_future();
  opened.set_value(std::move(error));
  if (failed) return;
  started_ = start.get();
  now_ = monotonic_now();
  while (now_ < started_ && !cancelled_.load(std::memory_order_relaxed)) {
    flows_->turn(started_ - now_, now_);
    now_ = monotonic_now();
  }
  loop();
}

std::string LoadWorker::open_flows() {
  LoadFlowsSink& sink = *this;
  flows_ = std::make_unique<LoadFlows>(config_.flows, sink);
  if (std::string error = flows_->open(); !error.empty()) return error;
  io_text_ = flows_->describe();
  const unsigned flows = flows_->count();
  const unsigned each = std::min(config_.flows.in_flight, InFlightTable::in_flight_max);
  tables_.reserve(flows);
  for (unsigned flow = 0; flow < flows; ++flow) tables_.emplace_back(each, random_);
  return {};
}

void LoadWorker::loop() {
  core_at_start_ = core_use_so_far();
  refresh_clock();
  while (!cancelled_.load(std::memory_order_relaxed)) {
    if (sending_) send_due();
    if (!sending_ && open_ == 0) break;
    const Duration wait = wait_time();
    const Instant before = now_;
    answers_since_clock_ = 0;
    flows_->turn(wait, now_);
    refresh_clock();
    ++turn_;
    expire(before - config_.timeout);
    roll_seconds();
  }
  if (sending_) end_sending();
  for (InFlightTable& table : tables_) result_.counts.unfinished += table.abandon();
  result_.in_all = std::max(now_ - started_, Duration(0));
  result_.counts.socket_drops = flows_->drops();
  result_.receive_octets = flows_->receive_octets();
  result_.latency.merge(second_latency_);
  series_.publish(config_.index, second_counts_, second_latency_);
}

void LoadWorker::refresh_clock() { now_ = monotonic_now(); }

// How many queries should have left by now.
uint64_t LoadWorker::wanted_now() const {
  if (!pace_) return quota_;
  return std::min(quota_, pace_->due_before(now_ - started_ + Duration(1)));
}

void LoadWorker::send_due() {
  blocked_ = false;
  const bool is_over = now_ - started_ >= until_;
  if (is_over && !pace_) return end_sending();
  const unsigned in_flight = config_.flows.in_flight;
  const uint64_t due = wanted_now() - asked_;
  const uint64_t room = in_flight - std::min(open_, in_flight);
  if (pace_ && due > room) result_.in_flight_was_full = true;
  auto count = static_cast<unsigned>(std::min({due, room, uint64_t{queries_per_turn}}));
  for (; count > 0 && !blocked_; --count) {
    blocked_ = !send_one(static_cast<uint16_t>(std::min<unsigned>(count, run_longest)));
  }
  // A schedule's last queries may be due less than a sleep before its end.
  if (pace_ ? is_over : asked_ == quota_) end_sending();
}

bool LoadWorker::send_one(uint16_t run_max) {
  const QuestionSource::Question question =
      questions_.question(asked_ * config_.workers + config_.index);
  const size_t octets = builder_.size(question.qname.size(), builder_.edns());
  const unsigned flow = choose_flow(octets, run_max);
  if (flow == flows_->count()) return false;
  uint8_t query[query_octets_max];
  builder_.build(question.qname, question.type, 0, builder_.edns(), query);
  const Octets asked{query + header_octets, question.qname.size() + 4};
  const Instant due = pace_ ? started_ + pace_->due(asked_) : now_;
  const uint16_t id = tables_[flow].add(asked_hash(asked), due, now_);
  query[0] = static_cast<uint8_t>(id >> 8);
  query[1] = static_cast<uint8_t>(id);
  Run& run = runs_[octets];
  if (!flows_->send(flow, {query, octets}, run.left, now_)) {
    tables_[flow].undo_add();
    return false;
  }
  --run.left;
  ++asked_;
  ++open_;
  ++result_.counts.sent;
  ++second_counts_.sent;
  result_.counts.octets_sent += octets;
  if (pace_) result_.lateness.add(now_ - due);
  return true;
}

// The flow of this size's run while it lasts, else the next one that can take a query; count() where
// none can.
unsigned LoadWorker::choose_flow(size_t octets, uint16_t run_max) {
  Run& run = runs_[octets];
  if (run.turn == turn_ && run.left > 0 && tables_[run.flow].has_room()) return run.flow;
  const unsigned flows = flows_->count();
  for (unsigned tries = 0; tries < flows; ++tries) {
    const unsigned flow = next_flow_;
    next_flow_ = next_flow_ + 1 == flows ? 0 : next_flow_ + 1;
    if (!tables_[flow].has_room() || !flows_->can_send(flow, now_)) continue;
    run = {turn_, flow, run_max};
    return flow;
  }
  return flows;
}

void LoadWorker::end_sending() {
  sending_ = false;
  result_.sending = std::max(now_ - started_, Duration(0));  // it may be cancelled before its start
  result_.core = core_use_so_far() - core_at_start_;
  result_.counts.answered_while_sending = result_.counts.answered;
  if (pace_) result_.counts.not_sent = wanted_now() - asked_;
}

void LoadWorker::expire(Instant until) {
  for (InFlightTable& table : tables_) {
    const unsigned open_before = table.open();
    table.expire(until, [this] {
      ++result_.counts.timed_out;
      ++second_counts_.lost;
    });
    open_ -= open_before - table.open();
  }
}

Duration LoadWorker::wait_time() {
  if (config_.busy_poll && sending_) return Duration(0);
  Instant until = now_ + wait_longest;
  if (sending_) {
    if (until_ < Duration::max()) until = std::min(until, started_ + until_);
    const bool has_room = open_ < config_.flows.in_flight && asked_ < quota_;
    if (has_room && !blocked_) until = pace_ ? std::min(until, started_ + pace_->due(asked_)) : now_;
  }
  for (const InFlightTable& table : tables_) {
    if (table.oldest_sent() != never) until = std::min(until, table.oldest_sent() + config_.timeout);
  }
  return std::max(until - now_, Duration(0));
}

void LoadWorker::roll_seconds() {
  while (now_ - started_ >= std::chrono::seconds(second_ + 1)) {
    series_.publish(config_.index, second_counts_, second_latency_);
    result_.latency.merge(second_latency_);
    second_counts_ = {};
    second_latency_.clear();
    ++second_;
  }
}

}  // namespace dnswarm
