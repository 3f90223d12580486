// The standards, in words.
//
// A name that does not exist. It is 20 random letters in a zone of which it was said that it has no wildcard,
// so nobody's vote is needed to know that it has no records. But trusted resolvers may overrule that: where
// most of those that answered give records, the zone has a wildcard, and its name proves nothing. NOERROR
// without records instead of NXDOMAIN is wrong where most say NXDOMAIN: of the trusted, or, without any, of
// the list's own.
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
  explicit StandardSetter(const Evidence& evidence) : e_(evidence), standards_(evidence.questions.size()) {}

  std::vector<Standard> set() {
    for (size_t i = 0; i < e_.questions.size(); ++i) {
      if (e_.questions[i].purpose == Purpose::absent) standards_[i] = of_absent(i);
    }
    find_honest();
    for (size_t i = 0; i < e_.questions.size(); ++i) {
      const PlannedQuestion& question = e_.questions[i];
      if (question.purpose != Purpose::known) continue;
      standards_[i] = question.first_like_this == i ? of_known(i) : standards_[question.first_like_this];
    }
    return std::move(standards_);
  }

 private:
  Standard of_absent(size_t question) const {
    size_t nxdomain[2] = {}, nodata[2] = {}, records[2] = {};  // [1]: of the trusted
    for (size_t i = 0; i < e_.targets.size(); ++i) {
      const Seen& seen = e_.table.at(i, question);
      if (!seen.definitive()) continue;
      auto& counts = is_lie(seen, e_.sets) ? records : seen.rcode == Rcode::NXDOMAIN ? nxdomain : nodata;
      ++counts[e_.targets[i].trusted];
    }
    const size_t trusted = nxdomain[1] + nodata[1] + records[1];
    Standard standard;
    if (records[1] * 2 > trusted) {
      standard.note = "names under " + e_.questions[question].zone + " prove nothing: " +
                      share(records[1], trusted, "trusted resolvers give a random one records (a wildcard?)");
      return standard;
    }
    standard.kind = Standard::Kind::absent;
    standard.nodata_is_wrong = trusted > 0 ? nxdomain[1] * 2 > trusted : nxdomain[0] > nodata[0];
    return standard;
  }

  void find_honest() {
    honest_.resize(e_.targets.size());
    for (size_t i = 0; i < e_.targets.size(); ++i) {
      bool denied = false, lied = false;
      for (size_t q = 0; q < e_.questions.size(); ++q) {
        if (standards_[q].kind != Standard::Kind::absent) continue;
        const Seen& seen = e_.table.at(i, q);
        denied |= seen.definitive() && seen.rcode == Rcode::NXDOMAIN;
        lied |= is_lie(seen, e_.sets);
      }
      honest_[i] = e_.targets[i].listed && denied && !lied;
    }
  }

  template <typename May>
  Votes votes_on(size_t question, May may_vote) const {
    Votes votes;
    for (size_t i = 0; i < e_.targets.size(); ++i) {
      const Seen& seen = e_.table.at(i, question);
      if (may_vote(i) && seen.definitive()) votes.add(seen.answers);
    }
    return votes;
  }

  Standard of_known(size_t question) const {
    const PlannedQuestion& q = e_.questions[question];
    if (!q.expected.empty())
      return {Standard::Kind::records, e_.sets.id_of(q.expected), false, "as given", {}};
    const std::string name = q.name + " " + std::string(to_text(q.type));
    const Votes trusted = votes_on(question, [&](size_t i) { return e_.targets[i].trusted; });
    const Votes own = votes_on(question, [&](size_t i) { return honest_[i]; });
    const bool by_trusted = trusted.all() > 0;
    const Votes& votes = by_trusted ? trusted : own;
    const char* voters = by_trusted ? "trusted resolvers" : "honest resolvers of the list";
    if (!by_trusted && own.all() < list_voters_min)
      return {{},
              {},
              {},
              {},
              name + " proves nothing: no trusted resolver and " +
                  share(own.all(), list_voters_min, "honest ones needed answered it")};
    const auto [answers, count] = votes.best();
    if (!votes.has_majority())
      return {
          {}, {}, {}, {}, name + " proves nothing: at most " + share(count, votes.all(), voters) + " agree"};
    if (answers == AnswerSets::empty)
      return {{},
              {},
              {},
              {},
              name + " proves nothing: by " + share(count, votes.all(), voters) + " there is no such record"};
    return unless_it_varies({Standard::Kind::records, answers, false, share(count, votes.all(), voters), {}},
                            question, name);
  }

  Standard unless_it_varies(Standard standard, size_t question, const std::string& name) const {
    size_t all = 0, agree = 0;
    for (size_t i = 0; i < e_.targets.size(); ++i) {
      const Seen& seen = e_.table.at(i, question);
      if (!honest_[i] || !seen.definitive()) continue;
      ++all;
      agree += seen.has_records() && e_.sets.includes(standard.answers, seen.answers);
    }
    if (all < place_voters_min || agree * 2 >= all) return standard;
    return {{},
            {},
            {},
            {},
            name + " proves nothing: only " + share(agree, all, "honest resolvers of the list") +
                " agree with " + standard.by + " (it varies by place, or most rewrite it)"};
  }

  const Evidence e_;
  std::vector<Standard> standards_;
  std::vector<bool> honest_;
};

}  // namespace

bool is_lie(const Seen& seen, const AnswerSets& sets) {
  if (!seen.has_records()) return false;
  return seen.rcode == Rcode::NOERROR || !sets[seen.answers].front().starts_with("CNAME ");
}

std::vector<Standard> set_standards(const Evidence& evidence) { return StandardSetter(evidence).set(); }

}  // namespace dnswarm
