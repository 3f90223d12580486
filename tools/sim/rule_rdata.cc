// The RDATA of the rule. h is type_hash(name, type), i the record's number from 0, X eight and Y
// sixteen hex digits of h, ZONE the name's zone. Octets of a hash are taken from the stream
// mix(h), mix(h + 1), ... eight at a time, high octet first.
//
//   A        10.0.0.0 + (h + i) % 2^24            AAAA     2001:db8:: + h in 64 bits, then 32 of i
//   NS       ns<i+1>.ZONE                         PTR      host-X.ZONE
//   MX       10*(i+1) mx<i+1>.ZONE                TXT, SPF "dnswarm-sim i=<i> h=Y"
//   SRV      10*(i+1) 5 h%65536 srv<i+1>.ZONE     CAA      0 issue "ca<i>-X.example"
//   SOA      ns1.ZONE hostmaster.ZONE 2026010100 7200 3600 1209600 <negative ttl>
//   HINFO    "sim-X" "rule"                       RP       admin.ZONE txt-X.ZONE
//   AFSDB    1 afs<i+1>.ZONE                      KX       10*(i+1) kx<i+1>.ZONE
//   NAPTR    100 10*(i+1) "S" "SIP+D2U" "" sip<i+1>.ZONE
//   LOC      52 22 23.000 N 4 53 32.000 E -2.00m 1m 10000m 10m, both angles h%1000000 ms of arc
//   more DNAME    to-X.ZONE                            URI      10*(i+1) 1 "https://X.example/" DS,
//   CDS  h%65536 13 2 <32 octets>             DNSKEY, CDNSKEY  257 3 13 <64 octets> RRSIG    A 13 2
//   300 20300101000000 20200101000000 h%65536 ZONE <64 octets> NSEC     zz-X.ZONE A MX RRSIG NSEC
//   NSEC3    1 0 0 - <20 octets> A RRSIG NSEC3PARAM 1 0 0 -                            TLSA, SMIMEA
//   3 1 1 <32 octets> SSHFP    4 2 <32 octets>                      OPENPGPKEY <24 octets> SVCB,
//   HTTPS  i+1 . alpn=h2,h3 port=443 ipv4hint=<as A> EUI48    <6 octets> EUI64    <8 octets> CERT
//   1 h%65536 8 <16 octets>              other types above 264: <8 octets>
#include <cstdio>
#include <string_view>

#include "rule.h"

namespace dnswarm::sim {
namespace {

struct Rdata {
  uint64_t hash;
  unsigned index;
  Octets zone;
  Answer& out;

