#include "expectation.h"

#include <algorithm>

namespace dnswarm::sim {

// A chain that the rule leaves open is followed as the client must.
std::string_view RuleExpectation::expect(Octets name, RRType type, Answer& answer) const {
  const bool is_alias = type != RRType::CNAME && type != RRType::ANY;
  Name asked;
  asked.assign_wire(name);
  while (true) {
    rule_.answer(asked.wire(), type, RRClass::IN, answer);
    const auto links = std::count_if(
        answer.records().begin(), answer.records().end(), [](const Answer::AnswerRecord& record) {
          return record.section == Section::answer && record.type == RRType::CNAME;
        });
    const NameKind kind = rule_.kind(asked.wire(), scan_name(asked.wire()));
    if (is_alias && (kind.kind == Kind::loop || links > chain_links_max)) return "CNAME_LOOP";
    const bool is_open = kind.kind == Kind::open_cname && links > 0;
    if (!is_alias || !is_open || norecurse_) return to_text(answer.rcode);
    asked = last_target(answer);
  }
}

std::string_view WorldExpectation::expect(Octets name, RRType type, Answer& answer) const {
  if (!world_.expect(name, type, answer)) return {};
  return to_text(answer.rcode);
}

}  // namespace dnswarm::sim
