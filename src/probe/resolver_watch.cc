// The watch, in words.
//
// Each resolver is asked for a fresh random name every `interval`, in turn with the others, so that queries
// are spread evenly; the zones take turns. A name with records is followed at once by another one under the
// next zone: records again are a lie: one zone that has got a wildcard condemns nobody. A name without
// records, or nothing within the timeout, ends the suspicion: silence proves nothing.
#include <algorithm>
#include <atomic>
#include <future>
#include <system_error>
#include <thread>

#include "dnswarm/resolver_check.h"
#include "probe/check_options.h"
#include "probe/prober.h"
#include "probe/seen.h"
#include "probe/standard.h"

namespace dnswarm {
namespace {

constexpr Duration wait_longest = std::chrono::milliseconds(50);  // until it sees that it is to end

}  // namespace

class ResolverWatch::Impl final : private ProbeSink {
 public:
  ~Impl() override {
    ending_.store(true);
    if (thread_.joinable()) thread_.join();
  }
  std::string start(const ResolverWatchOptions& options, OnLiar on_liar);
  uint64_t queries() const { return queries_.load(std::memory_order_relaxed); }

 private:
  struct Watched {
    std::string name;  // of the open query
    std::string qname;
    std::string evidence;  // of the first answer to a name that does not exist
    size_t zone = 0;       // to be asked for next
    bool open = false;
    bool gone = false;  // it lied
  };

  void thread_main(std::promise<std::string>& opened);
  void loop();
  void ask(size_t index, Instant now);
  void on_end(const Probe& probe, const ProbeEnd& end) override;

  ResolverWatchOptions options_;
  OnLiar on_liar_;
  std::vector<CheckTarget> targets_;
  std::vector<Watched> watched_;
  std::unique_ptr<Prober> prober_;
  std::vector<size_t> suspects_;  // to be asked again at once
  AnswerSets sets_;
  Random random_;
  std::atomic<uint64_t> queries_{0};
  std::atomic<bool> ending_{false};
  std::thread thread_;
};

std::string ResolverWatch::Impl::start(const ResolverWatchOptions& options, OnLiar on_liar) {
  options_ = options;
  on_liar_ = std::move(on_liar);
  std::string error;
  const Address source = source_of(options.source_address, &error);
  targets_ = list_targets(options.resolvers, {}, source, &error);
  if (error.empty() && targets_.size() != options.resolvers.size()) error = "a resolver is listed twice";
  if (error.empty() && options.absent_zones.size() < 2) error = "a watch needs two zones at least";
  for (const std::string& zone : options.absent_zones) {
    if (wire_of(random_name_under(zone, random_)).empty()) error = "\"" + zone + "\" is no zone's name";
  }
  if (!error.empty()) return error;
  watched_.resize(targets_.size());
  for (size_t i = 0; i < watched_.size(); ++i) watched_[i].zone = i % options.absent_zones.size();
  ProbeSink& sink = *this;
  prober_ = std::make_unique<Prober>(prober_options_of(options, source, targets_), sink);
  std::promise<std::string> opened;
  auto answer = opened.get_future();
  try {
    thread_ = std::thread([this, &opened] { thread_main(opened); });
  } catch (const std::system_error& problem) {
    return std::string("cannot start a thread: ") + problem.what();
  }
  return answer.get();
}

// Its loop belongs to the thread that makes it.
void ResolverWatch::Impl::thread_main(std::promise<std::string>& opened) {
  std::string error = prober_->open();
  const bool failed = !error.empty();
  opened.set_value(std::move(error));
  if (!failed) loop();
  prober_.reset();
}

void ResolverWatch::Impl::loop() {
  const Duration pace = Duration(options_.interval) / static_cast<int64_t>(targets_.size());
  Instant due = monotonic_now();
  size_t next = 0;
  while (!ending_.load(std::memory_order_relaxed)) {
    const Instant now = monotonic_now();
    while (!suspects_.empty() && prober_->can_ask(now)) {
      ask(suspects_.back(), now);
      suspects_.pop_back();
    }
    while (due <= now && prober_->can_ask(now)) {
      // Where the rate is the limit the interval grows: what was missed is not made up for.
      due = std::max(due + pace, now - Duration(options_.interval));
      ask(next, now);
      next = (next + 1) % targets_.size();
    }
    const Instant chance = suspects_.empty() ? std::max(due, prober_->next_chance(now)) : now;
    prober_->turn(std::min(chance, now + wait_longest));
    queries_.store(prober_->queries(), std::memory_order_relaxed);
  }
}

void ResolverWatch::Impl::ask(size_t index, Instant now) {
  Watched& watched = watched_[index];
  if (watched.gone || watched.open) return;
  watched.open = true;
  watched.name = random_name_under(options_.absent_zones[watched.zone], random_);
  watched.zone = (watched.zone + 1) % options_.absent_zones.size();
  watched.qname = wire_of(watched.name);
  Probe probe;
  probe.server = &targets_[index].address;
  probe.qname = {reinterpret_cast<const uint8_t*>(watched.qname.data()), watched.qname.size()};
  probe.type = RRType::A;
  probe.tag = index;
  prober_->ask(probe, now);
}

void ResolverWatch::Impl::on_end(const Probe& probe, const ProbeEnd& end) {
  Watched& watched = watched_[probe.tag];
  watched.open = false;
  Seen seen;
  if (end.how == ProbeEnd::How::answered) {
    seen.end = Seen::End::answered;
    read_response(*end.message, RRType::A, sets_, seen);
  }
  if (!is_lie(seen, sets_)) return watched.evidence.clear();
  const std::string said = watched.name + ": " + sets_[seen.answers].front();
  if (watched.evidence.empty()) {
    watched.evidence = said;
    suspects_.push_back(probe.tag);
    return;
  }
  watched.gone = true;
  on_liar_(probe.tag, "answers names that do not exist, such as " + watched.evidence + " and " + said);
}

ResolverWatch::ResolverWatch(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ResolverWatch::~ResolverWatch() = default;

std::unique_ptr<ResolverWatch> ResolverWatch::start(const ResolverWatchOptions& options, OnLiar on_liar,
                                                    std::string* error) {
  auto impl = std::make_unique<Impl>();
  *error = impl->start(options, std::move(on_liar));
  if (!error->empty()) return nullptr;
  return std::unique_ptr<ResolverWatch>(new ResolverWatch(std::move(impl)));
}

uint64_t ResolverWatch::queries() const { return impl_->queries(); }

}  // namespace dnswarm
