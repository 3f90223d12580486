// RDATA: is it well-formed for its type, and what is its presentation format. One descriptor table
// (a string of field codes per type) drives both, so they cannot disagree.
#ifndef DNSWARM_DNS_RDATA_TEXT_H_
#define DNSWARM_DNS_RDATA_TEXT_H_

#include <string>

#include "base/octets.h"
#include "dnswarm/types.h"

namespace dnswarm {

// Whether rdata_octets at rdata_offset of `message` are well-formed RDATA of `type`. Compressed
// names are accepted only in the types of RFC 1035 and the few older ones resolvers meet in
// practice (RFC 3597 section 4). Types without a known format are always valid. RDATA of zero octets
// is invalid for known types, except where the format allows it.
[[nodiscard]] bool rdata_is_valid(RRType type, RRClass rrclass, Octets message, size_t rdata_offset,
                                  size_t rdata_octets);

// Appends the presentation format. Names are written without the trailing dot unless `dotted`.
// RDATA must have passed rdata_is_valid; types without a known format are written as RFC 3597 \#.
void append_rdata_text(RRType type, RRClass rrclass, Octets message, size_t rdata_offset,
                       size_t rdata_octets, std::string& out, bool dotted = false);

}  // namespace dnswarm

#endif  // DNSWARM_DNS_RDATA_TEXT_H_
