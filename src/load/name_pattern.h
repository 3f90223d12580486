// Names made to a pattern: "host-{n}.example.com". See LoadNames::set_pattern for what may stand in it.
#ifndef DNSWARM_LOAD_NAME_PATTERN_H_
#define DNSWARM_LOAD_NAME_PATTERN_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"

namespace dnswarm {

class NamePattern {
 public:
  static constexpr uint64_t number_max = 1'000'000'000'000;  // 10^12: counters start again there

  // Empty, or the rule that `text` breaks. Every name it can give is a legal one then.
  [[nodiscard]] std::string parse(std::string_view text);
  // The name that has this number, in presentation format.
  void write(uint64_t number, Random& random, std::string& out) const;

 private:
  struct Part {
    enum Kind : uint8_t { literal, counter, random_number, random_text };
    Kind kind = literal;
    uint64_t value = 0;  // digits at least; bound; characters
    std::string text;
  };

  std::string parse_field(std::string_view field);
  void write_longest(std::string& out) const;

  std::vector<Part> parts_;
};

}  // namespace dnswarm

#endif  // DNSWARM_LOAD_NAME_PATTERN_H_
