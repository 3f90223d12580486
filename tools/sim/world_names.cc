#include "world_names.h"

#include <ostream>
#include <string>
#include <vector>

#include "rule.h"

namespace dnswarm::sim {
namespace {

struct Question {
  std::string labels;  // before the domain's name
  const char* type;    // after it
};

std::vector<Question> cycle_of(uint32_t hosts) {
  std::vector<Question> cycle = {{"www.", ""},  {"", ""},          {"alias.", ""},    {"mail.", ""},
                                 {"away.", ""}, {"gone.", ""},     {"host.ent.", ""}, {"www.", " AAAA"},
                                 {"", " MX"},   {"x.y.gone.", ""}, {"ns1.", ""},      {"mail.", " AAAA"},
                                 {"ent.", ""},  {"", " NS"},       {"", " TXT"},      {"alias.", " AAAA"}};
  for (uint32_t i = 1; i <= hosts; ++i) cycle.push_back({"host" + std::to_string(i) + ".", ""});
  return cycle;
}

}  // namespace

void write_world_names(const RuleZones& zones, unsigned per_domain, std::ostream& out) {
  const std::vector<Question> cycle = cycle_of(zones.options().hosts_per_domain);
  const uint64_t seed = mix64(zones.options().seed);
  const ZoneIndex end = zones.first_domain() + zones.domain_count();
  std::string line;
  for (unsigned turn = 0; turn < per_domain; ++turn) {
    for (ZoneIndex zone = zones.first_domain(); zone < end; ++zone) {
      line.clear();
      const Question* question = nullptr;
      if (turn < cycle.size()) question = &cycle[(mix64(seed ^ zone) + turn) % cycle.size()];
      line += question ? question->labels : "gone" + std::to_string(turn) + ".";
      append_name_text(zones.apex(zone), line);
      if (question) line += question->type;
      line += '\n';
      out << line;
    }
  }
}

}  // namespace dnswarm::sim
