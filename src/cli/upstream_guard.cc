#include "cli/upstream_guard.h"

#include <algorithm>
#include <map>

#include "cli/complain.h"

namespace dnswarm::cli {
namespace {

constexpr size_t notes_max = 5;  // then their number by reason: public lists are long
constexpr double check_rate_max = 5000;
constexpr double watch_rate_max = 500;
constexpr double watch_share = 0.05;           // of --rate
constexpr double watch_rate_per_upstream = 2;  // a name, and a second one where the first had an answer
constexpr std::chrono::milliseconds check_timeout{800}, check_time{3000};

double watch_rate(const Options& options) {
  if (options.rate == 0) return watch_rate_max;
  return std::clamp(options.rate * watch_share, 1.0, watch_rate_max);
}

template <typename AnyOptions>
void copy_network(const Options& from, AnyOptions& to) {
  to.source_address = from.source_address;
  to.io = from.io;
  to.io_features = from.io_features;
}

std::string counts_text(const std::vector<LeftOutUpstream>& left_out) {
  std::map<std::string, size_t> counts;
  for (const LeftOutUpstream& upstream : left_out) ++counts[upstream.code];
  std::string text;
  for (const auto& [code, count] : counts)
    text += (text.empty() ? "" : ", ") + code + " " + std::to_string(count);
  return text;
}

}  // namespace

Options UpstreamGuard::share_rates(const Flags& flags) {
  Options options = flags.options;
  if (!flags.validate_resolvers) return options;
  if (options.rate > 0) options.rate -= watch_rate(flags.options);
  if (options.rate_per_upstream > 0) options.rate_per_upstream -= watch_rate_per_upstream;
  return options;
}

UpstreamGuard::UpstreamGuard(const Flags& flags, Resolver& resolver, Stop& stop)
    : flags_(flags), resolver_(resolver), stop_(stop) {}

UpstreamGuard::~UpstreamGuard() = default;

void UpstreamGuard::start() {
  if (!flags_.validate_resolvers) return;
  const ResolverCheckReport report = check();
  if (stop_.requested()) return;
  if (report.findings.empty()) return stop_.request(Stop::Reason::no_upstream);
  leave_out_bad(report);
  if (watched_.empty()) {
    complain("none of the " + std::to_string(resolver_.upstreams().size()) +
             " upstreams is good: " + counts_text(left_out_));
    return stop_.request(Stop::Reason::no_upstream);
  }
  watch(report);
}

ResolverCheckReport UpstreamGuard::check() {
  const Options& options = flags_.options;
  ResolverCheckOptions check;
  check.resolvers = resolver_.upstreams();
  check.core_only = true;
  check.timeout = check_timeout;
  check.rate = options.rate > 0 ? std::min(options.rate, check_rate_max) : check_rate_max;
  if (options.rate_per_upstream > 0)
    check.rate_per_resolver = std::min(options.rate_per_upstream, check.rate_per_resolver);
  copy_network(options, check);
  const size_t questions = check.known.size() + check.absent_zones.size();
  const double sending = static_cast<double>(check.resolvers.size() * questions) / check.rate;
  const double spaced = static_cast<double>(questions) / check.rate_per_resolver;
  check.deadline =
      check_time + std::chrono::milliseconds(static_cast<int64_t>(1000 * std::max(sending, spaced)));
  std::string error;
  {
    const std::lock_guard lock(mutex_);
    if (cancelled_) return {};
    check_ = ResolverCheck::create(check, &error);
  }
  ResolverCheckReport report;
  if (check_ != nullptr) report = check_->run(&error);
  if (!error.empty()) complain("the upstreams cannot be checked: " + error);
  queries_ += report.queries;
  return report;
}

void UpstreamGuard::leave_out_bad(const ResolverCheckReport& report) {
  std::vector<size_t> bad;
  const auto now = std::chrono::system_clock::now();
  for (size_t i = 0; i < report.findings.size(); ++i) {
    const ResolverFinding& finding = report.findings[i];
    if (finding.good()) {
      watched_.push_back(i);
      continue;
    }
    bad.push_back(i);
    const ResolverFault& fault = finding.faults.front();
    left_out_.push_back({finding.resolver, now, true, std::string(code_text(fault.code)), fault.text});
    if (bad.size() <= notes_max)
      complain("upstream " + finding.resolver + " is left out: " + left_out_.back().code + ": " + fault.text);
  }
  if (bad.size() > notes_max)
    complain(std::to_string(bad.size()) + " of " + std::to_string(report.findings.size()) +
             " upstreams are left out: " + counts_text(left_out_));
  resolver_.leave_out(bad);
}

void UpstreamGuard::watch(const ResolverCheckReport& report) {
  ResolverWatchOptions options;
  for (const size_t upstream : watched_) options.resolvers.push_back(resolver_.upstreams()[upstream]);
  // The known names with what was found to be right: the same for all.
  for (const ResolverAnswer& answer : report.findings[watched_.front()].answers) {
    if (!answer.expected.empty()) options.known.push_back({answer.name, answer.type, answer.expected});
  }
  options.interval = flags_.validate_interval;
  options.rate = watch_rate(flags_.options);
  copy_network(flags_.options, options);
  std::string error;
  watch_ = ResolverWatch::start(
      options, [this](size_t resolver, const ResolverFault& fault) { on_liar(resolver, fault); }, &error);
  if (watch_ == nullptr) complain("the upstreams cannot be watched: " + error);
}

void UpstreamGuard::on_liar(size_t resolver, const ResolverFault& fault) {
  const size_t upstream = watched_[resolver];
  const std::string& address = resolver_.upstreams()[upstream];
  resolver_.leave_out({&upstream, 1});
  const auto now = std::chrono::system_clock::now();
  left_out_.push_back({address, now, false, std::string(code_text(fault.code)), fault.text});
  complain("upstream " + address + " is left out from now on: it " + fault.text);
  if (left_out_.size() == resolver_.upstreams().size()) stop_.request(Stop::Reason::no_upstream);
}

void UpstreamGuard::cancel() {
  const std::lock_guard lock(mutex_);
  cancelled_ = true;
  if (check_ != nullptr) check_->cancel();
}

void UpstreamGuard::finish() {
  if (watch_ == nullptr) return;
  queries_ += watch_->queries();
  watch_.reset();
}

}  // namespace dnswarm::cli
