// A delegation as it is read and put together: a zone's name, its name servers, and how to reach them. What
// is kept of it is a Cut.
#ifndef DNSWARM_ITERATIVE_DELEGATION_H_
#define DNSWARM_ITERATIVE_DELEGATION_H_

#include <cstdint>

#include "absl/container/inlined_vector.h"
#include "base/clock.h"
#include "iterative/name_map.h"
#include "net/address.h"

namespace dnswarm {

struct NameServer {
  NameOctets name;
  absl::InlinedVector<Address, 2> addresses;  // glue, without a port; empty: its name is to be resolved
};

using NameServers = absl::InlinedVector<NameServer, 2>;

struct Delegation {
  NameOctets zone;
  NameServers servers;              // each name once
  uint32_t ttl_s = 0;               // of the NS records, the least of them
  Instant learnt{};                 // when
};

}  // namespace dnswarm

#endif  // DNSWARM_ITERATIVE_DELEGATION_H_
