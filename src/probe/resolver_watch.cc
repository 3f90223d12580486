// The watch, in words.
//
// Each resolver is looked at every `interval`, in turn with the others, so that queries are spread evenly: a
// fresh random name that cannot exist, and, where there are known names, one of them, by turns; zones and
// known names take turns as well. What is wrong is followed by a second look at once: at another random name,
// under the next zone (one that has got a wildcard condemns nobody), or at the same known name. Wrong again
// is a lie, or a rewrite. Anything else ends the suspicion, silence as well: it proves nothing.
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

// What may be looked at.
struct Look {
  bool absent = false;
  std::string name;  // known: the name, absent: the zone
  RRType type = RRType::A;
  AnswerSetId right = AnswerSets::empty;  // known
};

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
    std::string name, qname;  // of the open query, as text and on the wire
    std::string evidence;     // what was wrong; empty: nothing, so far
    size_t looks = 0;         // so far
    size_t look = 0;          // the open one, or the last
    bool open = false;
    bool gone = false;  // it lied
  };

  std::string list_looks();
  void thread_main(std::promise<std::string>& opened);
  void loop();
  void look(size_t index, Instant now);
  void ask(size_t index, Instant now);
  void on_end(const Probe& probe, const ProbeEnd& end) override;
  bool is_wrong(const Look& look, const Seen& seen) const;

  ResolverWatchOptions options_;
  OnLiar on_liar_;
  std::vector<CheckTarget> targets_;
  std::vector<Watched> watched_;
  std::vector<Look> looks_;  // the absent ones first
  size_t absents_ = 0;
  std::unique_ptr<Prober> prober_;
  std::vector<size_t> suspects_;  // to be looked at again at once
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
  if (error.empty()) targets_ = list_targets(options.resolvers, {}, source, &error);
  if (error.empty() && targets_.size() != options.resolvers.size()) error = "a resolver is listed twice";
  if (error.empty()) error = list_looks();
  if (!error.empty()) return error;
  watched_.resize(targets_.size());
  // They do not march in step.
  for (size_t i = 0; i < watched_.size(); ++i) watched_[i].looks = i;
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

std::string ResolverWatch::Impl::list_looks() {
  if (options_.resolvers.empty() || options_.absent_zones.size() < 2)
    return "a watch needs a resolver, and two zones at least";
  for (const std::string& zone : options_.absent_zones) {
    if (wire_of(random_name_under(zone, random_)).empty()) return "\"" + zone + "\" is no zone's name";
    looks_.push_back({true, zone, RRType::A, AnswerSets::empty});
  }
  absents_ = looks_.size();
  for (const KnownName& known : options_.known) {
    std::vector<std::string> data;
    for (const std::string& text : known.data) data.push_back(canonical_data(known.type, text));
    if (wire_of(known.name).empty() || data.empty()) return "\"" + known.name + "\" is no name with data";
    looks_.push_back({false, known.name, known.type, sets_.id_of(std::move(data))});
  }
  return {};
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
      look(next, now);
      next = (next + 1) % targets_.size();
    }
    const Instant wanted = suspects_.empty() ? due : now;
    prober_->turn(std::min(std::max(wanted, prober_->next_chance(now)), now + wait_longest));
    queries_.store(prober_->queries(), std::memory_order_relaxed);
  }
}

void ResolverWatch::Impl::look(size_t index, Instant now) {
  Watched& watched = watched_[index];
  if (watched.gone || watched.open || !watched.evidence.empty()) return;
  const size_t number = watched.looks++;
  const size_t knowns = looks_.size() - absents_;
  const bool absent = knowns == 0 || number % 2 == 0;
  const size_t turn = knowns == 0 ? number : number / 2;
  watched.look = absent ? turn % absents_ : absents_ + turn % knowns;
  ask(index, now);
}

// Asks what watched.look says.
void ResolverWatch::Impl::ask(size_t index, Instant now) {
  Watched& watched = watched_[index];
  const Look& look = looks_[watched.look];
  watched.name = look.absent ? random_name_under(look.name, random_) : look.name;
  watched.qname = wire_of(watched.name);
  watched.open = true;
  Probe probe;
  probe.server = &targets_[index].address;
  probe.qname = {reinterpret_cast<const uint8_t*>(watched.qname.data()), watched.qname.size()};
  probe.type = look.type;
  probe.tag = index;
  prober_->ask(probe, now);
}

bool ResolverWatch::Impl::is_wrong(const Look& look, const Seen& seen) const {
  if (look.absent) return is_lie(seen, sets_);
  return seen.definitive() && !(seen.has_records() && sets_.includes(look.right, seen.answers));
}

void ResolverWatch::Impl::on_end(const Probe& probe, const ProbeEnd& end) {
  Watched& watched = watched_[probe.tag];
  const Look& look = looks_[watched.look];
  watched.open = false;
  Seen seen;
  if (end.how == ProbeEnd::How::answered) {
    seen.end = Seen::End::answered;
    read_response(*end.message, probe.type, sets_, seen);
  }
  if (!is_wrong(look, seen)) return watched.evidence.clear();
  const bool has_records = seen.answers != AnswerSets::empty;
  const std::string said =
      watched.name + ": " + (has_records ? sets_[seen.answers].front() : std::string(to_text(seen.rcode)));
  if (watched.evidence.empty()) {
    watched.evidence = said;
    if (look.absent) watched.look = (watched.look + 1) % absents_;
    suspects_.push_back(probe.tag);
    return;
  }
  watched.gone = true;
  using enum ResolverFaultCode;
  if (look.absent)
    on_liar_(probe.tag,
             {lies, "answers names that do not exist, such as " + watched.evidence + " and " + said});
  else
    on_liar_(probe.tag, {rewrites, "says twice " + said + ", which is " + sets_[look.right].front()});
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
