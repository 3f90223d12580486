// What an authoritative server answers: RFC 1034 section 4.3.2, with zone cuts.
//
//   in the zone     AA: the records, a CNAME and what it leads to as far as this server serves that, NODATA
//   and
//                   NXDOMAIN with the SOA (RFC 2308), wildcards (RFC 4592)
//   below a cut     a referral: no AA, the cut's NS records, and of the name servers' addresses those that
//   this
//                   zone holds. After a CNAME it follows the CNAME, with AA
//   DS at a cut     is the parent's (RFC 4035 section 3.1.4.1), where the server serves the parent
//   elsewhere       REFUSED, like classes other than IN and ANY
//
// DNAME is answered by its own name only.
#ifndef DNSWARM_SIM_AUTHORITY_H_
#define DNSWARM_SIM_AUTHORITY_H_

#include "zone_set.h"

namespace dnswarm::sim {

// One server. Threads: any number, like the zones.
class Authority : public AnswerSource {
 public:
  // `zones` must outlive this.
  Authority(const ZoneSet& zones, ServerIndex server) : zones_(&zones), server_(server) {}

  void answer(Octets qname, RRType qtype, RRClass qclass, Answer& answer) const override;

 private:
  bool serves(ZoneIndex zone) const;
  std::optional<ZoneIndex> zone_for(Octets name, RRType qtype) const;
  void refer(ZoneIndex zone, Octets cut, Answer& answer) const;
  void add_addresses(ZoneIndex zone, size_t first_record, Answer& answer) const;

  const ZoneSet* zones_;
  ServerIndex server_;
};

}  // namespace dnswarm::sim

#endif  // DNSWARM_SIM_AUTHORITY_H_
