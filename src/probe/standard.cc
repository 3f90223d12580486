// The standards, in words.
//
// A name that does not exist. It is 20 random letters in a zone of which it was said that it has no wildcard,
// so nobody's vote is needed to know that it has no records. But trusted resolvers may overrule that: where
// most of those that answered give records, the zone has a wildcard, and its name proves nothing. NOERROR
// without records instead of NXDOMAIN is wrong where most say NXDOMAIN: of the trusted, or, without any, of
// the list's own. A trusted resolver with records for more than half of these names is not what it seems, or
// somebody in between answers in its place: it has no vote.
//
// A known name. Its data may have been given: then that is the standard. Else it is what more than half of
// the trusted that answered agree on. Where none of them answered, or there are none, it is what more than
// half of the list's honest ones agree on, if at least three answered; honest is here who denied the names
// that do not exist, so that liars have no vote. No majority, no standard.
//
// Names that vary by place would condemn honest resolvers that are elsewhere. So a standard that was not
// given is dropped where at least five of the list's honest ones answered, and less than half of them agree
// with it. Who wants to judge a list of which most rewrite the same name has to say what is right
// (NAME=DATA).
//
// To agree is to have the same records. To be right later it is enough to have some of them, and no other:
// some resolvers leave records out.
#include "probe/standard.h"

#include <algorithm>

namespace dnswarm {
namespace {

constexpr size_t list_voters_min = 3;
constexpr size_t place_voters_min = 5;

// Who said what, by RRset.
class Votes {
 public:
  void add(AnswerSetId answers) {
    ++all_;
    for (auto& [id, count] : counts_) {
      if (id == answers) return void(++count);
    }
    counts_.emplace_back(answers, 1);
  }
  size_t all() const { return all_; }
  bool has_majority() const { return best().second * 2 > all_; }
  std::pair<AnswerSetId, size_t> best() const {
    std::pair<AnswerSetId, size_t> most{AnswerSets::empty, 0};
    for (const auto& vote : counts_) {
      if (vote.second > most.second) most = vote;
    }
    return most;
  }

 private:
  size_t all_ = 0;
  std::vector<std::pair<AnswerSetId, size_t>> counts_;
};

std::string share(size_t some, size_t all, const char* of_whom) {
  return std::to_string(some) + " of " + std::to_string(all) + " " + of_whom;
}

class StandardSetter {
 public:
  explicit StandardSetter(const Evidence& evidence) : e_(evidence) { result_.of.resize(e_.questions.size()); }

  Standards set() {
    find_voters();
    for (size_t i = 0; i < e_.questions.size(); ++i) {
      if (e_.questions[i].purpose == Purpose::absent) result_.of[i] = of_absent(i);
    }
    find_honest();
    for (size_t i = 0; i < e_.questions.size(); ++i) {
      const PlannedQuestion& question = e_.questions[i];
      if (question.purpose != Purpose::known) continue;
      result_.of[i] = question.first_like_this == i ? of_known(i) : result_.of[question.first_like_this];
    }
    return std::move(result_);
  }

 private:
  Standard none(std::string why) {
    result_.notes.push_back(std::move(why));
    return {};
  }

  void find_voters() {
    voters_.resize(e_.targets.size());
    bool any_trusted = false, any_voter = false;
    for (size_t i = 0; i < e_.targets.size(); ++i) {
      if (!e_.targets[i].trusted) continue;
      size_t answered = 0, lies = 0;
      for (size_t q = 0; q < e_.questions.size(); ++q) {
        if (e_.questions[q].purpose != Purpose::absent) continue;
        answered += e_.table.at(i, q).definitive();
        lies += is_lie(e_.table.at(i, q), e_.sets);
      }
      voters_[i] = lies * 2 <= answered;
      any_trusted = true;
      any_voter |= voters_[i] && answered > 0;
      if (!voters_[i])
        result_.notes.push_back("trusted resolver " + e_.targets[i].text + " has no vote: it answers " +
                                share(lies, answered, "names that do not exist"));
    }
    if (any_trusted && !any_voter)
      result_.notes.push_back("no trusted resolver gave a usable answer: the list's own majority decides");
  }

