// How many UDP sockets a worker opens, and how upstreams share them.
#ifndef DNSWARM_RESOLVER_FLOW_PLAN_H_
#define DNSWARM_RESOLVER_FLOW_PLAN_H_

#include <cstdint>
#include <span>

#include "net/address.h"
#include "resolver/lookup_engine.h"

namespace dnswarm {

struct FlowPlanInput {
  size_t upstreams_v4 = 0;
  size_t upstreams_v6 = 0;
  unsigned in_flight = 4000;     // of this worker
  size_t datagrams_per_socket = 180;  // that its receive buffer holds
  size_t sockets_max = 128;      // of this worker
};

// Few upstreams get connected sockets of their own (the kernel checks sources and keeps routes: a
// fifth more names per CPU second), at least 4 each for source port entropy, as many as the receive
// buffers need. Many share unconnected ones, each using 4 of them (2 in lists over 1,000), so that
// neither descriptors nor a home router's table of flows run out.
FlowPlan plan_flows(const FlowPlanInput& input);

// Descriptors this process may have open (RLIMIT_NOFILE), after raising the soft limit.
size_t descriptors_allowed();

// Those of them that each of so many workers may open for sockets; sockets_least is one for UDP, one for TCP.
size_t sockets_per_worker(size_t descriptors, size_t workers);
inline constexpr size_t sockets_least = 2;
// How many workers they do for.
size_t workers_that_fit(size_t descriptors);
// What that many workers need at least.
size_t descriptors_needed(size_t workers);

}  // namespace dnswarm

#endif  // DNSWARM_RESOLVER_FLOW_PLAN_H_
