// The inside of LoadNames: a list, packed in wire format, or a pattern. Read-only during a run, and
// shared by the workers; each asks for questions through a QuestionSource of its own.
#ifndef DNSWARM_LOAD_LOAD_NAMES_H_
#define DNSWARM_LOAD_LOAD_NAMES_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/octets.h"
#include "base/random.h"
#include "dns/name.h"
#include "dnswarm/load.h"
#include "load/name_pattern.h"

namespace dnswarm {

struct LoadNames::Impl {
  std::vector<uint8_t> octets;  // QNAME and QTYPE, QNAME and QTYPE, ...
  std::vector<size_t> ends;     // of each question in octets
  bool has_pattern = false;
  NamePattern pattern;
  std::vector<RRType> types;    // the pattern's

  bool empty() const { return ends.empty() && !has_pattern; }
};

class QuestionSource {
 public:
  struct Question {
    Octets qname;  // valid until the next call
    RRType type;
  };

  // `names` must not be empty, and must outlive this.
  QuestionSource(const LoadNames::Impl& names, Random random) : names_(names), random_(random) {}

  // Question number `j` of the run.
  Question question(uint64_t j) { return names_.has_pattern ? from_pattern(j) : from_list(j); }

 private:
  Question from_list(uint64_t j) const {
    const size_t i = static_cast<size_t>(j % names_.ends.size());
    const size_t start = i == 0 ? 0 : names_.ends[i - 1];
    const uint8_t* type = names_.octets.data() + names_.ends[i] - 2;
    return {{names_.octets.data() + start, type}, static_cast<RRType>(load_u16(type))};
  }
  Question from_pattern(uint64_t j);

  const LoadNames::Impl& names_;
  Random random_;
  std::string text_;
  Name name_;
};

}  // namespace dnswarm

#endif  // DNSWARM_LOAD_LOAD_NAMES_H_
