// The words of a line of a scenario, read one after the other. The first one that is not what it should be
// makes the error; what is read after that is empty.
#ifndef DNSWARM_TESTS_ITERATIVE_SCENARIO_WORDS_H_
#define DNSWARM_TESTS_ITERATIVE_SCENARIO_WORDS_H_

#include <string>
#include <string_view>

#include "base/clock.h"
#include "tests/iterative/scenario.h"

namespace dnswarm::testing {

class ScenarioWords {
 public:
  ScenarioWords(const ScenarioWords&) = delete;
  ScenarioWords& operator=(const ScenarioWords&) = delete;
  // `usage`: what the line should be, for the error.
  ScenarioWords(std::string_view line, std::string_view usage);

  bool at_end() const { return rest_.empty(); }
  std::string_view rest() const { return rest_; }
  const std::string& error() const { return error_; }
  void refuse(const std::string& why);

  std::string word();
  // Takes these words if they come next.
  bool take(std::string_view words);
  void need(std::string_view words);
  void need_end();

  std::string address();   // as it is usually written
  std::string name();      // in full, lower case, without the last dot
  std::string question();  // "www.example A"
  Duration time();         // "300 s", "20 ms"
  Range range();           // "3", "3..5"
  uint64_t count() { return number(word()); }

 private:
  uint64_t number(std::string_view text);

  std::string usage_, line_;
  std::string_view rest_;
  std::string error_;
};

// What is wrong with a name, or nothing: names are written in full, without the last dot; lower case, where
// they are a zone's.
std::string name_error(const std::string& name, bool lower_case);

}  // namespace dnswarm::testing

#endif  // DNSWARM_TESTS_ITERATIVE_SCENARIO_WORDS_H_
