// The verdict, in words.
//
// Faults are listed in the order of the table in docs/architecture.md; who has none is good. One lie or
// rewrite is enough: no lost packet makes one. Silence of single questions is no fault by itself, but honesty
// must have been shown: by NXDOMAIN for at least one name that does not exist, and answers to at least half
// of the known names. Loss is judged from ten queries on, and where more than one was lost.
//
// The score is for ranking the good. From 100 it takes 10 for each of EDNS, DNSSEC pass-through, TCP and the
// letters' case that is known to be missing, 1 for each percent of loss (at most 30), and 1 for each 10 ms of
// median latency (at most 30). Who is not honest, or says nothing, has 0.
#include "probe/judge.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "base/range_text.h"

namespace dnswarm {
namespace {

constexpr unsigned loss_queries_min = 10;

std::string status_of(const Seen& seen) {
  switch (seen.end) {
    case Seen::End::not_asked: return "NOT_ASKED";
    case Seen::End::silent: return seen.lost > 0 ? "TIMEOUT" : "UNFINISHED";
    case Seen::End::not_sent: return "NOT_SENT";
    case Seen::End::malformed: return "INVALID_RESPONSE";
    case Seen::End::answered: break;
  }
  return (seen.truncated ? "truncated " : "") + std::string(to_text(seen.rcode));
}

std::string joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all += (all.empty() ? "" : ", ") + text;
  return all;
}

// "no answer to 3 of 5 ...": how many, of how many.
std::string of(unsigned some, unsigned all) { return std::to_string(some) + " of " + std::to_string(all); }

class Judgement {
 public:
  Judgement(const Evidence& evidence, const std::vector<Standard>& standards, size_t target,
            const Demands& demands)
      : e_(evidence), standards_(standards), target_(target), demands_(demands) {}

  ResolverFinding judge(bool finished) {
    f_.resolver = e_.targets[target_].text;
    for (size_t i = 0; i < e_.questions.size(); ++i) take(i);
    find_latency();
    find_abilities();
    if (!finished)
      add(ResolverFaultCode::not_checked, "the check ended before it was asked everything");
    else
      find_dishonesty();
    const bool trustworthy = f_.good();
    find_shortcomings(trustworthy);
    return std::move(f_);
  }

 private:
  const Seen& seen(size_t question) const { return e_.table.at(target_, question); }
  const Seen* seen_for(Purpose purpose) const {
    for (size_t i = 0; i < e_.questions.size(); ++i) {
      if (e_.questions[i].purpose == purpose) return &seen(i);
    }
    return nullptr;
  }
  void add(ResolverFaultCode code, std::string text) { f_.faults.push_back({code, std::move(text)}); }

  void take(size_t index) {
    const PlannedQuestion& question = e_.questions[index];
    const Seen& s = seen(index);
    if (question.purpose != Purpose::tcp) f_.queries += s.queries, f_.lost += s.lost;
    if (s.answered() && question.purpose != Purpose::tcp) latencies_.push_back(s.rtt_us);
    if (s.answered()) f_.recursion = f_.recursion.value_or(false) || s.recursion_available;
    ResolverAnswer answer;
    answer.name = question.name;
    answer.type = question.type;
    answer.purpose = text_of(question.purpose);
    answer.status = status_of(s);
    answer.answers = e_.sets[s.answers];
    answer.queries = s.queries;
    answer.lost = s.lost;
    answer.rtt = std::chrono::microseconds(s.rtt_us);
    answer.judged = question.purpose == Purpose::known    ? judge_known(index, answer)
                    : question.purpose == Purpose::absent ? judge_absent(index, answer)
                    : s.answered()                        ? "answered"
                                                          : "no_answer";
    if (question.is_core() && question.first_like_this == index) ++statuses_[answer.status];
    f_.answers.push_back(std::move(answer));
  }

