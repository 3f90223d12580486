// --write-names: what to ask a world by the rule, as dnswarm reads it: "name" (type A) or "name TYPE" a line.
#ifndef DNSWARM_SIM_WORLD_NAMES_H_
#define DNSWARM_SIM_WORLD_NAMES_H_

#include <iosfwd>

#include "rule_zones.h"

namespace dnswarm::sim {

// So many lines for each domain of the list, from a cycle that begins elsewhere for each domain: the apex,
// its hosts, aliases within the zone and to another one, a deep name, names that do not exist, types that are
// not there, MX, NS, AAAA. Where the cycle is through, more names that do not exist follow: no line comes
// twice for one domain. First each domain's first line, then each one's second: neighbours are different
// domains.
void write_world_names(const RuleZones& zones, unsigned per_domain, std::ostream& out);

}  // namespace dnswarm::sim

#endif  // DNSWARM_SIM_WORLD_NAMES_H_
