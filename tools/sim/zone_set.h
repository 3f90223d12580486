// Zones, and who serves them: what authoritative answers are made of, wherever the records come from
// (zone files: zone.h; a rule: rule_zones.h). Names are uncompressed wire format in lower case.
//
// Threads: once filled, any number may read.
#ifndef DNSWARM_SIM_ZONE_SET_H_
#define DNSWARM_SIM_ZONE_SET_H_

#include <cstdint>
#include <optional>
#include <span>

#include "answer.h"
#include "dns/name.h"

namespace dnswarm::sim {

using ZoneIndex = uint32_t;
using ServerIndex = uint32_t;

class ZoneSet {
 public:
  virtual ~ZoneSet() = default;

  virtual ZoneIndex zone_count() const = 0;
  virtual Octets apex(ZoneIndex zone) const = 0;
  // The zone whose apex is `name`.
  virtual std::optional<ZoneIndex> zone_at(Octets name) const = 0;
  virtual std::span<const ServerIndex> servers(ZoneIndex zone) const = 0;

  // The rest is about names at or below the zone's apex, as the zone's own data has them: below a cut that
  // is the glue.

  // Whether NS records stand at `name`, which is not the apex.
  virtual bool is_cut(ZoneIndex zone, Octets name) const = 0;
  // Whether the name exists, be it as an empty non-terminal (RFC 8020). Wildcards stand for themselves alone.
  virtual bool exists(ZoneIndex zone, Octets name) const = 0;
  // Appends the RRset of `type` (ANY: all RRsets) at `name` to a section, owned by `owner`: another name
  // where a wildcard is expanded. None of the names may lie in `answer`. Returns how many records that were.
  virtual unsigned add_records(ZoneIndex zone, Octets name, RRType type, Section section, Octets owner,
                               Answer& answer) const = 0;
};

// CNAME links that are followed within one response, or to the end of a chain.
inline constexpr unsigned chain_links_max = 16;

// The cut that takes the authority over the question from the zone; empty where it has that. The type
// matters, for DS of a cut is the parent's (RFC 4035 section 3.1.4.1). Points into `name`.
Octets topmost_cut(const ZoneSet& zones, ZoneIndex zone, Octets name, RRType type);

// The name whose records answer for `name`: itself, or the wildcard below its closest encloser (RFC 4592).
// Nothing where it does not exist. No cut may lie above it.
std::optional<Name> answering_name(const ZoneSet& zones, ZoneIndex zone, Octets name);

// Where the CNAME record that was appended last points to.
Name last_target(const Answer& answer);

// Appends the zone's SOA to the authority section, with the TTL of a negative answer (RFC 2308 section 3).
void add_negative(const ZoneSet& zones, ZoneIndex zone, Answer& answer);

}  // namespace dnswarm::sim

#endif  // DNSWARM_SIM_ZONE_SET_H_
