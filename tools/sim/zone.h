// Answers from zone files: RFC 1034 section 4.3.2 without delegations, wildcards by RFC 4592, CNAME
// chains within the loaded zones, and NODATA for empty non-terminals (RFC 8020).
#ifndef DNSWARM_SIM_ZONE_H_
#define DNSWARM_SIM_ZONE_H_

#include <memory>
#include <string>
#include <vector>

#include "answer.h"

namespace dnswarm::sim {

// Reads the files. Null, and a sentence in *error, where one cannot be read, is malformed, or has no
// SOA; or where this program was built without ldns. `rotate`: RRsets of several records begin with
// the next one in each response.
std::unique_ptr<AnswerSource> load_zones(const std::vector<std::string>& paths, bool rotate,
                                         std::string* error);

}  // namespace dnswarm::sim

#endif  // DNSWARM_SIM_ZONE_H_
