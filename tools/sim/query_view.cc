#include "query_view.h"

namespace dnswarm::sim {
namespace {

constexpr uint16_t nsid_code = 3;  // RFC 5001 section 2.3

// The additional section: an OPT record (RFC 6891 section 6.1.2), or any others, which are skipped.
bool parse_additional(OctetReader& in, unsigned count, QueryView& query) {
  for (unsigned i = 0; i < count; ++i) {
    const uint8_t name = in.u8();
    const auto type = static_cast<RRType>(in.u16());
    if (name != 0) return false;  // TSIG and the like have names: not for us
    const uint16_t payload = in.u16();
    in.u8();  // upper bits of the RCODE
    const uint8_t version = in.u8();
    const uint16_t flags = in.u16();
    OctetReader options(in.octets(in.u16()));
    if (!in.ok()) return false;
    if (type != RRType::OPT) continue;
    if (query.edns) return false;
    query.edns = true;
    query.edns_version = version;
    query.dnssec_ok = flags & 0x8000;
    query.payload_octets = payload < 512 ? uint16_t{512} : payload;
    while (options.left() > 0) {
      const uint16_t code = options.u16();
      options.skip(options.u16());
      if (!options.ok()) return false;
      query.nsid |= code == nsid_code;
    }
  }
  return true;
}

}  // namespace

QueryError parse_query(Octets octets, QueryView& query) {
  query = QueryView{};
  query.octets = octets;
  if (octets.size() < header_octets) return QueryError::ignore;
  const Header header = load_header(octets.data());
  if (header.flags & HeaderFlags::qr) return QueryError::ignore;
  query.id = header.id;
  query.flags = header.flags;
  if (header.flags & HeaderFlags::opcode_mask) return QueryError::notimp;
  if (header.qdcount != 1 || header.ancount != 0 || header.nscount != 0) return QueryError::formerr;
  query.scan = scan_name(octets.subspan(header_octets));
  if (query.scan.octets == 0) return QueryError::formerr;
  OctetReader in(octets);
  in.seek(header_octets + query.scan.octets);
  query.qtype = static_cast<RRType>(in.u16());
  query.qclass = static_cast<RRClass>(in.u16());
  if (!in.ok()) {
    query.scan.octets = 0;
    return QueryError::formerr;
  }
  if (header.arcount == 0) return QueryError::none;
  return parse_additional(in, header.arcount, query) ? QueryError::none : QueryError::formerr;
}

}  // namespace dnswarm::sim
