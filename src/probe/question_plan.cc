#include "probe/question_plan.h"

#include <arpa/inet.h>

#include <algorithm>

namespace dnswarm {
namespace {

constexpr size_t random_letters = 20;

bool holds_names(RRType type) {
  switch (type) {
    case RRType::NS:
    case RRType::CNAME:
    case RRType::SOA:
    case RRType::PTR:
    case RRType::MX:
    case RRType::SRV:
    case RRType::DNAME: return true;
    default: return false;
  }
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(ascii_lower(static_cast<uint8_t>(c)));
  return result;
}

// Every other letter in upper case, begun at random: a resolver that lower-cases cannot be missed by chance.
std::string mixed_case(std::string text, Random& random) {
  bool upper = random.below(2) == 1;
  for (char& c : text) {
    if (c < 'a' || c > 'z') continue;
    if (upper) c = static_cast<char>(c - 'a' + 'A');
    upper = !upper;
  }
  return text;
}

class Planner {
 public:
  Planner(const ResolverCheckOptions& options, Random& random) : options_(options), random_(random) {}

  QuestionPlan plan() {
    for (const KnownName& known : options_.known) add_known(known);
    const size_t known = plan_.questions.size();
    for (const std::string& zone : options_.absent_zones) {
      add(Purpose::absent, random_name_under(zone, random_), RRType::A).zone = zone;
    }
    if (options_.core_only || !plan_.error.empty()) return std::move(plan_);
    const std::string first = plan_.questions.front().name;
    const RRType type = plan_.questions.front().type;
    add(Purpose::edns, first, type);
    add(Purpose::dnssec, options_.signed_name, RRType::SOA);
    add(Purpose::letter_case, mixed_case(first, random_), type);
    add(Purpose::tcp, first, type);
    for (size_t i = 0; i < known; ++i) {
      PlannedQuestion again = plan_.questions[i];
      plan_.questions.push_back(std::move(again));
    }
    return std::move(plan_);
  }

 private:
  void add_known(const KnownName& known) {
    PlannedQuestion& question = add(Purpose::known, lower(known.name), known.type);
    for (const std::string& data : known.data) question.expected.push_back(canonical_data(known.type, data));
    std::sort(question.expected.begin(), question.expected.end());
  }

  PlannedQuestion& add(Purpose purpose, const std::string& name, RRType type) {
    PlannedQuestion question;
    question.purpose = purpose;
    question.name = name;
    question.type = type;
    question.qname = wire_of(name);
    question.first_like_this = plan_.questions.size();
    if (question.qname.empty() && plan_.error.empty()) {
      plan_.error = "\"" + name + "\" is no name that can be asked for";
    }
    plan_.questions.push_back(std::move(question));
    return plan_.questions.back();
  }

  const ResolverCheckOptions& options_;
  Random& random_;
  QuestionPlan plan_;
};

}  // namespace

QuestionPlan plan_questions(const ResolverCheckOptions& options, Random& random) {
  return Planner(options, random).plan();
}

std::string_view text_of(Purpose purpose) {
  switch (purpose) {
    case Purpose::known: return "known";
    case Purpose::absent: return "absent";
    case Purpose::edns: return "edns";
    case Purpose::dnssec: return "dnssec";
    case Purpose::letter_case: return "0x20";
    case Purpose::tcp: return "tcp";
  }
  return "";
}

std::string random_name_under(const std::string& zone, Random& random) {
  std::string name;
  for (size_t i = 0; i < random_letters; ++i) name += static_cast<char>('a' + random.below(26));
  return zone == "." ? name : name + "." + zone;
}

std::string wire_of(const std::string& text) {
  Name name;
  if (is_ip_address_text(text) || name.assign_text(text) != NameError::none) return {};
  std::string wire(reinterpret_cast<const char*>(name.wire().data()), name.size());
  if (text.find('\\') != text.npos) return wire;
  // A plain name's letters stand where its text has them, one octet further.
  for (size_t i = 0; i < text.size() && i + 1 < wire.size(); ++i) {
    if (text[i] >= 'A' && text[i] <= 'Z' &&
        ascii_lower(static_cast<uint8_t>(text[i])) == uint8_t(wire[i + 1]))
      wire[i + 1] = text[i];
  }
  return wire;
}

std::string canonical_data(RRType type, std::string_view text) {
  if (type == RRType::A || type == RRType::AAAA) {
    const int family = type == RRType::A ? AF_INET : AF_INET6;
    unsigned char octets[16];
    char out[INET6_ADDRSTRLEN];
    if (inet_pton(family, std::string(text).c_str(), octets) == 1)
      return inet_ntop(family, octets, out, sizeof out);
  }
  if (!holds_names(type)) return std::string(text);
  std::string result = lower(text);
  if (result.size() > 1 && result.ends_with('.')) result.pop_back();
  return result;
}

}  // namespace dnswarm
