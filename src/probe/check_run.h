// The schedule of a check: who is asked which question when, and again.
#ifndef DNSWARM_PROBE_CHECK_RUN_H_
#define DNSWARM_PROBE_CHECK_RUN_H_

#include <atomic>
#include <functional>
#include <queue>
#include <string>
#include <utility>
#include <vector>

#include "probe/prober.h"
#include "probe/question_plan.h"
#include "probe/seen.h"

namespace dnswarm {

struct CheckTarget {
  std::string text;  // as it was given
  Address address;
  bool listed = false;   // it is to be judged
  bool trusted = false;  // its answers set the standard; one that is not listed is asked the core only
};

struct CheckRunOptions {
  unsigned attempts = 3;
  Duration gap = std::chrono::milliseconds(20);  // between two queries to one resolver
  Instant deadline = never;
};

class CheckRun final : private ProbeSink {
 public:
  // All of them must outlive this. `table` is filled in.
  CheckRun(const std::vector<CheckTarget>& targets, const QuestionPlan& plan, const CheckRunOptions& options,
           AnswerSets& sets, SeenTable& table);

  // To the end, the deadline, or until `cancelled`; once. An error's sentence, or empty.
  std::string run(const ProberOptions& options, const std::atomic<bool>& cancelled);
  bool finished(size_t target) const { return courses_[target].finished; }

  // From any thread.
  size_t finished_count() const { return finished_.load(std::memory_order_relaxed); }
  uint64_t queries() const { return queries_.load(std::memory_order_relaxed); }

 private:
  // How far one target has come.
  struct Course {
    uint16_t next = 0;
    uint16_t open = 0;
    bool speaks = false;  // it answered the first question
    bool waits = false;   // it stands in due_
    bool finished = false;
    Instant ready{};  // when it may be asked next
    std::vector<uint16_t> again;
  };
  using Due = std::pair<Instant, uint32_t>;

  void on_end(const Probe& probe, const ProbeEnd& end) override;
  void ask_due(Prober& prober, Instant now);
  void ask_next(uint32_t target, Prober& prober, Instant now);
  bool has_question(uint32_t target);
  void schedule(uint32_t target);
  void close_open();
  bool is_for(size_t question, const CheckTarget& target) const;

  const std::vector<CheckTarget>& targets_;
  const QuestionPlan& plan_;
  const CheckRunOptions options_;
  AnswerSets& sets_;
  SeenTable& table_;
  std::vector<Course> courses_;
  std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
  std::atomic<size_t> finished_{0};
  std::atomic<uint64_t> queries_{0};
};

}  // namespace dnswarm

#endif  // DNSWARM_PROBE_CHECK_RUN_H_
