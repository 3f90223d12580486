// Which questions all resolvers are asked, in this order: the first known name, to whoever is asked at all;
// then the other known names, the names that do not exist, one question for each ability, and the known names
// once more, whose answers are cached by then: so latency is that of the resolver rather than of the servers
// behind it.
#ifndef DNSWARM_PROBE_QUESTION_PLAN_H_
#define DNSWARM_PROBE_QUESTION_PLAN_H_

#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "dns/name.h"
#include "dnswarm/resolver_check.h"

namespace dnswarm {

enum class Purpose : uint8_t { known, absent, edns, dnssec, letter_case, tcp };
std::string_view text_of(Purpose purpose);  // "0x20"

struct PlannedQuestion {
  Purpose purpose{};
  std::string name;   // presentation format, as it is sent
  std::string zone;   // absent: under which the random label stands
  std::string qname;  // wire format
  RRType type = RRType::A;
  std::vector<std::string> expected;  // known: the data that was given, canonical and sorted
  // The same question stands before: one fault, not two. Index of that one, else of itself.
  size_t first_like_this = 0;

  Octets wire() const { return {reinterpret_cast<const uint8_t*>(qname.data()), qname.size()}; }
  bool is_core() const { return purpose == Purpose::known || purpose == Purpose::absent; }
};

struct QuestionPlan {
  std::vector<PlannedQuestion> questions;
  std::string error;  // a sentence; empty where the names can be asked for
};

QuestionPlan plan_questions(const ResolverCheckOptions& options, Random& random);

// 20 random letters in front of `zone` (presentation format): 94 bits, so nobody has registered it.
std::string random_name_under(const std::string& zone, Random& random);
// Empty where it is no name; letters stay as they are.
std::string wire_of(const std::string& name);
// RDATA texts compare equal where these do: names in lower case, addresses in their usual form.
std::string canonical_data(RRType type, std::string_view text);

}  // namespace dnswarm

#endif  // DNSWARM_PROBE_QUESTION_PLAN_H_
