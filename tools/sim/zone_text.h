// Records and zones in presentation format (RFC 1035 section 5): what a zone file holds.
#ifndef DNSWARM_SIM_ZONE_TEXT_H_
#define DNSWARM_SIM_ZONE_TEXT_H_

#include <span>
#include <string>

#include "answer.h"
#include "rule_zones.h"

namespace dnswarm::sim {

// Appends "www.example.com. 300 A 10.1.2.3" and a line end.
void append_record_line(const Answer& answer, const Answer::AnswerRecord& record, std::string& text);

// Appends the zone's records, SOA first: its own, and of each of its `children`, the zones that it delegates,
// the NS records with their glue.
void append_zone_text(const RuleZones& zones, ZoneIndex zone, std::span<const ZoneIndex> children,
                      std::string& text);

}  // namespace dnswarm::sim

#endif  // DNSWARM_SIM_ZONE_TEXT_H_
