// Reads a scenario: statements in scenario.cc, the indented lines below them in scenario_blocks.cc.
#ifndef DNSWARM_TESTS_ITERATIVE_SCENARIO_PARSER_H_
#define DNSWARM_TESTS_ITERATIVE_SCENARIO_PARSER_H_

#include <set>
#include <string>
#include <string_view>

#include "tests/iterative/scenario.h"
#include "tests/iterative/scenario_words.h"

namespace dnswarm::testing {

class ScenarioParser {
 public:
  Scenario parse(std::string_view text);

 private:
  enum class Block : uint8_t { none, zone, says, forger, ask };

  template <typename T>
  T& last() {
    return std::get<T>(scenario_.steps.back());
  }
  template <typename T>
  T& add() {
    return std::get<T>(scenario_.steps.emplace_back(std::in_place_type<T>));
  }
  void begin_block(Block block) { block_ = block, block_line_ = number_, block_text_.clear(); }

  // scenario.cc. Those that give a text say what is wrong with the line.
  void fail(int line, const std::string& why);
  std::string read_statement(const std::string& line);
  std::string read_option(const std::string& line);
  std::string read_hints(const std::string& line);
  void set_hints(const std::string& addresses);
  std::string read_addresses(ScenarioWords& words);
  std::string read_zone(const std::string& line);
  std::string read_server(const std::string& line);
  std::string read_forger(const std::string& line);
  std::string read_pass(const std::string& line);
  std::string read_ask(const std::string& line);
  std::string read_also_ask(const std::string& line);
  std::string read_asked_name(ScenarioWords& words);

  // scenario_blocks.cc
  std::string read_in_block(const std::string& line);
  std::string read_record(const std::string& line);
  std::string record_error(const std::string& line, bool lower_case);
  std::string read_message_line(const std::string& line);
  std::string read_expectation(const std::string& line);
  void read_asked_count(ScenarioWords& words, AskStep& ask);
  std::string known_address(ScenarioWords& words);
  std::string end_block();
  std::string end_question();

  Scenario scenario_;
  int number_ = 0;
  bool asks_ = false;
  Block block_ = Block::none;
  int block_line_ = 0;
  std::string block_text_;
  bool has_soa_ = false, says_nothing_ = false;
  std::set<std::string> known_;  // addresses
};

// All runs of blanks as one.
std::string single_blanks(std::string_view text);

}  // namespace dnswarm::testing

#endif  // DNSWARM_TESTS_ITERATIVE_SCENARIO_PARSER_H_
