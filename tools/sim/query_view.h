// A query's octets -> what a responder must know of it. No copy, no allocation.
#ifndef DNSWARM_SIM_QUERY_VIEW_H_
#define DNSWARM_SIM_QUERY_VIEW_H_

#include <array>
#include <cstdint>

#include "base/octets.h"
#include "dns/header.h"
#include "dns/name.h"
#include "dnswarm/types.h"
#include "rule.h"

namespace dnswarm::sim {

struct QueryView {
  Octets octets;  // as received
  uint16_t id = 0;
  uint16_t flags = 0;
  RRType qtype{};
  RRClass qclass{};
  NameScan scan;  // scan.octets is the QNAME's size
  bool edns = false;
  bool dnssec_ok = false;
  bool nsid = false;  // asked for (RFC 5001)
  uint8_t edns_version = 0;
  uint16_t payload_octets = 512;  // what the client takes over UDP (RFC 1035 section 4.2.1 or OPT)

  Octets qname() const { return octets.subspan(header_octets, scan.octets); }
  // Header to QCLASS: what a response repeats.
  size_t question_end() const { return header_octets + scan.octets + 4u; }
};

enum class QueryError : uint8_t {
  none,
  ignore,   // shorter than a header, or a response: answering could make a loop
  formerr,  // no question, or more than one, or octets that do not parse
  notimp,   // an opcode other than QUERY
};

[[nodiscard]] QueryError parse_query(Octets octets, QueryView& query);

// The QNAME in lower case.
struct LowerName {
  explicit LowerName(Octets name) : size_(name.size()) {
    for (size_t i = 0; i < size_; ++i) wire_[i] = ascii_lower(name[i]);
  }
  Octets octets() const { return {wire_.data(), size_}; }

 private:
  std::array<uint8_t, name_octets_max> wire_;
  size_t size_;
};

}  // namespace dnswarm::sim

#endif  // DNSWARM_SIM_QUERY_VIEW_H_
