#include "dns/message_parser.h"

#include <cstring>

#include "base/check.h"
#include "dns/edns_codes.h"
#include "dns/name.h"
#include "dns/rdata_text.h"

namespace dnswarm {
namespace {

constexpr size_t record_octets_min = 11;  // root owner, TYPE, CLASS, TTL, RDLENGTH
constexpr size_t message_octets_max = 65535;
constexpr size_t soa_numbers_octets = 20;  // five of 32 bits (RFC 1035 section 3.3.13)

enum class Step : uint8_t { record, end_of_message, bad };

// Whether the octets end inside the name at `offset`, as far as they go well-formed.
bool name_breaks_off(Octets message, size_t offset) {
  while (offset < message.size()) {
    const uint8_t length = message[offset];
    if (length >= 0xc0) return offset + 1 >= message.size();
    if (length == 0 || length > label_octets_max) return false;
    offset += 1u + length;
  }
  return true;
}

// `checked`: parse_records accepted these octets before, and only the places are wanted.
template <bool checked>
class RecordReader {
 public:
  RecordReader(Message& message, size_t offset)
      : message_(message), octets_(message.octets), in_(message.octets) {
    in_.seek(offset);
    if (message.qname_octets != 0) known_ = {header_octets, message.qname_octets};
  }

  size_t left() const { return in_.left(); }

  // Reads `count` records into `section`. A truncated message may end before that.
  ParseError read_section(Section section, uint16_t count) {
    for (; count > 0; --count) {
      switch (read_record(section)) {
        case Step::record: break;
        case Step::end_of_message:
          if (message_.truncated()) return ParseError::none;
          return error_;
        case Step::bad: return error_;
      }
    }
    return ParseError::none;
  }

 private:
  Step bad(ParseError error) {
    error_ = error;
    return Step::bad;
  }
  // The octets end here: valid if the message is truncated, else `error`.
  Step breaks_off(ParseError error) {
    error_ = error;
    in_.seek(octets_.size());
    return Step::end_of_message;
  }

  Step read_record(Section section) {
    const size_t owner = in_.offset();
    if (in_.left() == 0) return breaks_off(ParseError::bad_counts);
    const size_t owner_end = skip_owner(owner);
    if (owner_end == 0) {
      return name_breaks_off(octets_, owner) ? breaks_off(ParseError::bad_name)
                                             : bad(ParseError::bad_name);
    }
    in_.seek(owner_end);
    if (in_.left() < record_octets_min - 1) return breaks_off(ParseError::bad_counts);
    const uint8_t* const fixed = octets_.data() + owner_end;
    const auto type = static_cast<RRType>(load_u16(fixed));
    const uint16_t rrclass = load_u16(fixed + 2);
    const uint32_t ttl = load_u32(fixed + 4);
    const uint16_t rdata_octets = load_u16(fixed + 8);
    const size_t rdata = owner_end + record_octets_min - 1;
    if (rdata_octets > octets_.size() - rdata) return breaks_off(ParseError::bad_rdata);
    in_.seek(rdata + rdata_octets);
    if (type == RRType::OPT) {
      const bool well_placed = section == Section::additional && octets_[owner] == 0;
      if (!well_placed || message_.edns.present) return bad(ParseError::bad_opt);
      return read_opt(rrclass, ttl, octets_.subspan(rdata, rdata_octets));
    }
    if (!rdata_fits(type, static_cast<RRClass>(rrclass), rdata, rdata_octets)) {
      return bad(ParseError::bad_rdata);
    }
    Record& record = message_.records.emplace_back();
    record.message = octets_.data();
    record.ttl = ttl;
    record.message_octets = static_cast<uint16_t>(octets_.size());
    record.owner_offset = static_cast<uint16_t>(owner);
    record.rdata_offset = static_cast<uint16_t>(rdata);
    record.rdata_octets = rdata_octets;
    record.type = type;
    record.rrclass = static_cast<RRClass>(rrclass);
    record.section = section;
    record.owner_is_qname = points_to_qname(owner);
    return Step::record;
  }

