// One line of input: `name [TYPE,...]`.
//
// Blanks (space, tab) around and between the words and a CR at the end mean nothing. A line without
// a word, and one whose first word starts with '#', is skipped. Whether the name is a legal one is
// for the resolver to say.
#ifndef DNSWARM_CLI_INPUT_LINE_H_
#define DNSWARM_CLI_INPUT_LINE_H_

#include <string_view>
#include <vector>

#include "dnswarm/types.h"

namespace dnswarm::cli {

// The longest legal name, every octet escaped, has 1,004 characters; 100 types, the most a line may
// ask for, have under 1,200. The rest is for blanks.
constexpr size_t line_octets_max = 4096;
constexpr size_t line_types_max = 100;

// What is wrong with a line: a stable code and the same in words, both static. Empty: nothing.
struct LineError {
  std::string_view code;
  std::string_view text;
};

struct InputLine {
  enum class Kind : uint8_t { skipped, question, invalid };
  Kind kind = Kind::skipped;
  std::string_view name;  // the first word; points into the line
  LineError error;        // where it is invalid
};

constexpr bool is_blank(char c) { return c == ' ' || c == '\t'; }
constexpr std::string_view without_leading_blanks(std::string_view line) {
  while (!line.empty() && is_blank(line.front())) line.remove_prefix(1);
  return line;
}

// A line without its newline. `types` receives the line's own types, duplicates merged, and is left
// empty where the line names none.
InputLine parse_input_line(std::string_view line, std::vector<RRType>& types);

// A line that was longer than line_octets_max: its first octets.
InputLine parse_cut_line(std::string_view start);

// Types, separated by commas, duplicates merged in order of their first appearance; for lines and
// for --type. The error's code is "bad_type" or "too_many_types"; *word is the word it is about.
LineError types_from_text(std::string_view text, std::vector<RRType>& types,
                          std::string_view* word = nullptr);

}  // namespace dnswarm::cli

#endif  // DNSWARM_CLI_INPUT_LINE_H_
