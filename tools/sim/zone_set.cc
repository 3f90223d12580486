#include "zone_set.h"

namespace dnswarm::sim {

Octets topmost_cut(const ZoneSet& zones, ZoneIndex zone, Octets name, RRType type) {
  const size_t apex_octets = zones.apex(zone).size();
  Octets topmost;
  for (Octets at = name; at.size() > apex_octets; at = parent_of(at)) {
    const bool is_parents = type == RRType::DS && at.size() == name.size();
    if (!is_parents && zones.is_cut(zone, at)) topmost = at;
  }
  return topmost;
}

std::optional<Name> answering_name(const ZoneSet& zones, ZoneIndex zone, Octets name) {
  Name found;
  found.assign_wire(name);
  if (zones.exists(zone, name)) return found;
  const size_t apex_octets = zones.apex(zone).size();
  Octets encloser = name;
  do {
    if (encloser.size() <= apex_octets) return std::nullopt;
    encloser = parent_of(encloser);
  } while (!zones.exists(zone, encloser));
  if (encloser.size() + 2 > name_octets_max) return std::nullopt;
  std::array<uint8_t, name_octets_max> wildcard{1, '*'};
  std::memcpy(wildcard.data() + 2, encloser.data(), encloser.size());
  const Octets octets{wildcard.data(), encloser.size() + 2};
  if (!zones.exists(zone, octets)) return std::nullopt;
  found.assign_wire(octets);
  return found;
}

Name last_target(const Answer& answer) {
  Name target;
  target.assign_wire(answer.rdata(answer.records().back()));
  return target;
}

void add_negative(const ZoneSet& zones, ZoneIndex zone, Answer& answer) {
  const Octets apex = zones.apex(zone);
  if (zones.add_records(zone, apex, RRType::SOA, Section::authority, apex, answer) == 0) return;
  const Octets rdata = answer.rdata(answer.records().back());
  answer.limit_last_ttl(load_u32(rdata.last(4).data()));
}

}  // namespace dnswarm::sim
