// The first question opens the door: who says nothing to it, however often asked, gets no other. A question
// is asked again where nothing came, nothing that parses, or SERVFAIL, which may be a packet that the
// resolver itself lost; so often as `attempts` says. What was lost is counted. Over TCP the connect is part
// of the query.
#include "probe/check_run.h"

#include <algorithm>

namespace dnswarm {
namespace {

// Cancelling and progress are looked at so often.
constexpr Duration wait_longest = std::chrono::milliseconds(50);

// Until it is seen whether there is a descriptor for another connection.
constexpr Duration connect_pause = std::chrono::milliseconds(20);

uint64_t tag_of(uint32_t target, uint16_t question) { return uint64_t{target} << 16 | question; }

}  // namespace

CheckRun::CheckRun(const std::vector<CheckTarget>& targets, const QuestionPlan& plan,
                   const CheckRunOptions& options, AnswerSets& sets, SeenTable& table)
    : targets_(targets),
      plan_(plan),
      options_(options),
      sets_(sets),
      table_(table),
      courses_(targets.size()) {}

std::string CheckRun::run(const ProberOptions& prober_options, const std::atomic<bool>& cancelled) {
  Prober prober(prober_options, *this);
  if (std::string error = prober.open(); !error.empty()) return error;
  for (uint32_t i = 0; i < targets_.size(); ++i) schedule(i);
  while (finished_count() < targets_.size() && !cancelled.load(std::memory_order_relaxed)) {
    const Instant now = monotonic_now();
    if (now >= options_.deadline) break;
    ask_due(prober, now);
    Instant until = std::min(now + wait_longest, options_.deadline);
    if (!due_.empty() && prober.has_room()) {
      until = std::min(until, std::max(due_.top().first, prober.next_chance(now)));
    }
    prober.turn(until);
    queries_.store(prober.queries(), std::memory_order_relaxed);
  }
  close_open();
  return {};
}

void CheckRun::ask_due(Prober& prober, Instant now) {
  while (!due_.empty() && due_.top().first <= now && prober.can_ask(now)) {
    const uint32_t target = due_.top().second;
    due_.pop();
    courses_[target].waits = false;
    ask_next(target, prober, now);
  }
}

bool CheckRun::is_for(size_t question, const CheckTarget& target) const {
  return target.listed || plan_.questions[question].is_core();
}

bool CheckRun::has_question(uint32_t target) {
  Course& course = courses_[target];
  if (!course.again.empty()) return true;
  const size_t count = plan_.questions.size();
  while (course.next < count && !is_for(course.next, targets_[target])) ++course.next;
  return course.next < count && (course.next == 0 || course.speaks);
}

void CheckRun::ask_next(uint32_t target, Prober& prober, Instant now) {
  Course& course = courses_[target];
  uint16_t index = 0;
  if (!course.again.empty()) {
    index = course.again.back();
    course.again.pop_back();
  } else {
    index = course.next++;
  }
  const PlannedQuestion& question = plan_.questions[index];
  if (question.purpose == Purpose::tcp && !prober.can_connect()) {
    course.again.insert(course.again.begin(), index);
    course.ready = now + connect_pause;
    return schedule(target);
  }
  Probe probe;
  probe.server = &targets_[target].address;
  probe.qname = question.wire();
  probe.type = question.type;
  probe.edns = question.purpose == Purpose::edns || question.purpose == Purpose::dnssec;
  probe.dnssec_ok = question.purpose == Purpose::dnssec;
  probe.tcp = question.purpose == Purpose::tcp;
  probe.tag = tag_of(target, index);
  ++table_.at(target, index).queries;
  ++course.open;
  course.ready = now + options_.gap;
  prober.ask(probe, now);
  schedule(target);
}

// Has it asked next, or ends it.
void CheckRun::schedule(uint32_t target) {
  Course& course = courses_[target];
  if (course.waits || course.finished) return;
  if (has_question(target)) {
    course.waits = true;
    due_.emplace(course.ready, target);
  } else if (course.open == 0) {
    course.finished = true;
    finished_.fetch_add(1, std::memory_order_relaxed);
  }
}

void CheckRun::on_end(const Probe& probe, const ProbeEnd& end) {
  const auto target = static_cast<uint32_t>(probe.tag >> 16);
  const auto question = static_cast<uint16_t>(probe.tag & 0xffff);
  Course& course = courses_[target];
  Seen& seen = table_.at(target, question);
  --course.open;
  bool again = true;
  switch (end.how) {
    case ProbeEnd::How::answered:
      seen.end = Seen::End::answered;
      seen.rtt_us = static_cast<uint32_t>(end.rtt / std::chrono::microseconds(1));
      seen.case_kept = end.case_kept;
      read_response(*end.message, probe.type, sets_, seen);
      if (question == 0) course.speaks = true;
      again = seen.rcode == Rcode::SERVFAIL;
      break;
    case ProbeEnd::How::malformed:
      if (!seen.answered()) seen.end = Seen::End::malformed;
      if (question == 0) course.speaks = true;
      break;
    case ProbeEnd::How::not_sent:
      if (seen.end == Seen::End::not_asked) seen.end = Seen::End::not_sent;
      break;
    case ProbeEnd::How::timed_out:
    case ProbeEnd::How::refused:
      ++seen.lost;
      if (seen.end <= Seen::End::not_sent) seen.end = Seen::End::silent;
      break;
  }
  if (again && seen.queries < options_.attempts) course.again.push_back(question);
  schedule(target);
}

// What waited for its answer when time was over has none.
void CheckRun::close_open() {
  for (size_t target = 0; target < targets_.size(); ++target) {
    if (courses_[target].finished) continue;
    for (size_t question = 0; question < plan_.questions.size(); ++question) {
      Seen& seen = table_.at(target, question);
      if (seen.end == Seen::End::not_asked && seen.queries > 0) seen.end = Seen::End::silent;
    }
  }
}

}  // namespace dnswarm
