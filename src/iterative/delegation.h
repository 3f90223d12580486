// A zone cut: a zone's name, its name servers, and how to reach them.
#ifndef DNSWARM_ITERATIVE_DELEGATION_H_
#define DNSWARM_ITERATIVE_DELEGATION_H_

#include <cstdint>

#include "absl/container/inlined_vector.h"
#include "base/clock.h"
#include "iterative/name_map.h"
#include "net/address.h"

namespace dnswarm {

// Beside the name: one more piece of memory for each server would be one more cache miss for each name.
using NameServerAddresses = absl::InlinedVector<Address, 2>;

struct NameServer {
  NameOctets name;
  NameServerAddresses addresses;  // glue, without a port; empty: its name is to be resolved
};

// In one piece with the cut, for the same reason: most zones have two.
using NameServers = absl::InlinedVector<NameServer, 2>;

struct Delegation {
  NameOctets zone;
  NameServers servers;              // each name once
  uint32_t ttl_s = 0;               // of the NS records, the least of them
  Instant learnt{};                 // when
};

}  // namespace dnswarm

#endif  // DNSWARM_ITERATIVE_DELEGATION_H_
