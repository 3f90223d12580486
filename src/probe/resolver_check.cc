// The public ResolverCheck: plan, ask, set the standards, judge; and, where it is asked for, the rate.
#include "dnswarm/resolver_check.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <numeric>

#include "probe/check_options.h"
#include "probe/check_run.h"
#include "probe/judge.h"
#include "probe/rate_test.h"
#include "probe/standard.h"

namespace dnswarm {

class ResolverCheck::Impl {
 public:
  std::string prepare(const ResolverCheckOptions& options);
  ResolverCheckReport run(std::string* error);
  void cancel() { cancelled_.store(true); }
  Progress progress() const;

 private:
  void judge_all(ResolverCheckReport& report);
  std::string test_rates(ResolverCheckReport& report);

  ResolverCheckOptions options_;
  Address source_;
  Random random_;
  QuestionPlan plan_;
  std::vector<CheckTarget> targets_;
  AnswerSets sets_;
  std::unique_ptr<SeenTable> table_;
  std::unique_ptr<CheckRun> run_;
  std::atomic<bool> cancelled_{false};
};

std::string ResolverCheck::Impl::prepare(const ResolverCheckOptions& options) {
  options_ = options;
  std::string error = check_options_error(options);
  if (error.empty()) source_ = source_of(options.source_address, &error);
  if (error.empty()) targets_ = list_targets(options.resolvers, options.trusted, source_, &error);
  if (!error.empty()) return error;
  plan_ = plan_questions(options, random_);
  if (!plan_.error.empty()) return plan_.error;
  table_ = std::make_unique<SeenTable>(targets_.size(), plan_.questions.size());
  CheckRunOptions run_options;
  run_options.attempts = options.attempts;
  run_options.gap =
      std::chrono::duration_cast<Duration>(std::chrono::duration<double>(1 / options.rate_per_resolver));
  if (options.deadline.count() > 0) run_options.deadline = monotonic_now() + options.deadline;
  run_ = std::make_unique<CheckRun>(targets_, plan_, run_options, sets_, *table_);
  return {};
}

ResolverCheckReport ResolverCheck::Impl::run(std::string* error) {
  const Instant start = monotonic_now();
  ProberOptions prober = prober_options_of(options_, source_, targets_);
  prober.in_flight = options_.in_flight;
  ResolverCheckReport report;
  *error = run_->run(prober, cancelled_);
  if (!error->empty()) return report;
  report.queries = run_->queries();
  judge_all(report);
  if (options_.rate_test > 0) *error = test_rates(report);
  report.cancelled = cancelled_.load();
  report.seconds = std::chrono::duration<double>(monotonic_now() - start).count();
  return report;
}

void ResolverCheck::Impl::judge_all(ResolverCheckReport& report) {
  const Evidence evidence{targets_, plan_.questions, *table_, sets_};
  Standards standards = set_standards(evidence);
  report.notes = std::move(standards.notes);
  const Demands demands = demands_of(options_);
  for (size_t i = 0; i < targets_.size(); ++i) {
    if (!targets_[i].listed) continue;
    // At the deadline what came until then has to do.
    const bool finished = run_->finished(i) || !cancelled_.load();
    report.findings.push_back(judge(evidence, standards.of, i, finished, demands));
  }
}

std::string ResolverCheck::Impl::test_rates(ResolverCheckReport& report) {
  std::vector<RateTested> servers;
  std::vector<size_t> tested;
  size_t listed = 0;
  for (const CheckTarget& target : targets_) {
    if (!target.listed) continue;
    if (report.findings[listed].good()) {
      servers.push_back({&target.address, 0, 0});
      tested.push_back(listed);
    }
    ++listed;
  }
  RateTest test(options_.rate_test, plan_.questions.front().wire(), plan_.questions.front().type);
  std::string error = test.run(servers, prober_options_of(options_, source_, targets_), cancelled_);
  for (size_t i = 0; i < servers.size(); ++i) {
    if (servers[i].sent == options_.rate_test) report.findings[tested[i]].rate_borne = servers[i].answered;
  }
  report.queries += test.queries();
  return error;
}

ResolverCheck::Progress ResolverCheck::Impl::progress() const {
  return {targets_.size(), run_->finished_count(), run_->queries()};
}

std::vector<size_t> ResolverCheckReport::ranking() const {
  std::vector<size_t> order;
  for (size_t i = 0; i < findings.size(); ++i) {
    if (findings[i].good()) order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(), [this](size_t a, size_t b) {
    if (findings[a].score != findings[b].score) return findings[a].score > findings[b].score;
    return findings[a].latency < findings[b].latency;
  });
  return order;
}

std::string_view code_text(ResolverFaultCode code) {
  static constexpr std::string_view texts[resolver_fault_codes] = {
      "not_checked", "silent", "refuses", "lies",   "hides_nxdomain", "rewrites", "fails",
      "lossy",       "slow",   "no_edns", "no_tcp", "no_dnssec",      "no_0x20",  "low_score"};
  return texts[static_cast<size_t>(code)];
}

ResolverCheck::ResolverCheck(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ResolverCheck::~ResolverCheck() = default;

std::unique_ptr<ResolverCheck> ResolverCheck::create(const ResolverCheckOptions& options,
                                                     std::string* error) {
  auto impl = std::make_unique<Impl>();
  *error = impl->prepare(options);
  if (!error->empty()) return nullptr;
  return std::unique_ptr<ResolverCheck>(new ResolverCheck(std::move(impl)));
}

ResolverCheckReport ResolverCheck::run(std::string* error) { return impl_->run(error); }
void ResolverCheck::cancel() { impl_->cancel(); }
ResolverCheck::Progress ResolverCheck::progress() const { return impl_->progress(); }

}  // namespace dnswarm
