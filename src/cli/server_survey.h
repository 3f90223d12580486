// Every server of every zone on the way to a name, asked the same questions: `dnswarm trace --all-servers`.
#ifndef DNSWARM_CLI_SERVER_SURVEY_H_
#define DNSWARM_CLI_SERVER_SURVEY_H_

#include <string>
#include <vector>

#include "cli/heard.h"

namespace dnswarm::cli {

// What one server says, without recursion.
struct SurveyedServer {
  std::string name;
  std::string address;        // "192.0.2.53:53"
  Heard soa;                  // of the zone
  Heard ns;                   // of the zone
  Heard answer;               // to the zone's question
  std::vector<Heard> others;  // other types at that name, where the walk ended in this zone
};

struct SurveyedZone {
  std::string zone;
  std::string qname;  // what the walk asked its servers for
  RRType type{};
  bool is_last = false;                // the walk, or a part of its chain of aliases, ended here
  std::vector<TraceServer> delegated;  // as its parent has it; of the root, as the walk began
  std::vector<SurveyedServer> servers;
  std::vector<std::string> without_address;  // name servers that could not be asked
};

// The zones that a walk went through, from the root down, each with what it was asked for; servers are not
// asked yet.
std::vector<SurveyedZone> zones_of(const Heard& walk);

// Asks them all. Name servers without glue are looked up first, with `options` (of the walk). False, and a
// sentence in *error, where that cannot begin.
[[nodiscard]] bool survey(std::vector<SurveyedZone>& zones, const Options& options, std::string* error);

}  // namespace dnswarm::cli

#endif  // DNSWARM_CLI_SERVER_SURVEY_H_
