// Any octets as the response of an authoritative server. Whatever it is said to mean, nothing outside the
// zone asked is believed, and bounds hold. The first octet chooses how many labels of the question are above
// the zone.
#include "iterative/server_response.h"

#include "base/check.h"

namespace dnswarm {
namespace {

void check_delegation(const Delegation& cut, Octets zone, Octets qname) {
  const Octets apex = wire_of(cut.zone);
  CHECK(is_subdomain(apex, zone) && !is_subdomain(zone, apex));
  CHECK(is_subdomain(qname, apex));
  CHECK(!cut.servers.empty() && cut.servers.size() <= name_servers_max);
  for (const NameServer& server : cut.servers) {
    CHECK(server.addresses.size() <= glue_addresses_max);
    CHECK(server.addresses.empty() || is_subdomain(wire_of(server.name), zone));
  }
}

void check(unsigned labels, Octets octets) {
  Message message;
  if (parse_question(octets, message) != ParseError::none || message.qname_octets == 0) return;
  if (parse_records(message) != ParseError::none || message.truncated()) return;
  if (message.rcode() != Rcode::NOERROR && message.rcode() != Rcode::NXDOMAIN) return;
  Name qname;
  qname.assign_wire(message.qname());
  Octets zone = qname.wire();
  for (; labels > 0 && zone.size() > 1; --labels) zone = zone.subspan(zone[0] + size_t{1});
  ServerResponse response;
  read_server_response(message, zone, qname.wire(), message.qtype, response);
  CHECK((response.meaning == Meaning::lame || response.meaning == Meaning::broken) == !response.code.empty());
  CHECK((response.meaning == Meaning::referral) == !response.delegation.servers.empty());
  CHECK(response.links <= response_links_max + 1);
  for (const Record& record : response.answers) {
    const Name owner = name_at(octets, record.owner_offset);
    CHECK(is_subdomain(owner.wire(), zone));
  }
  if (response.meaning == Meaning::referral) check_delegation(response.delegation, zone, qname.wire());
  if (response.meaning == Meaning::alias) CHECK(response.links > 0 && response.target.size() > 0);
}

}  // namespace
}  // namespace dnswarm

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0 || size > 65536) return 0;
  dnswarm::check(data[0] % 4, {data + 1, size - 1});
  return 0;
}