  std::string_view judge_known(size_t index, ResolverAnswer& answer) {
    const Seen& s = seen(index);
    const Standard& standard = standards_[index];
    const bool counts = e_.questions[index].first_like_this == index;
    if (standard.kind == Standard::Kind::records) answer.expected = e_.sets[standard.answers];
    known_ += counts;
    known_answered_ += counts && s.definitive();
    if (standard.kind == Standard::Kind::none) return s.definitive() ? "no_proof" : "no_answer";
    f_.known_asked += counts;
    if (!s.definitive()) return "no_answer";
    const bool right = s.has_records() && e_.sets.includes(standard.answers, s.answers);
    f_.known_right += counts && right;
    if (right) return "right";
    const size_t first = e_.questions[index].first_like_this;
    f_.known_wrong += counts || f_.answers[first].judged != "rewritten";
    if (rewrite_.empty()) {
      const std::string what = answer.answers.empty() ? "says " + answer.status + " for " : "says that ";
      rewrite_ = what + answer.name + " " + std::string(to_text(answer.type));
      if (!answer.answers.empty()) rewrite_ += " is " + joined(answer.answers);
      rewrite_ += ", which is " + joined(answer.expected) + " (" + standard.by + ")";
    }
    return "rewritten";
  }

  std::string_view judge_absent(size_t index, const ResolverAnswer& answer) {
    const Seen& s = seen(index);
    const Standard& standard = standards_[index];
    if (standard.kind == Standard::Kind::none) return s.definitive() ? "no_proof" : "no_answer";
    ++f_.absent_asked;
    if (!s.definitive()) return "no_answer";
    if (is_lie(s, e_.sets)) {
      if (f_.absent_lies++ == 0) lie_ = "such as " + answer.name + ": " + joined(answer.answers);
      return "lie";
    }
    if (s.rcode == Rcode::NXDOMAIN) {
      ++f_.absent_right;
    } else if (standard.nodata_is_wrong) {
      if (hidden_++ == 0) hides_ = "such as " + answer.name;
      return "hidden";
    }
    return "right";
  }

  void find_latency() {
    if (latencies_.empty()) return;
    std::sort(latencies_.begin(), latencies_.end());
    f_.latency_min = std::chrono::microseconds(latencies_.front());
    f_.latency = std::chrono::microseconds(latencies_[latencies_.size() / 2]);
    f_.latency_max = std::chrono::microseconds(latencies_.back());
  }

  void find_abilities() {
    const auto asked = [&](Purpose purpose) -> const Seen* {
      const Seen* s = seen_for(purpose);
      const bool known = s != nullptr && s->end != Seen::End::not_asked && s->end != Seen::End::not_sent;
      return known ? s : nullptr;
    };
    if (const Seen* s = asked(Purpose::edns))
      f_.edns = s->answered() && s->edns && s->rcode != Rcode::FORMERR;
    if (const Seen* s = asked(Purpose::dnssec)) {
      f_.dnssec = s->definitive() && s->signature;
      f_.validates = s->definitive() && s->authentic;
    }
    if (const Seen* s = asked(Purpose::letter_case)) f_.letter_case = s->answered() && s->case_kept;
    if (const Seen* s = asked(Purpose::tcp)) f_.tcp = s->definitive();
  }

  void find_dishonesty() {
    using enum ResolverFaultCode;
    if (const std::string silence = silence_text(); !silence.empty()) return add(silent, silence);
    const bool no_answers = f_.absent_right + f_.absent_lies + hidden_ + known_answered_ == 0;
    const unsigned refused = statuses_.contains("REFUSED") ? statuses_["REFUSED"] : 0;
    if (no_answers && refused > 0) return add(refuses, "answers no question: " + statuses_text());
    if (!f_.recursion.value_or(false) && f_.absent_right + f_.known_right == 0 && f_.absent_lies == 0)
      return add(refuses, "offers no recursion (RA is clear): " + statuses_text());
    if (f_.absent_lies > 0)
      add(lies, "answers " + of(f_.absent_lies, f_.absent_asked) + " names that do not exist, " + lie_);
    if (hidden_ > 0)
      add(hides_nxdomain,
          "says NOERROR for " + of(hidden_, f_.absent_asked) + " names that do not exist, " + hides_);
    if (f_.known_wrong > 0) add(rewrites, rewrite_);
    if (!f_.good()) return;
    if (f_.absent_asked == 0)
      add(fails, "no name that does not exist could be used as a proof in this run");
    else if (f_.absent_right == 0)
      add(fails, "NXDOMAIN for none of the names that do not exist: " + statuses_text());
    else if (known_answered_ * 2 < known_)
      add(fails, "no answer to " + of(known_ - known_answered_, known_) + " known names: " + statuses_text());
  }

