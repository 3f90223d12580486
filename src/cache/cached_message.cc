#include "cache/cached_message.h"

#include <algorithm>
#include <array>

namespace dnswarm {

namespace {

// Where NSCOUNT and ARCOUNT stand in the header (RFC 1035 section 4.1.1).
constexpr size_t nscount_at = 8, arcount_at = 10;

// The octets up to the end of the last record that is kept.
size_t kept_octets(const CacheKey& key, const Message& message, Section last_section) {
  size_t size = header_octets + key.qname.size() + 4;
  for (const Record& record : message.records) {
    if (record.section > last_section) break;
    size = size_t{record.rdata_offset} + record.rdata_octets;
  }
  return size;
}

}  // namespace

void put_message(CacheShard& cache, const CacheKey& key, const Message& message, KeptRecords kept,
                 uint16_t upstream, uint8_t kind, uint32_t ttl_s, Instant now) {
  if (kept == KeptRecords::all) return cache.put(key, {message.octets, upstream, kind}, ttl_s, now);
  const bool authority = kept == KeptRecords::answers_and_authority;
  const size_t size = kept_octets(key, message, authority ? Section::authority : Section::answer);
  // The octets are the receiver's buffer: a copy for the sake of two counts would cost more than the entry.
  auto* header = const_cast<uint8_t*>(message.octets.data());
  std::array<uint8_t, header_octets - nscount_at> counts;
  std::copy_n(header + nscount_at, counts.size(), counts.begin());
  std::fill(header + (authority ? arcount_at : nscount_at), header + header_octets, uint8_t{0});
  cache.put(key, {{header, size}, upstream, kind}, ttl_s, now);
  std::copy(counts.begin(), counts.end(), header + nscount_at);
}

bool load_message(const CacheValue& value, Message& message) {
  if (parse_question(value.message, message) != ParseError::none ||
      parse_checked_records(message) != ParseError::none) {
    return false;
  }
  for (Record& record : message.records) {
    record.ttl = record.ttl > value.age_s ? record.ttl - value.age_s : 0;
  }
  return true;
}

}  // namespace dnswarm
