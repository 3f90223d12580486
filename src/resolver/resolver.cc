// The public Resolver: checks the options once, starts the workers, sends each question to the
// worker that its hash names, so that equal questions meet in one worker and need no lock.
#include "dnswarm/resolver.h"

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "base/range_text.h"
#include "dns/name.h"
#include "dns/query_builder.h"
#include "resolver/flow_plan.h"
#include "resolver/hosts_table.h"
#include "resolver/iterative_setup.h"
#include "resolver/memory_limit.h"
#include "resolver/stats_merge.h"
#include "resolver/system_config.h"
#include "resolver/upstream_list.h"
#include "resolver/worker.h"

namespace dnswarm {

namespace {

constexpr size_t token_octets_max = 1024;  // rows cut a name there: no legal one is longer

unsigned usable_cores() {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  return static_cast<unsigned>(std::max(CPU_COUNT(&set), 1));
}

std::string check_ranges(const Options& o) {
  auto ms = [](std::chrono::milliseconds v) { return static_cast<double>(v.count()); };
  std::string errors[] = {
      range_error("workers", o.workers, 0, Limits::workers_max, ""),
      range_error("in_flight", o.in_flight, 0, Limits::in_flight_max, " lookups"),
      range_error("attempts", o.attempts, 1, Limits::attempts_max, ""),
      range_error("timeout", ms(o.timeout), Limits::timeout_ms_min, Limits::timeout_ms_max, " ms"),
      range_error("deadline", ms(o.deadline), Limits::timeout_ms_min, Limits::deadline_ms_max, " ms"),
      o.rate == 0 ? "" : range_error("rate", o.rate, Limits::rate_min, Limits::rate_max, " packets/s"),
      o.rate_per_upstream == 0 ? ""
                               : range_error("rate_per_upstream", o.rate_per_upstream, Limits::rate_min,
                                             Limits::rate_max, " packets/s"),
      range_error("udp_payload_octets", o.udp_payload_octets, Limits::udp_payload_octets_min,
                  Limits::udp_payload_octets_max, " octets"),
      range_error("port_rotation", ms(o.port_rotation), 0, Limits::port_rotation_ms_max, " ms"),
      range_error("cache_octets", static_cast<double>(o.cache_octets), 0, 1099511627776.0, " octets"),
  };
  for (std::string& error : errors) {
    if (!error.empty()) return error;
  }
  return client_subnet_error(o.client_subnet);
}

}  // namespace

class Resolver::Impl {
 public:
  std::string open(const Options& options, ResponseHandler& handler);
  void submit(std::string_view name, std::span<const RRType> types, uint64_t tag);
  void submit_invalid(std::string_view name, std::span<const RRType> types, uint64_t tag,
                      std::string_view code, std::string_view text);
  void flush();
  void finish();
  void cancel();
  Stats stats() const;
  void leave_out(std::span<const size_t> upstreams);

  std::vector<std::string> upstream_texts;
  std::vector<std::string> notes;
  std::vector<std::unique_ptr<Worker>> workers;

 private:
  std::string start_workers(const Options& options, const EngineOptions& engine, const Address& source,
                            ResponseHandler& handler);
  std::string open_iterative(const Options& options, const Address& source, ResponseHandler& handler);
  size_t octets_for_cache(size_t wanted, size_t workers_wanted, size_t in_flight);
  void give(const Question& question);

