// What the right answer to each question is, by a quorum, or why there is none.
#ifndef DNSWARM_PROBE_STANDARD_H_
#define DNSWARM_PROBE_STANDARD_H_

#include <string>
#include <vector>

#include "probe/check_run.h"
#include "probe/question_plan.h"
#include "probe/seen.h"

namespace dnswarm {

struct Standard {
  enum class Kind : uint8_t {
    none,     // the question proves nothing in this run
    absent,   // the name does not exist
    records,  // `answers`, or some of them
  };
  Kind kind = Kind::none;
  AnswerSetId answers = AnswerSets::empty;
  bool nodata_is_wrong = false;  // absent: NXDOMAIN is what others say; NOERROR without records hides it
  std::string by;                // who says so: "2 of 3 trusted resolvers"
};

// What a question's answers are weighed with.
struct Evidence {
  const std::vector<CheckTarget>& targets;
  const std::vector<PlannedQuestion>& questions;
  const SeenTable& table;
  AnswerSets& sets;
};

struct Standards {
  std::vector<Standard> of;        // one for each question; those about abilities have none
  std::vector<std::string> notes;  // what does not count in this run, and why: a sentence each
};

Standards set_standards(const Evidence& evidence);

// It gave a record for a name that does not exist. An alias in a response that says NXDOMAIN is none.
bool is_lie(const Seen& seen, const AnswerSets& sets);

}  // namespace dnswarm

#endif  // DNSWARM_PROBE_STANDARD_H_