  void find_shortcomings(bool trustworthy) {
    using enum ResolverFaultCode;
    if (!trustworthy) return;
    f_.score = score();
    if (f_.queries >= loss_queries_min && f_.lost > 1 && f_.loss_percent() > demands_.loss_percent_max)
      add(lossy, of(f_.lost, f_.queries) + " queries were lost");
    const double ms = static_cast<double>(f_.latency.count()) / 1000;
    if (demands_.latency_ms_max > 0 && ms > demands_.latency_ms_max)
      add(slow, "median latency is " + number_text(ms) + " ms");
    const auto need = [&](bool wanted, const std::optional<bool>& has, ResolverFaultCode code,
                          Purpose purpose, const char* text) {
      if (!wanted || has.value_or(false)) return;
      const Seen* s = seen_for(purpose);
      const bool answered = s != nullptr && s->answered();
      const std::string silence =
          "no answer to " + std::to_string(s == nullptr ? 0 : s->queries) + " queries";
      add(code, answered ? text : silence + " for it");
    };
    need(demands_.edns, f_.edns, no_edns, Purpose::edns, "no OPT record in the response to a query with one");
    need(demands_.tcp, f_.tcp, no_tcp, Purpose::tcp, "no usable answer over TCP");
    need(demands_.dnssec, f_.dnssec, no_dnssec, Purpose::dnssec,
         "no RRSIG in the answer to a query with DO set");
    need(demands_.letter_case, f_.letter_case, no_0x20, Purpose::letter_case,
         "the question's letters come back in another case");
    if (f_.score < demands_.score_min) add(low_score, "the score is " + number_text(f_.score));
  }

  double score() const {
    double score = 100;
    for (const auto& ability : {f_.edns, f_.dnssec, f_.tcp, f_.letter_case})
      score -= ability.value_or(true) ? 0 : 10;
    score -= std::min(30.0, f_.loss_percent());
    score -= std::min(30.0, static_cast<double>(f_.latency.count()) / 10'000);
    return std::round(score * 10) / 10;
  }

  // Empty where something came.
  std::string silence_text() const {
    bool malformed = false, not_sent = false;
    for (size_t i = 0; i < e_.questions.size(); ++i) {
      if (seen(i).answered()) return {};
      malformed |= seen(i).end == Seen::End::malformed;
      not_sent |= seen(i).end == Seen::End::not_sent;
    }
    if (malformed) return "nothing that it said could be read as a response";
    if (not_sent) return "no query could be sent to it";
    return "no answer to " + std::to_string(f_.queries) + (f_.queries == 1 ? " query" : " queries");
  }

  // "SERVFAIL 3, TIMEOUT 2" of the questions about names.
  std::string statuses_text() const {
    std::string text;
    for (const auto& [status, count] : statuses_)
      text += (text.empty() ? "" : ", ") + status + " " + std::to_string(count);
    return text;
  }

  const Evidence e_;
  const std::vector<Standard>& standards_;
  const size_t target_;
  const Demands& demands_;
  ResolverFinding f_;
  std::vector<uint32_t> latencies_;
  std::map<std::string, unsigned> statuses_;
  std::string lie_, hides_, rewrite_;
  unsigned hidden_ = 0, known_ = 0, known_answered_ = 0;
};

}  // namespace

Demands demands_of(const ResolverCheckOptions& o) {
  return {o.require_edns,     o.require_tcp,    o.require_dnssec, o.require_0x20,
          o.loss_percent_max, o.latency_ms_max, o.score_min};
}

ResolverFinding judge(const Evidence& evidence, const std::vector<Standard>& standards, size_t target,
                      bool finished, const Demands& demands) {
  return Judgement(evidence, standards, target, demands).judge(finished);
}

}  // namespace dnswarm
