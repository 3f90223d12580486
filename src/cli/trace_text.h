// `dnswarm trace` for reading: every step of a walk, what it found, what every server says, the mistakes.
//
//   www.example.com A
//       0.0 ms  .          known: 13 name servers
//       0.0 ms  .          k.root-servers.net 193.0.14.129:53     udp   12.1 ms  NOERROR   referral to com
//       ...
//
// A line with a name and a type says what is asked for from there on, two columns further in for each level
// of look-ups of name servers' addresses. Then come: when the step began, whose servers are asked, which of
// them, over what, how long it took, the RCODE, and what the walk made of it.
#ifndef DNSWARM_CLI_TRACE_TEXT_H_
#define DNSWARM_CLI_TRACE_TEXT_H_

#include <string>
#include <vector>

#include "cli/server_survey.h"

namespace dnswarm::cli {

std::string walk_text(const Heard& walk);
// The status, what it cost, and the records.
std::string result_text(const std::string& name, RRType type, const Heard& walk);
std::string survey_text(const std::vector<SurveyedZone>& zones);
std::string mistakes_text(const std::vector<std::string>& mistakes);

}  // namespace dnswarm::cli

#endif  // DNSWARM_CLI_TRACE_TEXT_H_
