// Lines of configuration files as words: what blanks, tabs and a carriage return separate.
#ifndef DNSWARM_BASE_WORDS_H_
#define DNSWARM_BASE_WORDS_H_

#include <string_view>
#include <vector>

namespace dnswarm {

// Takes the first word off the line; empty where there is none.
inline std::string_view next_word(std::string_view& line) {
  const size_t begin = line.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return {};
  line.remove_prefix(begin);
  const std::string_view word = line.substr(0, line.find_first_of(" \t\r"));
  line.remove_prefix(word.size());
  return word;
}

inline std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  for (std::string_view word = next_word(line); !word.empty(); word = next_word(line)) words.push_back(word);
  return words;
}

}  // namespace dnswarm

#endif  // DNSWARM_BASE_WORDS_H_
