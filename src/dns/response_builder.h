// Builds responses: for the simulator and for tests. dnswarm itself only asks.
#ifndef DNSWARM_DNS_RESPONSE_BUILDER_H_
#define DNSWARM_DNS_RESPONSE_BUILDER_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/octets.h"
#include "dns/header.h"
#include "dnswarm/response.h"

namespace dnswarm {

class ResponseBuilder {
 public:
  // Writes into `room`, which must stay until finish() was read. Starts with header and question; `qname`
  // is wire format and copied.
  ResponseBuilder(std::span<uint8_t> room, uint16_t id, uint16_t flags, Octets qname, RRType qtype,
                  RRClass qclass);

  // Appends a record; sections must come in order. An owner equal to the QNAME is written as a
  // pointer to it. Names inside `rdata` must be uncompressed.
  void record(Section section, Octets owner, RRType type, uint32_t ttl, Octets rdata,
              RRClass rrclass = RRClass::IN);
  // Appends OPT (to the additional section, so last).
  void opt(uint16_t udp_payload_octets, uint8_t rcode_upper_bits, bool dnssec_ok,
           Octets options = {});

  // False where the room did not suffice: set TC and start again without records.
  bool ok() const { return out_.ok(); }
  Octets finish();  // patches the counts

 private:
  OctetWriter out_;
  size_t qname_octets_;  // of the copy behind the header
  uint16_t counts_[3] = {};
};

}  // namespace dnswarm

#endif  // DNSWARM_DNS_RESPONSE_BUILDER_H_
