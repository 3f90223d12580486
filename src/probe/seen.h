// What came back, reduced to what a judgement needs: one Seen for each resolver and question.
#ifndef DNSWARM_PROBE_SEEN_H_
#define DNSWARM_PROBE_SEEN_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "dns/message_parser.h"
#include "probe/question_plan.h"

namespace dnswarm {

// Most resolvers say the same: each different RRset is kept once. Its elements are RDATA in presentation
// format, sorted, each once. Owners, TTLs and order are no part of it.
using AnswerSetId = uint32_t;
class AnswerSets {
 public:
  static constexpr AnswerSetId empty = 0;

  AnswerSets() : sets_(1) {}
  AnswerSetId id_of(std::vector<std::string> data);
  const std::vector<std::string>& operator[](AnswerSetId id) const { return sets_[id]; }
  // Whether everything in `part` is in `whole`.
  bool includes(AnswerSetId whole, AnswerSetId part) const;

 private:
  std::vector<std::vector<std::string>> sets_;
  absl::flat_hash_map<std::string, AnswerSetId> ids_;
};

struct Seen {
  enum class End : uint8_t {
    not_asked,
    silent,     // no answer to any query
    not_sent,   // none could be sent
    malformed,  // what came does not parse
    answered,
  };
  End end = End::not_asked;
  bool truncated = false;            // TC: what it holds is no answer
  bool recursion_available = false;  // RA
  bool authentic = false;            // AD
  bool edns = false;                 // OPT came back
  bool signature = false;            // an RRSIG is in the answer section
  bool case_kept = false;            // the question came back letter for letter
  uint8_t queries = 0, lost = 0;
  Rcode rcode{};
  AnswerSetId answers = AnswerSets::empty;
  uint32_t rtt_us = 0;  // of the query that was answered

  bool answered() const { return end == End::answered; }
  // It says something about the name: yes, no, or no such type.
  bool definitive() const {
    return answered() && !truncated && (rcode == Rcode::NOERROR || rcode == Rcode::NXDOMAIN);
  }
  // It says that there are records.
  bool has_records() const { return definitive() && answers != AnswerSets::empty; }
};

// One row for each resolver, one column for each question.
class SeenTable {
 public:
  SeenTable(size_t resolvers, size_t questions) : questions_(questions), seen_(resolvers * questions) {}
  Seen& at(size_t resolver, size_t question) { return seen_[resolver * questions_ + question]; }
  const Seen& at(size_t resolver, size_t question) const { return seen_[resolver * questions_ + question]; }
  size_t resolvers() const { return questions_ == 0 ? 0 : seen_.size() / questions_; }

 private:
  size_t questions_;
  std::vector<Seen> seen_;
};

// Fills in what a response says. An alias without a record of the type asked for stands as "CNAME target".
void read_response(const Message& message, RRType type, AnswerSets& sets, Seen& seen);

}  // namespace dnswarm

#endif  // DNSWARM_PROBE_SEEN_H_
