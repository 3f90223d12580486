// The rule: what the simulator answers, as a pure function of the question, so that any result can
// be verified without a table. It stays the same from version to version; tests/sim/rule_test.cc
// pins samples of it.
//
// 1. The name. Take QNAME in wire format (length octets and root label included), A-Z lower-cased.
//      h = mix(FNV-1a-64(octets))
//    FNV-1a: start with 0xcbf29ce484222325; for each octet: h ^= octet, h *= 0x100000001b3.
//    mix is SplitMix64's: x ^= x >> 30, x *= 0xbf58476d1ce4e5b9, x ^= x >> 27,
//    x *= 0x94d049bb133111eb, x ^= x >> 31.
//    The zone of a name is its last two labels (all of it, where it has fewer).
//
// 2. Its kind. Where the first label begins with one of these, that is the kind:
//      nx-      NXDOMAIN                     nodata-   NOERROR, no records
//      cname-   a CNAME and what it leads to chainN-   N CNAMEs (1-64) and what they lead to
//      opencname-, openchainN-  the first CNAME only: the rest is left for the client to ask
//      loop-    CNAMEs that come back        multi-    2 to 8 records
//      big-     over 2,000 octets            tc-       TC over UDP, the whole answer over TCP
//      servfail-, refused-, formerr-, notimp-   that RCODE and no records
//      slow-, slowN-    the answer comes 300 (or N, at most 60,000) milliseconds late
//      to-, ok-         plain
//    Else the mix decides: p = (h >> 32) * 10000 >> 32 is compared with the running sum of the
//    shares (in hundredths of a percent) in the order of the fields of Mix; beyond all: plain.
//    Kinds belong to names, whatever the type. A name below an NXDOMAIN name may well exist: the
//    rule knows no tree.
//
// 3. The type. RCODE and TC kinds apply to every type. Class CH has version.bind TXT; classes other
//    than IN and ANY are REFUSED. QTYPE OPT is FORMERR, 128-254 NOTIMP, ANY is a HINFO record (RFC
//    8482). Every type listed in rule_rdata.cc gets the RDATA described there, types above 264 get
//    eight octets of hash, and all others are NODATA. plain is one record, multi 2 + (h >> 8) % 7
//    of them, big as many as reach 2,000 octets (types that are singletons: one). RDATA is made of
//    mix(h ^ type * 0x9e3779b97f4a7c15 % 2^64).
//
// 4. CNAMEs. The mix makes 1 + h % 3 links. A name of n links points to "chainM-X.ZONE" with
//    M = n - 1, or "to-X.ZONE" where n = 1; X is h % 2^32 in eight hex digits. openchainN- leads to
//    "openchainM-X.ZONE" in the same way. loop- leads to loop-a.ZONE, that to loop-b.ZONE, and that
//    to loop-a.ZONE. QTYPE CNAME and ANY get the first link alone.
//
// 5. NXDOMAIN and NODATA carry the zone's SOA in the authority section; its TTL and MINIMUM are
//    `negative_ttl` (RFC 2308). All other records have the TTL `ttl`.
#ifndef DNSWARM_SIM_RULE_H_
#define DNSWARM_SIM_RULE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "answer.h"
#include "base/octets.h"
#include "dnswarm/types.h"

namespace dnswarm::sim {

enum class Kind : uint8_t {
  nxdomain,
  nodata,
  cname,
  multi,
  tc,
  servfail,
  refused,
  big,
  open_cname,  // in the order of Mix
  plain,
  loop,
  slow,
  formerr,
  notimp,
};

// Shares of the kinds in hundredths of a percent; what is left is plain.
struct Mix {
  static constexpr size_t kinds = 9;
  static constexpr unsigned whole = 10'000;
  static constexpr const char* names[kinds] = {"nxdomain", "nodata",  "cname", "multi",     "tc",
                                               "servfail", "refused", "big",   "open_cname"};
  unsigned share[kinds] = {2000, 500, 1000, 1000, 100, 0, 0, 0, 0};

  // "nxdomain=20,tc=0.5": percent. Kinds that are not named are 0. On an error nothing, and a
  // sentence in *error.
  static std::optional<Mix> from_text(std::string_view text, std::string* error);
};

struct RuleOptions {
  Mix mix;
  uint32_t ttl = 300;          // seconds
  uint32_t negative_ttl = 60;  // seconds
};

inline constexpr unsigned links_max = 64;
inline constexpr size_t big_octets = 2000;  // over the 1,232 that any client takes over UDP

// What one pass over a name in wire format tells. Labels may be in any case.
struct NameScan {
  uint64_t hash = 0;
  uint8_t octets = 0;       // root label included; 0: not a valid uncompressed name
  uint8_t zone_offset = 0;  // of the zone (see 1.)
};
NameScan scan_name(Octets octets);

inline uint64_t mix64(uint64_t x) {
  x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
  x = (x ^ x >> 27) * 0x94d049bb133111ebu;
  return x ^ x >> 31;
}
// The hash that RDATA of `type` is made of.
inline uint64_t type_hash(uint64_t name_hash, RRType type) {
  return mix64(name_hash ^ static_cast<uint64_t>(type) * 0x9e3779b97f4a7c15u);
}

struct NameKind {
  Kind kind = Kind::plain;
  uint16_t number = 0;  // links for cname and open_cname, milliseconds for slow
};

class Rule : public AnswerSource {
 public:
  explicit Rule(const RuleOptions& options);
  const RuleOptions& options() const { return options_; }

  NameKind kind(Octets qname, const NameScan& scan) const;
  void answer(Octets qname, RRType qtype, RRClass qclass, Answer& answer) const override;

 private:
  void links(Octets qname, RRType qtype, NameKind kind, Answer& answer) const;
  void negative(Octets zone, Answer& answer) const;
  void records(Octets owner, const NameScan& scan, RRType qtype, Kind kind, Answer& answer) const;

  RuleOptions options_;
  unsigned bound_[Mix::kinds];  // running sums of the mix
};

inline unsigned multi_count(uint64_t name_hash) {
  return 2 + static_cast<unsigned>((name_hash >> 8) % 7);
}
inline uint32_t a_address(uint64_t hash, unsigned index) {
  return 0x0a000000u | (static_cast<uint32_t>(hash) + index) % 0x1000000u;
}

// rule_rdata.cc: how many records of the type a name may have, 0 where it has none at all; and the
// RDATA of record number `index`.
unsigned record_count_max(RRType type);
void add_rdata(RRType type, uint64_t hash, unsigned index, Octets zone, Answer& answer);
void add_soa_rdata(Octets zone, uint32_t minimum, Answer& answer);

}  // namespace dnswarm::sim

#endif  // DNSWARM_SIM_RULE_H_
