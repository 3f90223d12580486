#include "cli/massdns_text.h"

#include <arpa/inet.h>

#include <string>

#include "cli/row_format.h"

namespace dnswarm::cli::massdns {
namespace {

constexpr size_t name_octets_wire_max = 255;  // RFC 1035 section 3.1

void append_octet(RowBuffer& out, uint8_t octet, bool in_name) {
  if (octet >= 0x20 && octet <= 0x7E && octet != '\\' && !(in_name && octet == '.')) {
    out.append(static_cast<char>(octet));
    return;
  }
  out.append("\\x");
  out.append("0123456789abcdef"[octet >> 4]);
  out.append("0123456789abcdef"[octet & 15]);
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

uint16_t u16_at(std::span<const uint8_t> octets, size_t at) {
  return static_cast<uint16_t>(octets[at] << 8 | octets[at + 1]);
}

uint32_t u32_at(const uint8_t* at) {
  return uint32_t{at[0]} << 24 | uint32_t{at[1]} << 16 | uint32_t{at[2]} << 8 | at[3];
}

void append_address(RowBuffer& out, int family, const uint8_t* octets) {
  char text[INET6_ADDRSTRLEN];
  if (inet_ntop(family, octets, text, sizeof text) != nullptr) out.append(text);
}

void append_txt(RowBuffer& out, std::span<const uint8_t> rdata, TxtStyle style) {
  while (!rdata.empty() && rdata.size() > rdata[0]) {
    const size_t length = rdata[0];
    if (style == TxtStyle::quoted) out.append('"');
    append_readable(out, rdata.subspan(1, length));
    if (style == TxtStyle::quoted) out.append("\" ");
    rdata = rdata.subspan(1 + length);
  }
}

void append_soa(RowBuffer& out, const Record& record) {
  size_t at = append_wire_name(out, record, record.rdata_offset);
  out.append(' ');
  at = append_wire_name(out, record, at);
  if (at + 20 > record.message_octets) return;
  for (size_t i = 0; i < 5; ++i) {
    out.append(' ');
    out.append_number(u32_at(record.message + at + 4 * i));
  }
}

// massdns writes one bit of the flags, not the octet.
void append_caa(RowBuffer& out, std::span<const uint8_t> rdata) {
  out.append_number(rdata[0] >> 7);
  out.append(' ');
  append_readable(out, rdata.subspan(2, rdata[1]));
  out.append(" \"");
  append_readable(out, rdata.subspan(2 + size_t{rdata[1]}));
  out.append('"');
}

bool caa_is_regular(std::span<const uint8_t> rdata) {
  return rdata.size() >= 2 && rdata[1] >= 1 && rdata[1] <= 15 && rdata.size() >= 2u + rdata[1];
}

void append_srv(RowBuffer& out, const Record& record) {
  for (size_t i = 0; i < 6; i += 2) {
    out.append_number(u16_at(record.rdata(), i));
    out.append(' ');
  }
  append_wire_name(out, record, record.rdata_offset + 6u);
}

void append_tlsa(RowBuffer& out, std::span<const uint8_t> rdata) {
  for (size_t i = 0; i < 3; ++i) {
    out.append_number(rdata[i]);
    out.append(' ');
  }
  append_hex(out, rdata.subspan(3));
}

// The types massdns has a word for; it writes all others as numbers.
bool has_word(RRType type) {
  switch (type) {
    case RRType::A: case RRType::AAAA: case RRType::AFSDB: case RRType::ANY: case RRType::APL:
    case RRType::CAA: case RRType::CDNSKEY: case RRType::CDS: case RRType::CERT:
    case RRType::CNAME: case RRType::DHCID: case RRType::DLV: case RRType::DNAME:
    case RRType::DNSKEY: case RRType::DS: case RRType::HIP: case RRType::IPSECKEY:
    case RRType::KEY: case RRType::KX: case RRType::LOC: case RRType::MX: case RRType::NAPTR:
    case RRType::NS: case RRType::NSEC: case RRType::NSEC3: case RRType::NSEC3PARAM:
    case RRType::OPENPGPKEY: case RRType::PTR: case RRType::RRSIG: case RRType::RP:
    case RRType::SIG: case RRType::SMIMEA: case RRType::SOA: case RRType::SRV: case RRType::SSHFP:
    case RRType::TA: case RRType::TKEY: case RRType::TLSA: case RRType::TSIG: case RRType::TXT:
    case RRType::URI: case RRType::SVCB: case RRType::HTTPS: return true;
    default: return false;
  }
}

}  // namespace

void append_readable(RowBuffer& out, std::span<const uint8_t> octets) {
  for (const uint8_t octet : octets) append_octet(out, octet, false);
}

void append_name(RowBuffer& out, std::string_view presentation) {
  if (presentation.empty() || presentation == ".") {
    out.append('.');
    return;
  }
  bool dot_last = false;
  for (size_t i = 0; i < presentation.size(); ++i) {
    const char c = presentation[i];
    dot_last = c == '.';
    if (dot_last) {
      out.append('.');
    } else if (c != '\\' || i + 1 == presentation.size()) {
      append_octet(out, static_cast<uint8_t>(c), true);
    } else if (is_digit(presentation[i + 1]) && i + 3 < presentation.size()) {
      const int octet = (presentation[i + 1] - '0') * 100 + (presentation[i + 2] - '0') * 10 +
                        (presentation[i + 3] - '0');
      append_octet(out, static_cast<uint8_t>(octet), true);
      i += 3;
    } else {
      append_octet(out, static_cast<uint8_t>(presentation[++i]), true);
    }
  }
  if (!dot_last) out.append('.');
}

size_t append_wire_name(RowBuffer& out, const Record& record, size_t offset) {
  size_t at = offset;
  size_t behind = 0;  // set at the first pointer
  size_t octets = 0;
  while (at < record.message_octets) {
    const uint8_t length = record.message[at];
    if (length == 0) {
      if (octets == 0) out.append('.');
      return behind != 0 ? behind : at + 1;
    }
    if (length >= 0xC0) {  // RFC 1035 section 4.1.4
      if (at + 1 >= record.message_octets) break;
      if (behind == 0) behind = at + 2;
      const size_t target = (length & 0x3Fu) << 8 | record.message[at + 1];
      if (target >= at) break;
      at = target;
      continue;
    }
    octets += 1u + length;
    if (length > 63 || octets > name_octets_wire_max) break;
    if (at + 1 + length > record.message_octets) break;
    for (size_t i = 0; i < length; ++i) append_octet(out, record.message[at + 1 + i], true);
    out.append('.');
    at += 1u + length;
  }
  return behind != 0 ? behind : record.message_octets;
}

void append_type(RowBuffer& out, RRType type) {
  if (has_word(type)) cli::append_type(out, type);
  else out.append_number(static_cast<uint16_t>(type));
}

void append_class(RowBuffer& out, RRClass rrclass) {
  switch (rrclass) {
    case RRClass::IN: return out.append("IN");
    case RRClass::CH: return out.append("H");  // as massdns does
    case RRClass::HS: return out.append("HS");
    case RRClass::NONE: return out.append("QNONE");
    case RRClass::ANY: return out.append("QANY");
  }
  out.append_number(static_cast<uint16_t>(rrclass));
}

void append_data(RowBuffer& out, const Record& record, TxtStyle txt_style) {
  const std::span<const uint8_t> rdata = record.rdata();
  switch (record.type) {
    case RRType::NS:
    case RRType::CNAME:
    case RRType::DNAME:
    case RRType::PTR: append_wire_name(out, record, record.rdata_offset); return;
    case RRType::MX:
      if (rdata.size() < 3) break;
      out.append_number(u16_at(rdata, 0));
      out.append(' ');
      append_wire_name(out, record, record.rdata_offset + 2u);
      return;
    case RRType::TXT: return append_txt(out, rdata, txt_style);
    case RRType::SOA:
      if (rdata.size() < 22) break;
      return append_soa(out, record);
    case RRType::A:
      if (rdata.size() != 4) break;
      return append_address(out, AF_INET, rdata.data());
    case RRType::AAAA:
      if (rdata.size() != 16) break;
      return append_address(out, AF_INET6, rdata.data());
    case RRType::CAA:
      if (!caa_is_regular(rdata)) break;
      return append_caa(out, rdata);
    case RRType::SRV:
      if (rdata.size() < 7) break;
      return append_srv(out, record);
    case RRType::SMIMEA:
    case RRType::TLSA:
      if (rdata.size() < 3) break;
      return append_tlsa(out, rdata);
    default: break;
  }
  append_readable(out, rdata);
}

}  // namespace dnswarm::cli::massdns