  // Where labels end: at the root label, a pointer, what is neither, or the end of the octets.
  size_t labels_end(size_t at) const {
    while (at < octets_.size() && octets_[at] - 1u < label_octets_max) at += octets_[at] + size_t{1};
    return at;
  }

  // As skip_name. Most names are whole, or labels and a pointer to where a whole one begins; the same one for
  // most names of a message.
  size_t skip(size_t offset) {
    const size_t end = labels_end(offset);
    if constexpr (checked) return end >= octets_.size() ? 0 : end + (octets_[end] == 0 ? 1 : 2);
    if (end + 1 >= octets_.size() || octets_[end] < 0xc0) return skip_name(octets_, offset);
    const size_t target = pointer_target(&octets_[end]);
    if (target != known_.offset) {
      const size_t target_end = labels_end(target);
      if (target_end >= octets_.size() || octets_[target_end] != 0) return skip_name(octets_, offset);
      known_ = {target, target_end + 1 - target};
    }
    return target < offset && end - offset + known_.octets <= name_octets_max ? end + 2 : 0;
  }

  // Nearly every owner is a pointer to the QNAME, which parse_question has checked.
  bool points_to_qname(size_t offset) const {
    return octets_.size() - offset >= 2 && octets_[offset] == 0xc0 &&
           octets_[offset + 1] == header_octets && message_.qname_octets != 0;
  }
  size_t skip_owner(size_t offset) { return points_to_qname(offset) ? offset + 2 : skip(offset); }

  // rdata_is_valid, faster for the types that are seen most.
  bool rdata_fits(RRType type, RRClass rrclass, size_t rdata, size_t rdata_octets) {
    if constexpr (checked) return true;
    if (rrclass != RRClass::IN) return rdata_is_valid(type, rrclass, octets_, rdata, rdata_octets);
    switch (type) {
      case RRType::A: return rdata_octets == 4;
      case RRType::AAAA: return rdata_octets == 16;
      case RRType::NS:
      case RRType::CNAME:
      case RRType::PTR: return rdata_octets > 0 && skip(rdata) == rdata + rdata_octets;
      case RRType::SOA: {
        const size_t rname = rdata_octets > 0 ? skip(rdata) : 0;
        const size_t numbers = rname != 0 ? skip(rname) : 0;
        return numbers != 0 && numbers + soa_numbers_octets == rdata + rdata_octets;
      }
      default: return rdata_is_valid(type, rrclass, octets_, rdata, rdata_octets);
    }
  }

  // RFC 6891 section 6.1.2: CLASS is the payload size, TTL the upper RCODE bits, version and flags.
  Step read_opt(uint16_t rrclass, uint32_t ttl, Octets options) {
    Edns& edns = message_.edns;
    edns.present = true;
    edns.version = static_cast<uint8_t>(ttl >> 16);
    edns.udp_payload_octets = rrclass;
    edns.dnssec_ok = ttl & edns_dnssec_ok;
    const uint16_t low_bits = message_.header.flags & HeaderFlags::rcode_mask;
    message_.rcode_ = static_cast<Rcode>(ttl >> 24 << 4 | low_bits);
    OctetReader in(options);
    while (in.left() > 0 && in.ok()) {
      const uint16_t code = in.u16();
      const Octets value = in.octets(in.u16());
      if (!in.ok()) break;
      if (code == EdnsOption::nsid) edns.nsid = value;
      if (code == EdnsOption::cookie && edns.cookie.empty()) edns.cookie = value;
      // An extended error without its INFO-CODE says nothing; the response is no worse for it.
      if (code == EdnsOption::extended_error && value.size() >= 2) add_extended_error(value);
    }
    return in.ok() ? Step::record : bad(ParseError::bad_opt);
  }

  void add_extended_error(Octets value) {
    const auto info_code = load_u16(value.data());
    const auto* text = reinterpret_cast<const char*>(value.data()) + 2;
    message_.extended_errors.push_back({info_code, {text, value.size() - 2}});
  }