  void number16() const { out.u16(static_cast<unsigned>(hash & 0xffff)); }
  void preference() const { out.u16(10 * (index + 1)); }
  void label(const char* format, unsigned value) const {
    char text[32];
    const int size = std::snprintf(text, sizeof text, format, value);
    out.u8(static_cast<unsigned>(size));
    out.text(text, static_cast<size_t>(size));
  }
  void numbered_name(const char* format) const {
    label(format, index + 1);
    out.add(zone);
  }
  void hashed_name(const char* format) const {
    label(format, static_cast<unsigned>(hash));
    out.add(zone);
  }
  void octets(size_t count) const {
    for (size_t i = 0; i < count; ++i) {
      out.u8(static_cast<unsigned>(mix64(hash + i / 8) >> (56 - 8 * (i % 8)) & 0xff));
    }
  }
  void text(std::string_view text) const { out.text(text.data(), text.size()); }
};

void add_txt(const Rdata& r) {
  char text[64];
  const int size = std::snprintf(text, sizeof text, "dnswarm-sim i=%u h=%016llx", r.index,
                                 static_cast<unsigned long long>(r.hash));
  r.out.u8(static_cast<unsigned>(size));
  r.out.text(text, static_cast<size_t>(size));
}

void add_caa(const Rdata& r) {
  char text[64];
  const int size =
      std::snprintf(text, sizeof text, "ca%u-%08x.example", r.index, static_cast<unsigned>(r.hash));
  r.out.u8(0);
  r.text("\5issue");
  r.out.text(text, static_cast<size_t>(size));
}

void add_uri(const Rdata& r) {
  char text[64];
  const int size =
      std::snprintf(text, sizeof text, "https://%08x.example/", static_cast<unsigned>(r.hash));
  r.preference();
  r.out.u16(1);
  r.out.text(text, static_cast<size_t>(size));
}

void add_loc(const Rdata& r) {
  // RFC 1876: version, size, precisions as mantissa and exponent in centimetres, then thousandths
  // of a second of arc from 2^31, and centimetres from 100 km below the reference.
  r.out.u8(0), r.out.u8(0x12), r.out.u8(0x16), r.out.u8(0x13);
  r.out.u32(0x80000000u + ((52u * 60 + 22) * 60 + 23) * 1000 + r.hash % 1'000'000);
  r.out.u32(0x80000000u + ((4u * 60 + 53) * 60 + 32) * 1000 + r.hash % 1'000'000);
  r.out.u32(10'000'000 - 200);
}

void add_rrsig(const Rdata& r) {
  r.out.u16(static_cast<unsigned>(RRType::A));
  r.out.u8(13), r.out.u8(2), r.out.u32(300);
  r.out.u32(1893456000), r.out.u32(1577836800);  // 2030-01-01 and 2020-01-01
  r.number16();
  r.out.add(r.zone);
  r.octets(64);
}

void add_nsec3(const Rdata& r) {
  r.out.u8(1), r.out.u8(0), r.out.u16(0), r.out.u8(0), r.out.u8(20);
  r.octets(20);
  r.text({"\0\6\x40\0\0\0\0\2", 8});  // A RRSIG
}

void add_svcb(const Rdata& r) {
  r.out.u16(r.index + 1), r.out.u8(0);
  r.text({"\0\1\0\6\2h2\2h3", 10});  // alpn
  r.text({"\0\3\0\2\x01\xbb", 6});   // port
  r.text({"\0\4\0\4", 4});           // ipv4hint
  r.out.u32(a_address(r.hash, r.index));
}

// DNSSEC and fingerprints: fixed fields and octets of hash.
bool add_digest(RRType type, const Rdata& r) {
  switch (type) {
    case RRType::DS:
    case RRType::CDS:
      r.number16(), r.out.u8(13), r.out.u8(2), r.octets(32);
      return true;
    case RRType::DNSKEY:
    case RRType::CDNSKEY:
      r.out.u16(257), r.out.u8(3), r.out.u8(13), r.octets(64);
      return true;
    case RRType::RRSIG:
      add_rrsig(r);
      return true;
    case RRType::NSEC:
      r.hashed_name("zz-%08x"), r.text({"\0\6\x40\1\0\0\0\3", 8});
      return true;
    case RRType::NSEC3:
      add_nsec3(r);
      return true;
    case RRType::NSEC3PARAM:
      r.out.u8(1), r.out.u8(0), r.out.u16(0), r.out.u8(0);
      return true;
    case RRType::TLSA:
    case RRType::SMIMEA:
      r.out.u8(3), r.out.u8(1), r.out.u8(1), r.octets(32);
      return true;
    case RRType::SSHFP:
      r.out.u8(4), r.out.u8(2), r.octets(32);
      return true;
    case RRType::OPENPGPKEY:
      r.octets(24);
      return true;
    case RRType::CERT:
      r.out.u16(1), r.number16(), r.out.u8(8), r.octets(16);
      return true;
    case RRType::EUI48:
      r.octets(6);
      return true;
    case RRType::EUI64:
      r.octets(8);
      return true;
    default:
      return false;
  }
}

}  // namespace

void add_soa_rdata(Octets zone, uint32_t minimum, Answer& answer) {
  answer.text("\3ns1", 4), answer.add(zone);
  answer.text("\12hostmaster", 11), answer.add(zone);
  answer.u32(2026010100), answer.u32(7200), answer.u32(3600), answer.u32(1209600);
  answer.u32(minimum);
}

unsigned record_count_max(RRType type) {
  switch (type) {
    case RRType::SOA:
    case RRType::DNAME:
    case RRType::HINFO:
    case RRType::RP:
    case RRType::PTR:
    case RRType::LOC:
    case RRType::NSEC:
    case RRType::NSEC3:
    case RRType::NSEC3PARAM:
    case RRType::DS:
    case RRType::CDS:
    case RRType::DNSKEY:
    case RRType::CDNSKEY:
    case RRType::RRSIG:
    case RRType::TLSA:
    case RRType::SMIMEA:
    case RRType::SSHFP:
    case RRType::OPENPGPKEY:
    case RRType::CERT:
    case RRType::EUI48:
    case RRType::EUI64:
      return 1;
    case RRType::A:
    case RRType::AAAA:
    case RRType::NS:
    case RRType::MX:
    case RRType::TXT:
    case RRType::SPF:
    case RRType::SRV:
    case RRType::CAA:
    case RRType::AFSDB:
    case RRType::KX:
    case RRType::NAPTR:
    case RRType::URI:
    case RRType::SVCB:
    case RRType::HTTPS:
      return 1000;
    default: {
      const auto number = static_cast<unsigned>(type);
      return number > 264 && type != RRType::TA && type != RRType::DLV ? 1 : 0;
    }
  }
}

void add_rdata(RRType type, uint64_t hash, unsigned index, Octets zone, Answer& out) {
  const Rdata r{hash, index, zone, out};
  switch (type) {
    case RRType::A:
      out.u32(a_address(hash, index));
      return;
    case RRType::AAAA:
      out.u32(0x20010db8), out.u64(hash), out.u32(index);
      return;
    case RRType::NS:
      r.numbered_name("ns%u");
      return;
    case RRType::PTR:
      r.hashed_name("host-%08x");
      return;
    case RRType::DNAME:
      r.hashed_name("to-%08x");
      return;
    case RRType::MX:
      r.preference(), r.numbered_name("mx%u");
      return;
    case RRType::KX:
      r.preference(), r.numbered_name("kx%u");
      return;
    case RRType::AFSDB:
      out.u16(1), r.numbered_name("afs%u");
      return;
    case RRType::SRV:
      r.preference(), out.u16(5), r.number16(), r.numbered_name("srv%u");
      return;
    case RRType::TXT:
    case RRType::SPF:
      add_txt(r);
      return;
    case RRType::CAA:
      add_caa(r);
      return;
    case RRType::HINFO:
      r.label("sim-%08x", static_cast<unsigned>(hash)), r.text("\4rule");
      return;
    case RRType::RP:
      r.text("\5admin"), out.add(zone), r.hashed_name("txt-%08x");
      return;
    case RRType::NAPTR:
      out.u16(100), r.preference(), r.text({"\1S\7SIP+D2U\0", 11}), r.numbered_name("sip%u");
      return;
    case RRType::LOC:
      add_loc(r);
      return;
    case RRType::URI:
      add_uri(r);
      return;
    case RRType::SVCB:
    case RRType::HTTPS:
      add_svcb(r);
      return;
    default:
      if (!add_digest(type, r)) r.octets(8);
      return;
  }
}

}  // namespace dnswarm::sim
