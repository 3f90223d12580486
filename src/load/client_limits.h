// Was it us? The signs that the client, not the server, set the limit of a run.
#ifndef DNSWARM_LOAD_CLIENT_LIMITS_H_
#define DNSWARM_LOAD_CLIENT_LIMITS_H_

#include <vector>

#include "dnswarm/load.h"

namespace dnswarm {

// What a result does not hold.
struct ClientSigns {
  uint64_t send_buffer_full = 0;  // queries that the kernel did not take for want of room
  bool in_flight_was_full = false;
  unsigned in_flight = 0;
  bool busy_poll = false;         // then a busy core is no sign
  size_t receive_octets = 0;      // of a UDP socket's buffer
};

std::vector<LoadClientLimit> find_client_limits(const LoadResult& result, const ClientSigns& signs);

// Whether any of them says that we could not keep up. A full in-flight table alone does not: a server
// that falls behind fills it.
bool client_fell_behind(const std::vector<LoadClientLimit>& limits);

}  // namespace dnswarm

#endif  // DNSWARM_LOAD_CLIENT_LIMITS_H_
