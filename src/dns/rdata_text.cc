// The descriptor table: per type a string of field codes, explained in rdata_fields.h.
#include "dns/rdata_text.h"

#include <array>

#include "base/check.h"
#include "dns/rdata_fields.h"
#include "dns/text_encoding.h"

namespace dnswarm {
namespace {

struct Format {
  RRType type;
  const char* codes;
  bool internet_only = false;  // defined for class IN alone
};

// Names may be compressed in the types of RFC 1035 and those RFC 3597 section 4 tells receivers to
// accept them in; also in KX and DNAME, whose first specifications allowed it. All later types are
// taken at their word.
constexpr Format formats[] = {
    {RRType::A, "4", true},
    {RRType::NS, "N"},
    {RRType::MD, "N"},
    {RRType::MF, "N"},
    {RRType::CNAME, "N"},
    {RRType::SOA, "NNddddd"},
    {RRType::MB, "N"},
    {RRType::MG, "N"},
    {RRType::MR, "N"},
    {RRType::PTR, "N"},
    {RRType::HINFO, "ss"},
    {RRType::MINFO, "NN"},
    {RRType::MX, "wN"},
    {RRType::TXT, "S"},
    {RRType::RP, "NN"},
    {RRType::AFSDB, "wN"},
    {RRType::X25, "s"},
    {RRType::ISDN, "so"},
    {RRType::RT, "wN"},
    {RRType::NSAP, "X", true},
    {RRType::NSAP_PTR, "N", true},
    {RRType::SIG, "TbbdttwNB"},
    {RRType::KEY, "wbbO"},
    {RRType::PX, "wNN", true},
    {RRType::GPOS, "sss"},
    {RRType::AAAA, "6", true},
    {RRType::LOC, "L"},
    {RRType::SRV, "wwwN", true},
    {RRType::NAPTR, "wwsssN"},
    {RRType::KX, "wN", true},
    {RRType::CERT, "cwaB"},
    {RRType::DNAME, "N"},
    {RRType::APL, "P", true},
    {RRType::DS, "wbbh"},
    {RRType::SSHFP, "bbh"},
    {RRType::IPSECKEY, "kO"},
    {RRType::RRSIG, "TbbdttwnB"},
    {RRType::NSEC, "nm"},
    {RRType::DNSKEY, "wbbB"},
    {RRType::DHCID, "B", true},
    {RRType::NSEC3, "bbwxzM"},
    {RRType::NSEC3PARAM, "bbwx"},
    {RRType::TLSA, "bbbh"},
    {RRType::SMIMEA, "bbbh"},
    {RRType::HIP, "K"},
    {RRType::NINFO, "S"},
    {RRType::RKEY, "wbbB"},
    {RRType::TALINK, "nn"},
    {RRType::CDS, "wbbh"},
    {RRType::CDNSKEY, "wbbB"},
    {RRType::OPENPGPKEY, "B"},
    {RRType::CSYNC, "dwM"},
    {RRType::ZONEMD, "dbbh"},
    {RRType::SVCB, "wnV", true},
    {RRType::HTTPS, "wnV", true},
    {RRType::SPF, "S"},
    {RRType::NID, "wi"},
    {RRType::L32, "w4"},
    {RRType::L64, "wi"},
    {RRType::LP, "wn"},
    {RRType::EUI48, "e"},
    {RRType::EUI64, "E"},
    {RRType::URI, "wwq"},
    {RRType::CAA, "bgq"},
    {RRType::AVC, "S"},
    {RRType::AMTRELAY, "y"},
    {RRType::RESINFO, "S"},
    {RRType::WALLET, "S"},
};
constexpr Format look_aside_format = {RRType::DLV, "wbbh"};  // TA's too; both stand apart by value

constexpr size_t dense_types = 263;  // through WALLET
constexpr std::array<uint8_t, dense_types> format_index = [] {
  std::array<uint8_t, dense_types> table{};
  for (auto& index : table) index = 0xff;
  for (size_t i = 0; i < std::size(formats); ++i) {
    const auto type = static_cast<size_t>(formats[i].type);
    if (type < dense_types) table[type] = static_cast<uint8_t>(i);
  }
  return table;
}();
static_assert(std::size(formats) < 0xff);

// Kinds of RDATA inside a known type that have no text form of their own.
bool has_text(RRType type, Octets rdata) {
  switch (type) {
    case RRType::LOC: return rdata.empty() || rdata[0] == 0;
    case RRType::APL: return apl_has_text(rdata);
    case RRType::IPSECKEY: return rdata.size() < 2 || rdata[1] <= gateway_type_max;
    case RRType::AMTRELAY: return rdata.size() < 2 || (rdata[1] & 0x7f) <= gateway_type_max;
    default: return true;
  }
}

const Format* format_of(RRType type) {
  const auto value = static_cast<size_t>(type);
  if (value < dense_types) {
    return format_index[value] == 0xff ? nullptr : &formats[format_index[value]];
  }
  return type == RRType::TA || type == RRType::DLV ? &look_aside_format : nullptr;
}

// The field codes, or nullptr where RDATA is opaque.
const char* codes_of(RRType type, RRClass rrclass, Octets rdata) {
  const Format* const format = format_of(type);
  if (format == nullptr || (format->internet_only && rrclass != RRClass::IN)) return nullptr;
  return has_text(type, rdata) ? format->codes : nullptr;
}

// RFC 3597 section 5.
void append_generic(Octets rdata, std::string& out) {
  out += "\\# ";
  append_decimal(static_cast<uint32_t>(rdata.size()), out);
  if (rdata.empty()) return;
  out += ' ';
  append_hex(rdata, out);
}

}  // namespace

bool rdata_is_valid(RRType type, RRClass rrclass, Octets message, size_t rdata_offset,
                    size_t rdata_octets) {
  if (rdata_offset > message.size() || rdata_octets > message.size() - rdata_offset) return false;
  const char* codes = codes_of(type, rrclass, message.subspan(rdata_offset, rdata_octets));
  if (codes == nullptr) return true;
  const size_t end = rdata_offset + rdata_octets;
  size_t at = rdata_offset;
  for (; *codes != 0; ++codes) {
    at = field_end(*codes, message, at, end);
    if (at == field_malformed) return false;
  }
  return at == end;
}

void append_rdata_text(RRType type, RRClass rrclass, Octets message, size_t rdata_offset,
                       size_t rdata_octets, std::string& out, bool dotted) {
  const Octets rdata = message.subspan(rdata_offset, rdata_octets);
  const char* const codes = codes_of(type, rrclass, rdata);
  if (codes == nullptr) return append_generic(rdata, out);
  const size_t end = rdata_offset + rdata_octets;
  size_t at = rdata_offset;
  for (const char* code = codes; *code != 0; ++code) {
    const size_t next = field_end(*code, message, at, end);
    CHECK(next != field_malformed);
    if (code != codes) out += ' ';
    const size_t begin = out.size();
    append_field(*code, message, at, next, dotted, out);
    if (code != codes && out.size() == begin) out.pop_back();  // an empty field needs no blank
    at = next;
  }
}

}  // namespace dnswarm
