// A zone cut: a zone's name, its name servers, and how to reach them.
#ifndef DNSWARM_ITERATIVE_DELEGATION_H_
#define DNSWARM_ITERATIVE_DELEGATION_H_

#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/octets.h"
#include "net/address.h"

namespace dnswarm {

// A name's octets in wire format, lower case, in as much memory as they need: cuts are kept by the hundred
// thousand.
using NameOctets = std::string;
inline Octets wire_of(const NameOctets& name) {
  return {reinterpret_cast<const uint8_t*>(name.data()), name.size()};
}
inline NameOctets octets_of(Octets wire) { return {reinterpret_cast<const char*>(wire.data()), wire.size()}; }

struct NameServer {
  NameOctets name;
  std::vector<Address> addresses;  // glue, without a port; empty: its name is to be resolved
};

struct Delegation {
  NameOctets zone;
  std::vector<NameServer> servers;  // each name once
  uint32_t ttl_s = 0;               // of the NS records, the least of them
  Instant learnt{};                 // when
};

}  // namespace dnswarm

#endif  // DNSWARM_ITERATIVE_DELEGATION_H_
