#include "authority.h"

#include <algorithm>

namespace dnswarm::sim {

bool Authority::serves(ZoneIndex zone) const {
  const std::span<const ServerIndex> servers = zones_->servers(zone);
  return std::find(servers.begin(), servers.end(), server_) != servers.end();
}

// The zone closest to the name, of those served. DS of a zone is in the zone above, so that is tried first.
std::optional<ZoneIndex> Authority::zone_for(Octets name, RRType qtype) const {
  const bool parent_first = qtype == RRType::DS && name.size() > 1;
  for (Octets above = parent_first ? parent_of(name) : name;; above = parent_of(above)) {
    const std::optional<ZoneIndex> zone = zones_->zone_at(above);
    if (zone && serves(*zone)) return zone;
    if (above.size() == 1) break;
  }
  if (!parent_first) return std::nullopt;
  const std::optional<ZoneIndex> child = zones_->zone_at(name);
  return child && serves(*child) ? child : std::nullopt;
}

// Addresses that the zone holds of the name servers in the NS records from `first_record` on.
void Authority::add_addresses(ZoneIndex zone, size_t first_record, Answer& answer) const {
  const size_t end = answer.records().size();
  for (size_t i = first_record; i < end; ++i) {
    if (answer.records()[i].type != RRType::NS) continue;
    Name target;
    target.assign_wire(answer.rdata(answer.records()[i]));
    const Octets name = target.wire();
    if (!is_subdomain(name, zones_->apex(zone))) continue;
    zones_->add_records(zone, name, RRType::A, Section::additional, name, answer);
    zones_->add_records(zone, name, RRType::AAAA, Section::additional, name, answer);
  }
}

void Authority::refer(ZoneIndex zone, Octets cut, Answer& answer) const {
  const size_t first = answer.records().size();
  zones_->add_records(zone, cut, RRType::NS, Section::authority, cut, answer);
  add_addresses(zone, first, answer);
}

void Authority::answer(Octets qname, RRType qtype, RRClass qclass, Answer& answer) const {
  Name name;
  name.assign_wire(qname);
  std::optional<ZoneIndex> zone = zone_for(name.wire(), qtype);
  if (!zone || (qclass != RRClass::IN && qclass != RRClass::ANY)) {
    answer.rcode = Rcode::REFUSED;
    return;
  }
  answer.authoritative = true;  // of the first owner name (RFC 1035 section 4.1.1)
  for (unsigned links = 0; zone && links <= chain_links_max; ++links) {
    const Octets cut = topmost_cut(*zones_, *zone, name.wire(), qtype);
    if (!cut.empty()) {
      answer.authoritative = links > 0;
      return refer(*zone, cut, answer);
    }
    const std::optional<Name> node = answering_name(*zones_, *zone, name.wire());
    if (!node) {
      answer.rcode = Rcode::NXDOMAIN;  // of the last name of a chain (RFC 6604 section 2.1)
      return add_negative(*zones_, *zone, answer);
    }
    const size_t first = answer.records().size();
    const auto add = [&](RRType type) {
      return zones_->add_records(*zone, node->wire(), type, Section::answer, name.wire(), answer) > 0;
    };
    if (add(qtype)) return qtype == RRType::NS ? add_addresses(*zone, first, answer) : void();
    if (!add(RRType::CNAME)) return add_negative(*zones_, *zone, answer);
    name = last_target(answer);
    zone = zone_for(name.wire(), qtype);
  }
}

}  // namespace dnswarm::sim
