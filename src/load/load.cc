// The public Load: one step after the other. Each has workers, sockets and IDs of its own, so that
// nothing of one step can be taken for another's.
#include "dnswarm/load.h"

#include <algorithm>
#include <atomic>
#include <mutex>

#include "load/client_limits.h"
#include "load/core_use.h"
#include "load/load_names.h"
#include "load/load_options.h"
#include "load/load_worker.h"
#include "load/ramp.h"
#include "load/series.h"

namespace dnswarm {
namespace {

// Between the opening of the last flow and the first query, so that all workers are ready.
constexpr Duration start_pause = std::chrono::milliseconds(2);
// A ramp's step that sent less than this share of its rate says nothing about it.
constexpr double sent_share_min = 0.99;

void add(LoadCounts& to, const LoadCounts& from) {
  to.sent += from.sent;
  to.answered += from.answered;
  to.answered_while_sending += from.answered_while_sending;
  to.timed_out += from.timed_out;
  to.connection_lost += from.connection_lost;
  to.unfinished += from.unfinished;
  to.send_errors += from.send_errors;
  to.not_sent += from.not_sent;
  to.late += from.late;
  to.duplicate += from.duplicate;
  to.unmatched += from.unmatched;
  to.malformed += from.malformed;
  to.truncated += from.truncated;
  to.octets_sent += from.octets_sent;
  to.octets_received += from.octets_received;
  to.icmp_errors += from.icmp_errors;
  to.connects += from.connects;
  to.reconnects += from.reconnects;
  to.socket_drops += from.socket_drops;
  for (size_t i = 0; i < std::size(to.by_rcode); ++i) to.by_rcode[i] += from.by_rcode[i];
}

double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

}  // namespace

class Load::Impl {
 public:
  Impl(const LoadOptions& options, LoadNames names) : options_(options), names_(std::move(names)) {}

  LoadReport run(std::string* error);
  void cancel();
  Progress progress() const;
  std::string_view io_text() const { return io_text_; }

 private:
  std::string run_step(double rate, LoadResult& result);
  std::string open_workers(const LoadWorkerConfig& step);
  std::string run_ramp(LoadReport& report);
  LoadResult collect(const LoadWorkerConfig& step, Duration cpu_before);
  void close_step();

  const LoadOptions options_;
  const LoadNames names_;
  std::string io_text_;
  std::atomic<bool> cancelled_{false};

