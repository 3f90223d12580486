// What a result row must say: by the rule, or by a world.
//
// Threads: any number, like the rule and the world.
#ifndef DNSWARM_SIM_EXPECTATION_H_
#define DNSWARM_SIM_EXPECTATION_H_

#include <string_view>

#include "answer.h"
#include "rule.h"
#include "world.h"

namespace dnswarm::sim {

class Expectation {
 public:
  virtual ~Expectation() = default;
  // The status of the row, and in a cleared `answer`'s answer section its records: CNAME links and what they
  // lead to. Empty where there is nothing to find, so that no status but one without an answer is right.
  // `name` is in lower case.
  virtual std::string_view expect(Octets name, RRType type, Answer& answer) const = 0;
};

class RuleExpectation : public Expectation {
 public:
  // `rule` must outlive this. `norecurse`: open CNAMEs stay open.
  RuleExpectation(const Rule& rule, bool norecurse) : rule_(rule), norecurse_(norecurse) {}
  std::string_view expect(Octets name, RRType type, Answer& answer) const override;

 private:
  const Rule& rule_;
  bool norecurse_;
};

class WorldExpectation : public Expectation {
 public:
  // `world` must outlive this.
  explicit WorldExpectation(const World& world) : world_(world) {}
  std::string_view expect(Octets name, RRType type, Answer& answer) const override;

 private:
  const World& world_;
};

}  // namespace dnswarm::sim

#endif  // DNSWARM_SIM_EXPECTATION_H_
