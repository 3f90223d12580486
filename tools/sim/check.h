// --check: are dnswarm's rows what the rule or the world says, and is there one for each name of the input.
#ifndef DNSWARM_SIM_CHECK_H_
#define DNSWARM_SIM_CHECK_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "expectation.h"

namespace dnswarm::sim {

struct CheckOptions {
  std::string results_path;  // "-": standard input
  std::string names_path;    // empty: rows are not compared with an input
  std::vector<std::string> default_types = {"A"};
  bool allow_unanswered = false;
};

struct CheckResult {
  uint64_t rows = 0;
  uint64_t right = 0;
  uint64_t wrong = 0;       // another status or other records than expected, or no row at all
  uint64_t missing = 0;     // names without their row
  uint64_t doubled = 0;     // rows without their name, or with one that has its row already
  uint64_t unanswered = 0;  // rows that say they have no answer, where there is one

  bool passed(const CheckOptions& options) const {
    return wrong == 0 && missing == 0 && doubled == 0 &&
           (unanswered == 0 || options.allow_unanswered);
  }
  std::string to_json() const;
};

// The first ten wrong rows go to standard error with what was expected. Nothing, and a sentence in
// *error, where a file cannot be read.
std::optional<CheckResult> check_results(const CheckOptions& options, const Expectation& expectation,
                                         std::string* error);

}  // namespace dnswarm::sim

#endif  // DNSWARM_SIM_CHECK_H_
