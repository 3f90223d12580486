#include "cache/ttl_policy.h"

#include <algorithm>

#include "dns/name.h"

namespace dnswarm {

namespace {

// MINIMUM is the last of SOA's five 32-bit fields (RFC 1035 section 3.3.13).
uint32_t soa_minimum(const Record& soa) {
  OctetReader in(soa.rdata());
  in.seek(soa.rdata_octets - size_t{4});
  return in.u32();
}

}  // namespace

uint32_t least_ttl_s(std::span<const Record> records) {
  uint32_t ttl = ttl_max_s;
  for (const Record& record : records) ttl = std::min(ttl, sane_ttl(record.ttl));
  return ttl;
}

uint32_t negative_ttl_s(const Record& soa) {
  return std::min({sane_ttl(soa.ttl), sane_ttl(soa_minimum(soa)), negative_ttl_max_s});
}

bool answers_type(const Message& message, RRType type) {
  for (size_t i = 0; i < message.answer_count; ++i) {
    if (message.records[i].type == type || type == RRType::ANY) return true;
  }
  return false;
}

uint32_t response_ttl_s(const Message& message, RRType type, bool open_chain) {
  if (message.truncated()) return 0;
  uint32_t ttl = least_ttl_s(std::span(message.records).first(message.answer_count));
  if (open_chain) return ttl;
  if (message.rcode() == Rcode::NOERROR && answers_type(message, type)) return ttl;

  for (const Record& record : message.records) {
    if (record.section != Section::authority || record.type != RRType::SOA) continue;
    return std::min(ttl, negative_ttl_s(record));
  }
  return 0;
}

}  // namespace dnswarm
