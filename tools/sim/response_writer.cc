#include "response_writer.h"

#include <algorithm>
#include <cstring>

#include "dns/name.h"

namespace dnswarm::sim {
namespace {

constexpr size_t opt_octets = 11;

inline uint8_t* put16(uint8_t* at, unsigned value) {
  at[0] = static_cast<uint8_t>(value >> 8);
  at[1] = static_cast<uint8_t>(value);
  return at + 2;
}
inline uint8_t* put32(uint8_t* at, uint32_t value) {
  return put16(put16(at, value >> 16), value & 0xffff);
}
inline uint8_t* put(uint8_t* at, const void* from, size_t size) {
  std::memcpy(at, from, size);
  return at + size;
}
// A pointer to `offset` within the question's name (RFC 1035 section 4.1.4).
inline uint8_t* put_pointer(uint8_t* at, size_t offset) {
  return put16(at, static_cast<unsigned>(0xc000 | (header_octets + offset)));
}
// TYPE, CLASS IN, TTL, RDLENGTH
inline uint8_t* put_fixed(uint8_t* at, RRType type, uint32_t ttl, unsigned rdata_octets) {
  at = put16(put16(at, static_cast<unsigned>(type)), static_cast<unsigned>(RRClass::IN));
  return put16(put32(at, ttl), rdata_octets);
}

// A name, of which the part that ends the question's zone too is left to a pointer. Compression
// further than that would not make the client's work different.
void put_name(OctetWriter& out, Octets name, const QueryView& query) {
  const Octets qname = query.qname();
  if (names_equal(name, qname) && qname.size() > 1) return out.u16(0xc000 | header_octets);
  const size_t zone_octets = qname.size() - query.scan.zone_offset;
  const bool in_zone = zone_octets > 1 && name.size() >= zone_octets &&
                       names_equal(name.last(zone_octets), qname.last(zone_octets)) &&
                       [&] {  // and the zone begins at a label
                         size_t at = 0;
                         while (at < name.size() - zone_octets) at += name[at] + 1u;
                         return at == name.size() - zone_octets;
                       }();
  if (!in_zone) return out.octets(name);
  out.octets(name.first(name.size() - zone_octets));
  out.u16(static_cast<uint16_t>(0xc000 | (header_octets + query.scan.zone_offset)));
}

size_t name_size(Octets octets) {
  size_t at = 0;
  while (octets[at] != 0) at += octets[at] + 1u;
  return at + 1;
}

// Names in RDATA are compressed in the types of RFC 1035 alone (RFC 3597 section 4).
void put_rdata(OctetWriter& out, RRType type, Octets rdata, const QueryView& query) {
  switch (type) {
    case RRType::MX:
      out.octets(rdata.first(2));
      return put_name(out, rdata.subspan(2), query);
    case RRType::NS:
    case RRType::CNAME:
    case RRType::PTR:
      return put_name(out, rdata, query);
    case RRType::SOA: {
      const size_t mname = name_size(rdata);
      const size_t rname = name_size(rdata.subspan(mname));
      put_name(out, rdata.first(mname), query);
      put_name(out, rdata.subspan(mname, rname), query);
      return out.octets(rdata.subspan(mname + rname));
    }
    default:
      return out.octets(rdata);
  }
}

void put_record(OctetWriter& out, const Answer& answer, const Answer::AnswerRecord& record,
                const QueryView& query) {
  put_name(out, answer.owner(record), query);
  out.u16(static_cast<uint16_t>(record.type));
  out.u16(static_cast<uint16_t>(query.qclass == RRClass::ANY ? RRClass::IN : query.qclass));
  out.u32(record.ttl);
  const size_t length_at = out.offset();
  out.u16(0);
  put_rdata(out, record.type, answer.rdata(record), query);
  out.patch_u16(length_at, static_cast<uint16_t>(out.offset() - length_at - 2));
}

}  // namespace

size_t ResponseWriter::udp_limit(const QueryView& query) const {
  return std::min<size_t>(query.payload_octets, options_.udp_octets_max);
}

uint8_t* ResponseWriter::put_head(const QueryView& query, unsigned rcode, bool truncated,
                                  unsigned answers, unsigned authorities, uint8_t* room) const {
  unsigned flags = HeaderFlags::qr |
                   (query.flags & (HeaderFlags::opcode_mask | HeaderFlags::rd | HeaderFlags::cd));
  // AA of the rule's answers is an option, zones know it of each answer.
  if (!options_.authoritative) flags |= HeaderFlags::ra;
  if (options_.authoritative && rule_ != nullptr) flags |= HeaderFlags::aa;
  if (truncated) flags |= HeaderFlags::tc;
  const bool has_question = query.scan.octets != 0;
  uint8_t* at = put16(put16(room, query.id), flags | (rcode & 15));
  at = put16(put16(at, has_question), answers);
  at = put16(put16(at, authorities), query.edns);
  if (!has_question) return at;
  return put(at, query.octets.data() + header_octets, query.scan.octets + 4u);
}

uint8_t* ResponseWriter::put_opt(const QueryView& query, unsigned rcode, uint8_t* at) const {
  if (!query.edns) return at;
  *at++ = 0;  // the root's name
  at = put16(at, static_cast<unsigned>(RRType::OPT));
  at = put16(at, options_.udp_octets_max);
  at = put16(at, rcode >> 4 << 8);
  at = put16(at, query.dnssec_ok ? 0x8000 : 0);
  return put16(at, 0);
}

size_t ResponseWriter::write_rcode(const QueryView& query, Rcode rcode, bool truncated,
                                   uint8_t* room) const {
  const auto number = static_cast<unsigned>(rcode);
  return static_cast<size_t>(
      put_opt(query, number, put_head(query, number, truncated, 0, 0, room)) - room);
}

size_t ResponseWriter::write_short(const QueryView& query, Transport transport, uint8_t* room,
                                   ResponseNote& note) const {
  const bool is_a = query.qtype == RRType::A;
  if (rule_ == nullptr || (!is_a && query.qtype != RRType::AAAA) || query.qclass != RRClass::IN ||
      query.edns_version != 0 || query.nsid || query.scan.octets == 1 ||
      (options_.signatures && query.dnssec_ok)) {
    return 0;
  }
  const RuleOptions& rule = rule_->options();
  const NameKind kind = rule_->kind(query.qname(), query.scan);
  uint8_t* at = room;
  switch (kind.kind) {
    case Kind::plain:
    case Kind::multi: {
      const unsigned count = kind.kind == Kind::multi ? multi_count(query.scan.hash) : 1;
      const uint64_t hash = type_hash(query.scan.hash, query.qtype);
      if (query.question_end() + count * 28 + opt_octets > 512) return 0;  // may have to be cut
      at = put_head(query, 0, false, count, 0, room);
      for (unsigned i = 0; i < count; ++i) {
        at = put_fixed(put_pointer(at, 0), query.qtype, rule.ttl, is_a ? 4 : 16);
        if (is_a) {
          at = put32(at, a_address(hash, i));
        } else {
          at = put32(put32(at, 0x20010db8), static_cast<uint32_t>(hash >> 32));
          at = put32(put32(at, static_cast<uint32_t>(hash)), i);
        }
      }
      break;
    }
    case Kind::nxdomain:
    case Kind::nodata: {
      const bool exists = kind.kind == Kind::nodata;
      note.rcode = exists ? Rcode::NOERROR : Rcode::NXDOMAIN;
      if (query.question_end() + 51 + opt_octets > 512) return 0;
      at = put_head(query, exists ? 0 : 3, false, 0, 1, room);
      const size_t zone = query.scan.zone_offset;
      at = put_fixed(put_pointer(at, zone), RRType::SOA, rule.negative_ttl, 39);
      at = put_pointer(put(at, "\3ns1", 4), zone);
      at = put_pointer(put(at, "\12hostmaster", 11), zone);
      at = put32(put32(put32(put32(at, 2026010100), 7200), 3600), 1209600);
      at = put32(at, rule.negative_ttl);
      break;
    }
    case Kind::tc:
      if (transport == Transport::tcp) return 0;
      note.truncated = true;
      at = put_head(query, 0, true, 0, 0, room);
      break;
    default:
      return 0;
  }
  return static_cast<size_t>(put_opt(query, 0, at) - room);
}

size_t ResponseWriter::write_general(const QueryView& query, Transport transport,
                                     std::string_view nsid, uint8_t* room, ResponseNote& note) {
  answer_.clear();
  answer_.rotation = responses_++;
  if (query.edns && query.edns_version != 0) {
    answer_.rcode = Rcode::BADVERS;  // RFC 6891 section 6.1.3
  } else {
    const LowerName qname(query.qname());
    source_->answer(qname.octets(), query.qtype, query.qclass, answer_);
    if (options_.signatures && query.dnssec_ok) sign_answer(qname.octets());
  }
  note.rcode = answer_.rcode;
  note.wait = answer_.wait;
  const bool udp = transport == Transport::udp;
  const size_t limit = udp ? udp_limit(query) : response_octets_max;
  const size_t opt_size = query.edns ? opt_octets + (query.nsid ? 4 + nsid.size() : 0) : 0;
  const auto rcode = static_cast<unsigned>(answer_.rcode);
  note.truncated = udp && answer_.truncated_over_udp;
  uint8_t* const head_end = put_head(query, rcode, false, 0, 0, room);
  OctetWriter out({head_end, room + limit - opt_size});
  unsigned counts[3] = {};
  size_t fitting = 0;
  for (const Answer::AnswerRecord& record : answer_.records()) {
    if (note.truncated) break;
    put_record(out, answer_, record, query);
    if (out.ok()) {
      fitting = out.offset();
      ++counts[static_cast<size_t>(record.section)];
    } else {
      // Additional records may be left out (RFC 2181 section 9), but not a referral's glue (RFC 9471
      // section 3).
      note.truncated = record.section != Section::additional || counts[0] == 0;
      break;
    }
  }
  const bool cut = note.truncated;
  if (cut) counts[0] = counts[1] = counts[2] = 0;
  put_head(query, rcode, cut, counts[0], counts[1], room);
  put16(room + 10, counts[2] + query.edns);
  uint8_t* at = cut ? head_end : head_end + fitting;
  if (answer_.authoritative) room[2] |= HeaderFlags::aa >> 8;
  uint8_t* opt = at;
  at = put_opt(query, rcode, at);
  if (query.edns && query.nsid) {
    put16(opt + 9, static_cast<unsigned>(4 + nsid.size()));
    at = put16(put16(at, 3), static_cast<unsigned>(nsid.size()));
    at = put(at, nsid.data(), nsid.size());
  }
  return static_cast<size_t>(at - room);
}

// One RRSIG at the question's name, by the root, where there is an answer and nothing behind it.
void ResponseWriter::sign_answer(Octets owner) {
  if (answer_.records().empty() || answer_.records().back().section != Section::answer) return;
  const Answer::AnswerRecord signed_record = answer_.records().back();
  answer_.begin(Section::answer, owner, RRType::RRSIG, signed_record.ttl);
  answer_.u16(static_cast<unsigned>(signed_record.type));
  answer_.u8(13), answer_.u8(1);  // algorithm, labels
  answer_.u32(signed_record.ttl);
  answer_.u32(1893456000), answer_.u32(1577836800);  // 2030, 2020
  answer_.u16(4711), answer_.u8(0);                  // key tag, signer
  for (int i = 0; i < 8; ++i) answer_.u64(mix64(static_cast<uint64_t>(i)));
  answer_.end();
}

size_t ResponseWriter::write_false_address(const QueryView& query, uint8_t* room) const {
  const bool is_a = query.qtype == RRType::A;
  if (!is_a && query.qtype != RRType::AAAA) return 0;
  uint8_t* at = put_head(query, 0, false, 1, 0, room);
  at = put_fixed(put_pointer(at, 0), query.qtype, 300, is_a ? 4 : 16);
  if (!is_a) at = put32(put32(put32(at, 0x20010db8), 0), 0);
  at = put32(at, is_a ? 0xc0000242 : 0x66);
  return static_cast<size_t>(put_opt(query, 0, at) - room);
}

size_t ResponseWriter::write_upward_referral(const QueryView& query, uint8_t* room) const {
  uint8_t* at = put_head(query, 0, false, 0, 1, room);
  *at++ = 0;
  at = put_fixed(at, RRType::NS, 518400, 20);
  at = put(at, "\1a\14root-servers\3net", 20);
  return static_cast<size_t>(put_opt(query, 0, at) - room);
}

size_t ResponseWriter::write(Octets octets, Transport transport, std::string_view nsid,
                             uint8_t* room, ResponseNote& note) {
  note = ResponseNote{};
  QueryView query;
  switch (parse_query(octets, query)) {
    case QueryError::ignore:
      return 0;
    case QueryError::formerr:
      note.rcode = Rcode::FORMERR;
      return write_rcode(query, note.rcode, false, room);
    case QueryError::notimp:
      note.rcode = Rcode::NOTIMP;
      return write_rcode(query, note.rcode, false, room);
    case QueryError::none:
      break;
  }
  const size_t size = write_short(query, transport, room, note);
  if (size != 0) return size;
  return write_general(query, transport, nsid, room, note);
}

}  // namespace dnswarm::sim
