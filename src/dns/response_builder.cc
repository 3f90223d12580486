#include "dns/response_builder.h"

#include "base/check.h"
#include "dns/name.h"

namespace dnswarm {

ResponseBuilder::ResponseBuilder(std::span<uint8_t> room, uint16_t id, uint16_t flags, Octets qname,
                                 RRType qtype, RRClass qclass)
    : out_(room), qname_octets_(qname.size()) {
  out_.u16(id);
  out_.u16(flags);
  out_.u16(qname.empty() ? 0 : 1);
  for (int section = 0; section < 3; ++section) out_.u16(0);
  if (qname.empty()) return;
  out_.octets(qname);
  out_.u16(static_cast<uint16_t>(qtype));
  out_.u16(static_cast<uint16_t>(qclass));
}

void ResponseBuilder::record(Section section, Octets owner, RRType type, uint32_t ttl, Octets rdata,
                             RRClass rrclass) {
  const auto index = static_cast<size_t>(section);
  for (size_t later = index + 1; later < std::size(counts_); ++later) CHECK(counts_[later] == 0);
  CHECK(!owner.empty() && rdata.size() <= 0xffff);
  // Where there was no room for it, nothing that follows counts.
  bool has_qname = out_.ok() && qname_octets_ > 1;
  if (has_qname && names_equal(owner, out_.written().subspan(header_octets, qname_octets_))) {
    out_.u16(0xc000 | header_octets);
  } else {
    out_.octets(owner);
  }
  out_.u16(static_cast<uint16_t>(type));
  out_.u16(static_cast<uint16_t>(rrclass));
  out_.u32(ttl);
  out_.u16(static_cast<uint16_t>(rdata.size()));
  out_.octets(rdata);
  if (out_.ok()) ++counts_[index];
}

void ResponseBuilder::opt(uint16_t udp_payload_octets, uint8_t rcode_upper_bits, bool dnssec_ok,
                          Octets options) {
  CHECK(options.size() <= 0xffff);
  out_.u8(0);  // the root
  out_.u16(static_cast<uint16_t>(RRType::OPT));
  out_.u16(udp_payload_octets);
  out_.u8(rcode_upper_bits);
  out_.u8(0);  // version
  out_.u16(dnssec_ok ? 0x8000 : 0);
  out_.u16(static_cast<uint16_t>(options.size()));
  out_.octets(options);
  if (out_.ok()) ++counts_[static_cast<size_t>(Section::additional)];
}

Octets ResponseBuilder::finish() {
  for (size_t section = 0; section < std::size(counts_); ++section) {
    out_.patch_u16(6 + 2 * section, counts_[section]);
  }
  return out_.written();
}

}  // namespace dnswarm
