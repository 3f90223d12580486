// The usual mistakes in how zones are set up, found in what a walk and a survey of its servers heard.
//
//   silent server                  no response over UDP
//   lame server                    no authoritative answer for its own zone
//   missing glue                   a name server below the zone it serves, without an address at the parent
//   no address                     a name server whose name has none
//   parent and child NS differ     the delegation names others than the zone itself
//   servers differ                 in NS records, in the SOA's serial, in the answer
//   CNAME beside other data        RFC 1034 section 3.6.2, RFC 2181 section 10.1
//   CNAME loop                     a chain that returns to itself
//   TTL 0                          asked for again each time
//
// Threads: pure functions.
#ifndef DNSWARM_CLI_ZONE_MISTAKES_H_
#define DNSWARM_CLI_ZONE_MISTAKES_H_

#include <string>
#include <vector>

#include "cli/server_survey.h"

namespace dnswarm::cli {

// One sentence each. `zones` as zones_of() gives them, or surveyed: without a survey what only it can show is
// not found.
std::vector<std::string> mistakes_in(const Heard& walk, const std::vector<SurveyedZone>& zones);

// The answer to the zone's question in a few words, the same for servers that agree: "A 192.0.2.1",
// "NXDOMAIN", "referral to example.com".
std::string answer_words(const SurveyedZone& zone, const Heard& answer);

}  // namespace dnswarm::cli

#endif  // DNSWARM_CLI_ZONE_MISTAKES_H_
