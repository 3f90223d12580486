// How long a response may be kept.
//
// - Positive: the smallest TTL in the answer section (RFC 2181 section 5.2: an RRset has one TTL; a
//   CNAME chain is as good as its shortest link), at most one day: what engines cap to, and longer
//   than a run.
// - A CNAME chain whose end is not in the response: the smallest TTL of its links.
// - Negative (NXDOMAIN, NODATA): the smaller of the SOA record's TTL and its MINIMUM field (RFC 2308
//   section 5), and of the chain's TTLs, at most 3600 s. Without an SOA it is not cached.
// - Failures (no definitive answer from any upstream): 5 s (RFC 9520 section 3.2 asks for 1 s to
//   5 min; 5 s is what Unbound and Knot Resolver use).
// - TTLs with the top bit set count as 0 (RFC 2181 section 8). TTL 0 is not kept.
// - REFUSED, FORMERR and the like are no statement about the name: they count as failures.
// - Truncated and malformed responses are never kept.
#ifndef DNSWARM_CACHE_TTL_POLICY_H_
#define DNSWARM_CACHE_TTL_POLICY_H_

#include <cstdint>
#include <span>

#include "dns/message_parser.h"

namespace dnswarm {

inline constexpr uint32_t ttl_max_s = 86'400;
inline constexpr uint32_t negative_ttl_max_s = 3'600;
inline constexpr uint32_t failure_ttl_s = 5;

// Seconds a NOERROR or NXDOMAIN response to a question of `type` may be kept; 0: not at all.
// `open_chain`: it ends in a name that must still be asked for.
uint32_t response_ttl_s(const Message& message, RRType type, bool open_chain = false);

// A TTL with the top bit set counts as 0 (RFC 2181 section 8).
inline uint32_t sane_ttl(uint32_t ttl) { return ttl & 0x80000000u ? 0 : ttl; }

// The smallest TTL of these, at most ttl_max_s.
uint32_t least_ttl_s(std::span<const Record> records);

// The same for a negative answer with this SOA record, a chain before it aside.
uint32_t negative_ttl_s(const Record& soa);

// True where the answer section holds what was asked for: a record of the type, or any for ANY.
bool answers_type(const Message& message, RRType type);

}  // namespace dnswarm

#endif  // DNSWARM_CACHE_TTL_POLICY_H_