  mutable std::mutex mutex_;  // guards the three below against cancel() and progress()
  std::vector<std::unique_ptr<LoadWorker>> workers_;
  std::unique_ptr<Series> series_;
  double rate_ = 0;
};

LoadReport Load::Impl::run(std::string* error) {
  LoadReport report;
  if (options_.mode == LoadMode::ramp) {
    *error = run_ramp(report);
  } else {
    LoadResult result;
    *error = run_step(options_.mode == LoadMode::open ? options_.rate : 0, result);
    if (error->empty()) report.results.push_back(std::move(result));
  }
  report.cancelled = cancelled_.load();
  return report;
}

std::string Load::Impl::run_ramp(LoadReport& report) {
  using Verdict = LoadReport::RampVerdict;
  Ramp ramp(options_.ramp_from, options_.ramp_to, options_.ramp_steps);
  Verdict verdict = Verdict::not_reached;
  while (const std::optional<double> rate = ramp.next()) {
    LoadResult result;
    if (std::string error = run_step(*rate, result); !error.empty()) return error;
    const bool kept_up = result.send_rate() >= sent_share_min * *rate;
    const bool passed =
        kept_up && result.counts.answered > 0 && result.loss_percent() <= options_.loss_percent_max;
    result.passed = passed;
    const bool ours = client_fell_behind(result.client_limits) || (!kept_up && result.client_limits.empty());
    report.results.push_back(std::move(result));
    if (cancelled_.load()) return {};  // the last step was cut short: it proves nothing
    ramp.took(passed);
    if (!passed) verdict = ours ? Verdict::client : Verdict::server;
    const size_t last = report.results.size() - 1;
    if (passed && (!report.best || *rate > report.results[*report.best].rate_wanted)) report.best = last;
  }
  report.ramp_verdict = verdict;
  return {};
}

std::string Load::Impl::run_step(double rate, LoadResult& result) {
  const Duration cpu_before = process_cpu_time();
  const LoadWorkerConfig step = load_worker_config(options_, rate);
  if (std::string error = open_workers(step); !error.empty()) {
    close_step();
    return error;
  }
  if (cancelled_.load()) cancel();  // it came while they were opened
  const Instant start = monotonic_now() + start_pause;
  for (auto& worker : workers_) worker->start(start);
  for (auto& worker : workers_) worker->join();
  result = collect(step, cpu_before);
  close_step();
  return {};
}

std::string Load::Impl::open_workers(const LoadWorkerConfig& step) {
  {
    std::lock_guard lock(mutex_);
    series_ = std::make_unique<Series>(step.workers);
    rate_ = step.rate;
  }
  for (unsigned i = 0; i < step.workers; ++i) {
    LoadWorkerConfig config = step;
    config.index = i;
    const auto share = [&](unsigned all) { return (all + step.workers - 1 - i) / step.workers; };
    config.flows.in_flight = share(step.flows.in_flight);
    config.flows.in_flight_expected = share(step.flows.in_flight_expected);
    auto worker = std::make_unique<LoadWorker>(config, names_.impl(), *series_);
    if (std::string error = worker->open(); !error.empty()) return error;
    io_text_ = worker->io_text();
    std::lock_guard lock(mutex_);
    workers_.push_back(std::move(worker));
  }
  return {};
}

LoadResult Load::Impl::collect(const LoadWorkerConfig& step, Duration cpu_before) {
  LoadResult result;
  result.rate_wanted = step.rate;
  LatencyRecorder latency, from_send, lateness;
  ClientSigns signs;
  Duration sending{}, in_all{};
  for (auto& worker : workers_) {
    const LoadWorkerResult& part = worker->join();
    add(result.counts, part.counts);
    latency.merge(part.latency);
    from_send.merge(part.from_send);
    lateness.merge(part.lateness);
    sending = std::max(sending, part.sending);
    in_all = std::max(in_all, part.in_all);
    const double worker_seconds = std::max(seconds(part.sending), 1e-9);
    result.core_busy = std::max(result.core_busy, seconds(part.core.busy) / worker_seconds);
    result.core_waiting = std::max(result.core_waiting, seconds(part.core.waiting) / worker_seconds);
    signs.send_buffer_full += part.send_buffer_full;
    signs.in_flight_was_full |= part.in_flight_was_full;
    signs.receive_octets = part.receive_octets;
  }
  result.seconds = seconds(sending);
  result.seconds_in_all = seconds(in_all);
  result.cpu_seconds = seconds(process_cpu_time() - cpu_before);
  result.latency = latency.summary();
  result.from_send = from_send.summary();
  result.lateness = lateness.summary();
  result.series = series_->take();
  signs.busy_poll = options_.busy_poll;
  signs.in_flight = step.flows.in_flight;
  result.client_limits = find_client_limits(result, signs);
  return result;
}

void Load::Impl::close_step() {
  std::vector<std::unique_ptr<LoadWorker>> workers;
  std::lock_guard lock(mutex_);
  workers.swap(workers_);
  workers.clear();  // they refer to the series
  series_.reset();
}

void Load::Impl::cancel() {
  cancelled_.store(true);
  std::lock_guard lock(mutex_);
  for (auto& worker : workers_) worker->cancel();
}

Load::Progress Load::Impl::progress() const {
  std::lock_guard lock(mutex_);
  Progress progress;
  progress.rate_wanted = rate_;
  if (series_) progress.second = series_->last();
  return progress;
}

Load::Load(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Load::~Load() = default;

std::unique_ptr<Load> Load::create(const LoadOptions& options, LoadNames names, std::string* error) {
  *error = check_load_options(options);
  if (error->empty() && names.impl().empty()) *error = "there is no name to ask for";
  if (!error->empty()) return nullptr;
  return std::unique_ptr<Load>(new Load(std::make_unique<Impl>(options, std::move(names))));
}

LoadReport Load::run(std::string* error) { return impl_->run(error); }
void Load::cancel() { impl_->cancel(); }
Load::Progress Load::progress() const { return impl_->progress(); }
std::string_view Load::io_text() const { return impl_->io_text(); }

}  // namespace dnswarm