  Standard of_absent(size_t question) {
    size_t nxdomain[2] = {}, nodata[2] = {}, records[2] = {};  // [1]: of the trusted
    for (size_t i = 0; i < e_.targets.size(); ++i) {
      const Seen& seen = e_.table.at(i, question);
      if (!seen.definitive()) continue;
      auto& counts = is_lie(seen, e_.sets) ? records : seen.rcode == Rcode::NXDOMAIN ? nxdomain : nodata;
      ++counts[voters_[i]];
    }
    const size_t trusted = nxdomain[1] + nodata[1] + records[1];
    if (records[1] * 2 > trusted)
      return none("names under " + e_.questions[question].zone + " prove nothing: " +
                  share(records[1], trusted, "trusted resolvers give a random one records (a wildcard?)"));
    Standard standard;
    standard.kind = Standard::Kind::absent;
    standard.nodata_is_wrong = trusted > 0 ? nxdomain[1] * 2 > trusted : nxdomain[0] > nodata[0];
    return standard;
  }

  void find_honest() {
    honest_.resize(e_.targets.size());
    for (size_t i = 0; i < e_.targets.size(); ++i) {
      bool denied = false, lied = false;
      for (size_t q = 0; q < e_.questions.size(); ++q) {
        if (result_.of[q].kind != Standard::Kind::absent) continue;
        const Seen& seen = e_.table.at(i, q);
        denied |= seen.definitive() && seen.rcode == Rcode::NXDOMAIN;
        lied |= is_lie(seen, e_.sets);
      }
      honest_[i] = e_.targets[i].listed && denied && !lied;
    }
  }

  Votes votes_on(size_t question, const std::vector<bool>& may_vote) const {
    Votes votes;
    for (size_t i = 0; i < e_.targets.size(); ++i) {
      const Seen& seen = e_.table.at(i, question);
      if (may_vote[i] && seen.definitive()) votes.add(seen.answers);
    }
    return votes;
  }

  Standard of_known(size_t question) {
    const PlannedQuestion& q = e_.questions[question];
    if (!q.expected.empty()) return {Standard::Kind::records, e_.sets.id_of(q.expected), false, "as given"};
    const std::string proves_nothing = q.name + " " + std::string(to_text(q.type)) + " proves nothing: ";
    const Votes trusted = votes_on(question, voters_);
    const Votes own = votes_on(question, honest_);
    const bool by_trusted = trusted.all() > 0;
    const Votes& votes = by_trusted ? trusted : own;
    const char* voters = by_trusted ? "trusted resolvers" : "honest resolvers of the list";
    if (!by_trusted && own.all() < list_voters_min)
      return none(proves_nothing + "no trusted resolver answered it, and " + std::to_string(own.all()) +
                  " honest ones of the list, of 3 that are needed");
    const auto [answers, count] = votes.best();
    const std::string by = share(count, votes.all(), voters);
    if (!votes.has_majority()) return none(proves_nothing + "at most " + by + " agree");
    if (answers == AnswerSets::empty) return none(proves_nothing + "by " + by + " there is no such record");
    const Standard standard{Standard::Kind::records, answers, false, by};
    const std::string variance = variance_of(standard, question);
    return variance.empty() ? standard : none(proves_nothing + variance);
  }

  // Why the standard may be right in one place only; empty where there is no sign of it.
  std::string variance_of(const Standard& standard, size_t question) const {
    size_t all = 0, agree = 0;
    for (size_t i = 0; i < e_.targets.size(); ++i) {
      const Seen& seen = e_.table.at(i, question);
      if (!honest_[i] || !seen.definitive()) continue;
      ++all;
      agree += seen.has_records() && e_.sets.includes(standard.answers, seen.answers);
    }
    if (all < place_voters_min || agree * 2 >= all) return {};
    return "only " + share(agree, all, "honest resolvers of the list") + " agree with " + standard.by +
           " (it varies by place, or most rewrite it)";
  }

  const Evidence e_;
  Standards result_;
  std::vector<bool> voters_;  // trusted ones that may vote
  std::vector<bool> honest_;  // of the list
};

}  // namespace

bool is_lie(const Seen& seen, const AnswerSets& sets) {
  if (!seen.has_records()) return false;
  return seen.rcode == Rcode::NOERROR || !sets[seen.answers].front().starts_with("CNAME ");
}

Standards set_standards(const Evidence& evidence) { return StandardSetter(evidence).set(); }

}  // namespace dnswarm