  // A whole name in the message, found valid, that pointers lead to.
  struct Known {
    size_t offset = SIZE_MAX;  // there is none
    size_t octets = 0;
  };

  Message& message_;
  Octets octets_;
  OctetReader in_;
  Known known_;
  ParseError error_ = ParseError::none;
};

}  // namespace

std::string_view code_text(ParseError error) {
  switch (error) {
    case ParseError::none: return "none";
    case ParseError::short_header: return "short_header";
    case ParseError::bad_question: return "bad_question";
    case ParseError::bad_counts: return "bad_counts";
    case ParseError::bad_name: return "bad_name";
    case ParseError::bad_rdata: return "bad_rdata";
    case ParseError::bad_opt: return "bad_opt";
  }
  return "none";
}

namespace {

// The message is as if it had nothing but a header.
void begin(Octets octets, Message& message) {
  CHECK(octets.size() <= message_octets_max);
  message.octets = octets;
  message.qname_octets = 0;
  message.qtype = RRType{};
  message.qclass = RRClass{};
  message.records.clear();
  message.answer_count = 0;
  message.edns = Edns{};
  message.extended_errors.clear();
  if (octets.size() < header_octets) return;
  message.header = load_header(octets.data());
  message.rcode_ = static_cast<Rcode>(message.header.flags & HeaderFlags::rcode_mask);
}

}  // namespace

bool parse_question_of(Octets octets, Octets qname, RRType qtype, RRClass qclass, Message& message) {
  const size_t end = header_octets + qname.size();
  if (octets.size() < end + 4 || octets.size() > message_octets_max) return false;
  const uint8_t* const at = octets.data();
  if (std::memcmp(at + header_octets, qname.data(), qname.size()) != 0 ||
      load_u16(at + end) != static_cast<uint16_t>(qtype) ||
      load_u16(at + end + 2) != static_cast<uint16_t>(qclass) || load_header(at).qdcount != 1) {
    return false;
  }
  begin(octets, message);
  message.qname_octets = static_cast<uint16_t>(qname.size());
  message.qtype = qtype;
  message.qclass = qclass;
  return true;
}

ParseError parse_question(Octets octets, Message& message) {
  begin(octets, message);
  if (octets.size() < header_octets) return ParseError::short_header;
  // RFC 9619: QDCOUNT is 0 or 1.
  if (message.header.qdcount == 0) return ParseError::none;
  if (message.header.qdcount > 1) return ParseError::bad_question;

  size_t at = header_octets;
  for (;;) {
    if (at >= octets.size() || octets[at] > label_octets_max) return ParseError::bad_question;
    const uint8_t length = octets[at];
    at += 1u + length;
    if (at - header_octets > name_octets_max) return ParseError::bad_question;
    if (length == 0) break;
  }
  if (octets.size() - at < 4) return ParseError::bad_question;
  message.qtype = static_cast<RRType>(load_u16(octets.data() + at));
  message.qclass = static_cast<RRClass>(load_u16(octets.data() + at + 2));
  message.qname_octets = static_cast<uint16_t>(at - header_octets);
  return ParseError::none;
}

namespace {

template <bool checked>
ParseError read_records(Message& message) {
  const Header& header = message.header;
  const size_t question_octets = message.qname_octets == 0 ? 0 : message.qname_octets + 4u;
  RecordReader<checked> reader(message, header_octets + question_octets);
  const size_t promised = size_t{header.ancount} + header.nscount + header.arcount;
  if (!message.truncated() && promised > reader.left() / record_octets_min) {
    return ParseError::bad_counts;
  }
  ParseError error = reader.read_section(Section::answer, header.ancount);
  if (error != ParseError::none) return error;
  message.answer_count = message.records.size();
  error = reader.read_section(Section::authority, header.nscount);
  if (error != ParseError::none) return error;
  return reader.read_section(Section::additional, header.arcount);
}

}  // namespace

ParseError parse_records(Message& message) { return read_records<false>(message); }
ParseError parse_checked_records(Message& message) { return read_records<true>(message); }

}  // namespace dnswarm
