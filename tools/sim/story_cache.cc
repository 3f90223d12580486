#include "story_cache.h"

#include <array>

#include "base/check.h"
#include "base/hash.h"
#include "cache/cached_message.h"
#include "cache/ttl_policy.h"
#include "dns/name.h"
#include "dns/response_builder.h"

namespace dnswarm::sim {
namespace {

// 16 CNAMEs, each with two names, and a few addresses.
constexpr size_t octets_max = 16 * 1024;

// Not question_hash(), whose seed is the process's own: what a full cache declines hangs on the hash, and a
// story must be the same each time.
CacheKey key_of(Octets qname, RRType type) {
  return {hash_octets(qname, static_cast<uint16_t>(type), 0), qname, type};
}

void store_u32(uint8_t* at, uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) *at++ = static_cast<uint8_t>(value >> shift);
}

}  // namespace

MessageOctets response_octets(const Response& response, Octets qname) {
  MessageOctets room(octets_max);
  const auto flags =
      static_cast<uint16_t>(HeaderFlags::qr | HeaderFlags::rd | HeaderFlags::ra |
                            (response.failure == Failure::none ? static_cast<unsigned>(response.rcode) & 15
                                                               : static_cast<unsigned>(Rcode::SERVFAIL)));
  ResponseBuilder builder(room, 0, flags, qname, response.type, RRClass::IN);
  std::array<uint8_t, name_octets_max> owner, target;
  for (const Record& record : response.records) {
    if (record.section != Section::answer) continue;
    const Octets message(record.message, record.message_octets);
    size_t end = 0;
    const Octets owner_wire(owner.data(), expand_name(message, record.owner_offset, owner, &end));
    if (record.type == RRType::CNAME) {
      const Octets wire(target.data(), expand_name(message, record.rdata_offset, target, &end));
      builder.record(Section::answer, owner_wire, record.type, record.ttl, wire);
    } else if (record.type == RRType::A) {
      builder.record(Section::answer, owner_wire, record.type, record.ttl, record.rdata());
    }
  }
  CHECK(builder.ok());
  room.resize(builder.finish().size());
  return room;
}

ToldAddress read_address(Octets octets) {
  Message message;
  CHECK(parse_question(octets, message) == ParseError::none && parse_records(message) == ParseError::none);
  ToldAddress told{message.rcode(), {}, message.records.empty() ? 0 : least_ttl_s(message.records)};
  for (const Record& record : message.records) {
    if (record.type != RRType::A || told.ipv4) continue;
    told.ipv4 = load_u32(record.rdata().data());
  }
  return told;
}

MessageOctets StoryCache::find(Octets qname, RRType type, Instant now) {
  const auto value = shard_.get(key_of(qname, type), now);
  if (!value || !load_message(*value, message_)) return {};
  MessageOctets octets(value->message.begin(), value->message.end());
  // TTL and RDLENGTH stand before the RDATA (RFC 1035 section 4.1.3).
  for (const Record& record : message_.records)
    store_u32(&octets[record.rdata_offset - size_t{6}], record.ttl);
  return octets;
}

void StoryCache::keep(Octets octets, Instant now) {
  CHECK(parse_question(octets, message_) == ParseError::none && parse_records(message_) == ParseError::none);
  const CacheKey key = key_of(message_.qname(), message_.qtype);
  put_message(shard_, key, message_, KeptRecords::answers, 0, 0, response_ttl_s(message_, message_.qtype),
              now);
}

}  // namespace dnswarm::sim