  SystemConfig system_;
  std::unique_ptr<Hierarchy> hierarchy_;  // null: upstreams are asked
  IterativeOptions iterative_;
  SharedLimits limits_;
  LeftOut left_out_;
  HostsTable hosts_;
  std::vector<std::unique_ptr<QuestionBatch>> filling_;  // by worker
  Name name_;
  std::atomic<uint64_t> submitted_{0};
  uint64_t submitted_here_ = 0;
  bool finished_ = false;
};

std::string Resolver::Impl::open(const Options& options, ResponseHandler& handler) {
  if (std::string error = check_ranges(options); !error.empty()) return error;
  Address source;
  if (!options.source_address.empty()) {
    auto parsed = Address::from_text(options.source_address, 1);
    if (!parsed) return "source address \"" + options.source_address + "\" is not an IP address";
    source = *parsed;
    source.set_port(0);
  }
  if (options.iterative) return open_iterative(options, source, handler);
  bool system = options.upstreams.empty();
  if (system || options.search) system_ = load_system_config(options.resolv_conf_path);
  UpstreamList list = list_upstreams(options, system_, source);
  if (!list.error.empty()) return list.error;
  upstream_texts = list.texts;
  notes = list.notes;
  EngineOptions engine;
  engine.upstreams = list.addresses;
  engine.upstream_texts = list.texts;
  if (options.use_hosts_file) {
    if (!hosts_.load(options.hosts_path)) return "cannot read the hosts file " + options.hosts_path;
    engine.hosts = &hosts_;
  }
  if (options.search) {
    for (const std::string& text : system_.search) {
      Name name;
      if (name.assign_text(text) == NameError::none) engine.search.push_back(name);
    }
  }
  engine.ndots = system_.ndots;
  engine.attempts = system && system_.attempts != 0 && options.attempts == Options().attempts
                        ? system_.attempts
                        : options.attempts;
  engine.timeout = system && system_.timeout_s != 0 && options.timeout == Options().timeout
                       ? std::chrono::seconds(system_.timeout_s)
                       : Duration(options.timeout);
  engine.deadline = options.deadline;
  engine.query = query_options_of(options);
  engine.mixed_case = options.mixed_case;
  engine.cookies = options.cookies;
  engine.keep_all_sections = options.keep_all_sections;
  return start_workers(options, engine, source, handler);
}

std::string Resolver::Impl::open_iterative(const Options& options, const Address& source,
                                           ResponseHandler& handler) {
  IterativeSetup setup = set_up_iterative(options, source);
  if (!setup.error.empty()) return setup.error;
  hierarchy_ = std::move(setup.hierarchy);
  iterative_ = setup.engine;
  return start_workers(options, EngineOptions(), source, handler);
}

std::string Resolver::Impl::start_workers(const Options& options, const EngineOptions& engine,
                                          const Address& source, ResponseHandler& handler) {
  unsigned n = options.workers != 0 ? options.workers : std::min(usable_cores(), Limits::workers_max);
  size_t in_flight = options.in_flight;
  bool system = options.upstreams.empty() && !options.iterative;
  if (in_flight == 0) {
    in_flight = system ? Limits::in_flight_per_system_upstream * engine.upstreams.size()
                       : size_t{Limits::in_flight_per_worker} * n;
    in_flight = std::min<size_t>(in_flight, Limits::in_flight_max);
  }
  n = static_cast<unsigned>(std::min<size_t>(n, in_flight));
  const size_t descriptors = descriptors_allowed();
  if (options.workers == 0) {
    n = static_cast<unsigned>(std::clamp<size_t>(workers_that_fit(descriptors), 1, n));
  }
  const size_t sockets = sockets_per_worker(descriptors, n);
  if (sockets < sockets_least) {
    return "too few file descriptors: " + std::to_string(descriptors) + " are allowed (ulimit -n), " +
           std::to_string(n) + (n == 1 ? " worker needs " : " workers need ") +
           std::to_string(descriptors_needed(n));
  }
  limits_.total.set(options.rate);
  if (options.rate_per_upstream > 0) {
    limits_.per_upstream =
        std::vector<RateLimit>(engine.upstreams.size(), RateLimit(options.rate_per_upstream));
  }
  const size_t cache_octets = octets_for_cache(options.cache_octets, n, in_flight);
  size_t sockets_max = std::min<size_t>(sockets / 2, 128);
  for (unsigned i = 0; i < n; ++i) {
    WorkerConfig config;
    config.index = i;
    config.engine = engine;
    config.engine.in_flight = static_cast<unsigned>((in_flight + n - 1 - i) / n);
    config.engine.in_flight_per_upstream =
        system && options.in_flight == 0
            ? std::max(1u, Limits::in_flight_per_system_upstream / n)
            : config.engine.in_flight;
    config.engine.cache_octets = cache_octets / n;
    config.hierarchy = hierarchy_.get();
    config.iterative = iterative_;
    config.iterative.in_flight = config.engine.in_flight;
    config.iterative.cache_octets = config.engine.cache_octets;
    config.iterative.in_flight_per_server = std::max(config.iterative.in_flight_per_server / n, 1u);
    config.loop = loop_options_of(options.io_features);
    config.io = options.io;
    config.source = source;
    config.left_out = &left_out_;
    config.sockets_max = sockets_max;
    config.port_rotation = options.port_rotation;
    config.tcp_connections_max = std::clamp<size_t>(sockets / 3, 1, 1024);
    workers.push_back(std::make_unique<Worker>(config, limits_, handler));
    filling_.push_back(workers.back()->queue().fresh());
    std::string error = workers.back()->start();
    if (!error.empty()) {
      workers.back()->join();
      workers.pop_back();
      finish();
      return error;
    }
  }
  return {};
}

// All that is wanted, or less and a note.
size_t Resolver::Impl::octets_for_cache(size_t wanted, size_t workers_wanted, size_t in_flight) {
  const uint64_t limit = memory_limit();
  const size_t octets = cache_that_fits(wanted, limit, workers_wanted, in_flight);
  if (octets < wanted) {
    const auto mib = [](uint64_t value) { return std::to_string(value >> 20) + " MiB"; };
    notes.push_back("the cache has " + mib(octets) + ", not " + mib(wanted) + ": this process may use " +
                    mib(limit) + " of memory (its cgroup's limit)");
  }
  return octets;
}

void Resolver::Impl::submit(std::string_view text, std::span<const RRType> types, uint64_t tag) {
  bool plain = name_.assign_plain_text(text);
  NameError error = plain ? NameError::none : name_.assign_text(text);
  bool address = error == NameError::none && is_ip_address_text(text);
  std::string_view token = text;
  bool absolute = token.ends_with('.') && !token.ends_with("\\.");
  if (absolute && token.size() > 1) token.remove_suffix(1);
  token = token.substr(0, token_octets_max);
  for (RRType type : types) {
    Question question;
    question.tag = tag;
    question.type = type;
    question.token = token;
    question.absolute = absolute;
    NameError fault = error;
    if (address && type != RRType::PTR) fault = NameError::is_address;
    if (fault != NameError::none) {
      question.error_code = code_text(fault);
      question.error_text = sentence_text(fault);
      give(question);
      continue;
    }
    Name reverse;
    bool reversed = address && reverse_name_from_text(text, reverse);
    question.qname = reversed ? reverse.wire() : name_.wire();
    question.hash = question_hash(question.qname, type);
    // The usual token is its name's own text: then it need not travel along.
    if (plain && !reversed) question.token = {};
    give(question);
  }
}

void Resolver::Impl::submit_invalid(std::string_view name, std::span<const RRType> types, uint64_t tag,
                                    std::string_view code, std::string_view text) {
  Question question;
  question.tag = tag;
  question.token = name.substr(0, token_octets_max);
  question.error_code = code;
  question.error_text = text;
  for (RRType type : types) {
    question.type = type;
    give(question);
  }
}

void Resolver::Impl::give(const Question& question) {
  // The low bits choose the bucket of hash tables, the high ones the cache's: these here the worker.
  size_t w = workers.size() == 1 ? 0 : static_cast<size_t>((question.hash >> 16) % workers.size());
  filling_[w]->append(question);
  ++submitted_here_;
  if (!filling_[w]->full()) return;
  submitted_.store(submitted_here_, std::memory_order_relaxed);
  QuestionQueue& queue = workers[w]->queue();
  queue.push(std::move(filling_[w]));
  workers[w]->wake_if_hungry();
  filling_[w] = queue.fresh();
}

void Resolver::Impl::flush() {
  submitted_.store(submitted_here_, std::memory_order_relaxed);
  for (size_t w = 0; w < workers.size(); ++w) {
    if (filling_[w]->empty()) continue;
    workers[w]->queue().push(std::move(filling_[w]));
    workers[w]->wake_if_hungry();
    filling_[w] = workers[w]->queue().fresh();
  }
}

void Resolver::Impl::finish() {
  if (finished_) return;
  finished_ = true;
  flush();
  for (auto& worker : workers) {
    worker->queue().finish();
    worker->wake_if_hungry();
  }
  for (auto& worker : workers) worker->join();
}

void Resolver::Impl::cancel() {
  for (auto& worker : workers) worker->cancel();
}

void Resolver::Impl::leave_out(std::span<const size_t> upstreams) {
  const size_t count = left_out_.add(upstreams);
  for (auto& worker : workers) worker->look_at_left_out();
  for (auto& worker : workers) {
    while (!worker->minds_left_out(count)) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

Stats Resolver::Impl::stats() const {
  Stats stats;
  for (const auto& worker : workers) merge(stats, worker->stats());
  for (size_t i = 0; i < stats.upstreams.size(); ++i) stats.upstreams[i].address = upstream_texts[i];
  stats.submitted = submitted_.load(std::memory_order_relaxed);
  return stats;
}

Resolver::Resolver(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Resolver::~Resolver() {
  impl_->cancel();
  impl_->finish();
}

std::unique_ptr<Resolver> Resolver::create(const Options& options, ResponseHandler& handler,
                                           std::string* error) {
  auto impl = std::make_unique<Impl>();
  *error = impl->open(options, handler);
  if (!error->empty()) return nullptr;
  return std::unique_ptr<Resolver>(new Resolver(std::move(impl)));
}

void Resolver::submit(std::string_view name, std::span<const RRType> types, uint64_t tag) {
  impl_->submit(name, types, tag);
}

void Resolver::submit_invalid(std::string_view name, std::span<const RRType> types, uint64_t tag,
                              std::string_view code, std::string_view text) {
  impl_->submit_invalid(name, types, tag, code, text);
}

void Resolver::flush() { impl_->flush(); }
void Resolver::finish() { impl_->finish(); }
void Resolver::cancel() { impl_->cancel(); }
void Resolver::leave_out(std::span<const size_t> upstreams) { impl_->leave_out(upstreams); }
Stats Resolver::stats() const { return impl_->stats(); }
const std::vector<std::string>& Resolver::upstreams() const { return impl_->upstream_texts; }
const std::vector<std::string>& Resolver::notes() const { return impl_->notes; }
unsigned Resolver::workers() const { return static_cast<unsigned>(impl_->workers.size()); }
std::string_view Resolver::io_text() const { return impl_->workers.front()->io_text(); }

}  // namespace dnswarm
