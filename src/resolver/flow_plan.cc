#include "resolver/flow_plan.h"

#include <sys/resource.h>

#include <algorithm>

namespace dnswarm {

namespace {

constexpr size_t connected_upstreams_max = 32;
constexpr size_t ports_min = 4;
constexpr size_t unconnected_ports_min = 8;
constexpr size_t long_list = 1000;
constexpr size_t descriptors_of_program = 12;  // files, signals; measured
constexpr size_t descriptors_of_worker = 3;    // a ring, an event descriptor, one to try things out

size_t divide_up(size_t a, size_t b) { return (a + b - 1) / b; }

}  // namespace

FlowPlan plan_flows(const FlowPlanInput& input) {
  size_t upstreams = std::max<size_t>(input.upstreams_v4 + input.upstreams_v6, 1);
  size_t per_socket = std::max<size_t>(input.datagrams_per_socket, 1);
  // A quarter more than needed: the shares of upstreams and sockets are never quite even.
  size_t needed = divide_up(size_t{input.in_flight} * 5 / 4, per_socket);
  size_t sockets_max = std::max<size_t>(input.sockets_max, 1);

  FlowPlan plan;
  plan.capacity = static_cast<uint32_t>(std::min<size_t>(per_socket, 32'768));  // half the IDs
  size_t per_upstream = std::max(ports_min, divide_up(needed, upstreams));
  per_upstream = std::min(per_upstream, sockets_max / upstreams);
  if (upstreams <= connected_upstreams_max && per_upstream >= 1) {
    plan.connected = true;
    plan.per_upstream = static_cast<uint16_t>(per_upstream);
    plan.total = upstreams * per_upstream;
    return plan;
  }
  plan.connected = false;
  plan.per_upstream = upstreams > long_list ? 2 : 4;
  size_t families = (input.upstreams_v4 > 0) + (input.upstreams_v6 > 0);
  size_t ports_max = std::max<size_t>(sockets_max / std::max<size_t>(families, 1), 1);
  size_t ports = std::clamp(needed, std::min(unconnected_ports_min, ports_max), ports_max);
  plan.v4 = static_cast<uint16_t>(input.upstreams_v4 > 0 ? ports : 0);
  plan.v6 = static_cast<uint16_t>(input.upstreams_v6 > 0 ? ports : 0);
  plan.total = size_t{plan.v4} + plan.v6;
  return plan;
}

size_t descriptors_allowed() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 256;
  if (limit.rlim_cur < limit.rlim_max) {
    rlimit raised = limit;
    raised.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &raised) == 0) limit = raised;
  }
  return limit.rlim_cur == RLIM_INFINITY ? 65'536 : static_cast<size_t>(limit.rlim_cur);
}

size_t sockets_per_worker(size_t descriptors, size_t workers) {
  const size_t taken = descriptors_of_program + descriptors_of_worker * workers;
  return descriptors > taken ? (descriptors - taken) / workers : 0;
}

size_t workers_that_fit(size_t descriptors) {
  if (descriptors <= descriptors_of_program) return 0;
  return (descriptors - descriptors_of_program) / (descriptors_of_worker + sockets_least);
}

size_t descriptors_needed(size_t workers) {
  return descriptors_of_program + (descriptors_of_worker + sockets_least) * workers;
}

}  // namespace dnswarm
