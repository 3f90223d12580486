// The turn: take questions, let the engine start and fire, send everything as one batch, wait, and
// deliver what came. Received data is drained before timers fire, so that a stopped or blocked
// process does not turn answers into timeouts; and the time for which it was stopped or blocked (a
// slow reader of the output, SIGSTOP) is taken out of the engine's clock altogether.
#include "resolver/worker.h"

#include <algorithm>
#include <array>
#include <new>
#include <system_error>

namespace dnswarm {

namespace {

constexpr unsigned questions_per_turn = 2048;   // then receive again: answers wait in socket buffers
constexpr unsigned questions_expected = 16;     // announced to the engine at a time
// A worker that waits for much of its time is at the mercy of round trips: what is in flight comes and goes
// in waves. They are received in parts, and what takes the place of those that were answered is sent between
// them: so nobody waits until the whole wave is worked on, and the next one is flatter. A worker that hardly
// waits receives everything in one turn: larger turns make larger sends.
constexpr int idle_parts_of_time = 4;           // waits for a quarter of its time
constexpr unsigned datagrams_per_part = 256;
constexpr unsigned parts_max = 32;              // then everything is received once: timers wait for that
// Completions are reaped in batches: what comes in this time at the present rate, a flood's worth at most. A
// batch should not add to the time until its queries' places are taken by others.
constexpr Duration batch_time = std::chrono::microseconds(250);
constexpr size_t batch_max = 256;
constexpr Duration rate_window = std::chrono::milliseconds(20);
constexpr Duration wait_longest = std::chrono::milliseconds(200);
// A part of a turn takes a few milliseconds; what is beyond this was spent blocked, stopped, or without a
// processor (CPU quotas stop a container for tens of milliseconds, many times a second). It is less than
// anything that is made of a missing answer takes: retries, and what an upstream is found to bear.
constexpr Duration stall_tolerance = std::chrono::milliseconds(20);
// Drops are known before the queries whose answers they took are judged. Only a socket that was full drops,
// so where next to nothing came nothing was dropped.
constexpr Duration drop_count_pause = std::chrono::milliseconds(10);
constexpr size_t drop_datagrams_min = 16;
constexpr Duration housekeeping_pause = std::chrono::milliseconds(200);

}  // namespace

Worker::Worker(const WorkerConfig& config, SharedLimits& limits, ResponseHandler& handler)
    : config_(config), limits_(limits), handler_(handler) {}

Worker::~Worker() { join(); }

std::string Worker::start() {
  std::promise<std::string> ready;
  auto answer = ready.get_future();
  try {
    thread_ = std::thread([this, &ready] { thread_main(ready); });
  } catch (const std::system_error& error) {
    return std::string("cannot start a thread: ") + error.what();
  }
  return answer.get();
}

void Worker::join() {
  if (thread_.joinable()) thread_.join();
}

void Worker::cancel() {
  cancelled_.store(true);
  loop_->wake();
}

void Worker::wake_if_hungry() {
  if (hungry_.load()) loop_->wake();
}

void Worker::thread_main(std::promise<std::string>& ready) {
  std::string error = open_loop();
  try {
    if (error.empty()) error = open_sockets();
  } catch (const std::bad_alloc&) {
    error = "not enough memory for a cache of " + std::to_string(config_.engine.cache_octets >> 20) +
            " MiB and " + std::to_string(config_.engine.in_flight) + " lookups in flight a worker";
  }
  if (!error.empty()) return ready.set_value(error);
  io_text_ = loop_->describe();
  ready.set_value({});
  loop();
}

void Worker::loop() {
  while (!done()) turn();
  left_out_minded_.store(SIZE_MAX, std::memory_order_release);  // nothing more comes from here
  if (batch_) queue_.recycle(std::move(batch_));
  handler_.on_wait(config_.index, 0);
  publish_stats();
}

bool Worker::done() {
  return engine_->in_flight() == 0 && !has_held_ && !batch_ && queue_.finished();
}

void Worker::turn() {
  refresh_clock();
  engine_->begin_turn(now_, std::chrono::system_clock::now());
  mind_left_out();
  if (cancelled_.load(std::memory_order_relaxed)) {
    cancel_everything();
  } else {
    accept_questions();
  }
  // While answers may lie unseen no timer fires.
  if (drained_) engine_->run(now_);
  else engine_->start_waiting(now_);
  batcher_->send(*loop_);
  bool more_to_send = engine_->tokens_taken() > 0 && depart();
  if (!more_to_send) wait_and_receive();
  housekeeping();
}

void Worker::mind_left_out() {
  const size_t minded = left_out_minded_.load(std::memory_order_relaxed);
  if (config_.left_out == nullptr || config_.left_out->size() == minded) [[likely]] return;
  const std::vector<size_t> fresh = config_.left_out->since(minded);
  for (size_t upstream : fresh) engine_->leave_out(static_cast<PeerIndex>(upstream));
  left_out_minded_.store(minded + fresh.size(), std::memory_order_release);
}

void Worker::refresh_clock() {
  Instant real = monotonic_now();
  Duration since = real - real_now_;
  // Only a gap within a turn is a stall; waits announce themselves by moving real_now_ on.
  if (real_now_ != Instant() && since > stall_tolerance) {
    stalled_ += since - stall_tolerance;
    if (engine_) engine_->set_stalled(stalled_);
  }
  real_now_ = real;
  now_ = real - stalled_;
  clock_fresh_ = true;
}

// Limits are about when packets leave: what was queued does so now, whatever there is to wait for. True
// where what came meanwhile led to more, which should not wait either.
bool Worker::depart() {
  size_t tokens = engine_->tokens_taken();
  clock_fresh_ = false;
  receive(Duration(0), 1);
  engine_->on_departed(tokens, monotonic_now());
  return !batcher_->empty();
}

bool Worker::next_question(Question& question) {
  for (;;) {
    if (batch_) {
      if (batch_->next(question)) return true;
      queue_.recycle(std::move(batch_));
    }
    batch_ = queue_.try_pop();
    if (!batch_) return false;
  }
}

void Worker::accept_questions() {
  for (unsigned n = 0; n < questions_per_turn; ++n) {
    if (!has_held_ && !(has_held_ = next_question(held_))) return;
    if (!engine_->can_accept()) return;
    has_held_ = false;
    if (n % questions_expected == 0 && batch_) {
      engine_->expect(batch_->next_hashes(questions_expected));
    }
    engine_->submit(held_);
  }
}

void Worker::cancel_everything() {
  engine_->cancel_all();
  if (has_held_) engine_->submit_cancelled(held_);
  has_held_ = false;
  Question question;
  while (next_question(question)) engine_->submit_cancelled(question);
}

void Worker::wait_and_receive() {
  bool more_input = has_held_ ? engine_->can_accept() : batch_ != nullptr;
  if (more_input || done()) {
    clock_fresh_ = false;
    return receive(Duration(0), 1);
  }
  handler_.on_wait(config_.index, engine_->in_flight());
  hungry_.store(!has_held_);
  bool woken = cancelled_.load() && engine_->in_flight() > 0;
  if (!has_held_ && !batch_) batch_ = queue_.try_pop();
  woken |= !has_held_ && batch_ != nullptr;
  if (!has_held_ && !batch_ && queue_.finished() && engine_->in_flight() == 0) woken = true;
  refresh_clock();
  Duration wait = std::clamp<Duration>(engine_->next_due(now_) - now_, Duration(0), wait_longest);
  if (woken) wait = Duration(0);
  auto want = static_cast<unsigned>(
      std::clamp<size_t>(std::min(engine_->waiting_for_answers() / 4, batch_size_), 1, batch_max));
  clock_fresh_ = false;
  receive(wait, want);
  hungry_.store(false);
}

void Worker::receive(Duration wait, unsigned want) {
  wait_began_ = wait > Duration(0) ? real_now_ : never;
  real_now_ += wait;  // the wait itself is no stall
  bool in_parts = waves_ && parts_ < parts_max;
  drained_ = loop_->turn(wait, want, *this, in_parts ? datagrams_per_part : UINT32_MAX) || !in_parts;
  parts_ = drained_ ? 0 : parts_ + 1;
}

// What has come since the wait came now, not when the wait began.
void Worker::begin_delivery() {
  if (clock_fresh_) return;
  refresh_clock();
  if (wait_began_ != never) idle_ += real_now_ - wait_began_;
  engine_->begin_turn(now_, std::chrono::system_clock::now());
  measure_rate();
  look_for_drops();
}

void Worker::measure_rate() {
  Duration window = real_now_ - window_began_;
  if (window < rate_window) return;
  batch_size_ = datagrams_ * static_cast<size_t>(batch_time.count()) / static_cast<size_t>(window.count());
  waves_ = idle_ * idle_parts_of_time > window;
  window_began_ = real_now_;
  datagrams_ = 0;
  idle_ = Duration(0);
}

uint64_t Worker::count_drops() const {
  uint64_t drops = drops_of_removed_;
  for (const Flow& flow : flows_) drops += loop_->drops(flow.socket);
  return retired_ ? drops + loop_->drops(*retired_) : drops;
}

void Worker::look_for_drops() {
  if (now_ < next_drop_count_ || since_drop_count_ < drop_datagrams_min) return;
  next_drop_count_ = now_ + drop_count_pause;
  since_drop_count_ = 0;
  const uint64_t before = std::exchange(drops_, count_drops());
  if (drops_ > before) engine_->on_local_drops();
}

void Worker::expect_datagrams(std::span<const ExpectedDatagram> datagrams) {
  static_assert(LoopHandler::expected_max <= Engine::expected_max);
  std::array<ExpectedResponse, LoopHandler::expected_max> responses;
  for (size_t i = 0; i < datagrams.size(); ++i) {
    responses[i] = {socket_flows_[datagrams[i].socket], datagrams[i].octets};
  }
  engine_->expect({responses.data(), datagrams.size()});
}

void Worker::on_datagram(SocketIndex socket, const Address* source, std::span<uint8_t> octets, bool) {
  begin_delivery();
  ++datagrams_;
  ++since_drop_count_;
  engine_->on_datagram(socket_flows_[socket], source, octets);
}

void Worker::on_send_failed(SocketIndex socket, const Address*, Octets datagram, int error) {
  engine_->on_send_failed(socket_flows_[socket], datagram, error);
}

void Worker::on_socket_error(SocketIndex socket, int error) {
  engine_->on_port_refused(socket_flows_[socket], error);
}

uint8_t* Worker::queue_udp(FlowIndex flow, PeerIndex peer, size_t octets, uint16_t run) {
  const Address* destination = flows_[flow].connected ? nullptr : &engine_->address_of(peer);
  return batcher_->add(flows_[flow].socket, destination, octets, run);
}

void Worker::on_ready(uint32_t token, short events) {
  begin_delivery();
  tcp_->on_ready(token, events, now_, *engine_);
}

void Worker::on_response(const Response& response) { handler_.on_response(config_.index, response); }

void Worker::housekeeping() {
  if (now_ < next_housekeeping_) return;
  next_housekeeping_ = now_ + housekeeping_pause;
  tcp_->close_idle(now_, *engine_);
  rotate_port();
  publish_stats();
}

void Worker::publish_stats() {
  Stats stats = engine_->stats();
  stats.kernel_drops = count_drops();
  std::lock_guard lock(stats_mutex_);
  published_ = std::move(stats);
}

Stats Worker::stats() const {
  std::lock_guard lock(stats_mutex_);
  return published_;
}

}  // namespace dnswarm
