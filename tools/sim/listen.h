// --listen and the WHERE of --fault: texts for one address or many, and the sockets for them.
//
//   127.0.0.1:5300   127.0.0.1-4:5300   127.0.0.1-127.0.1.200:5300   127.1.0.0/18:5300   [::1]:5300
//
// The port is 5300 where none is given; port 0 takes a free one, the same for UDP and TCP and for
// all addresses of the text. A text of up to 128 addresses gets a socket for each address and
// worker; a longer one gets one per worker, bound to any address, which answers from the address
// asked; several where the kernel grants one socket little room.
#ifndef DNSWARM_SIM_LISTEN_H_
#define DNSWARM_SIM_LISTEN_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "address_range.h"
#include "simulation.h"

namespace dnswarm::sim {

inline constexpr uint16_t default_port = 5300;
inline constexpr uint32_t sockets_per_text_max = 128;
inline constexpr uint32_t addresses_per_text_max = 65'536;

struct BoundSocket {
  int fd;
  uint32_t group;
  uint32_t upstream;  // the group's first where it is bound to any address
};

struct Listeners {
  std::vector<std::vector<BoundSocket>> udp;  // per worker
  std::vector<BoundSocket> tcp;
};

// Binds one port, `port` or a free one (0), on all of the addresses: many of IPv4 in ascending order, or one.
// With a socket for each address and worker, or (`any_address`) as for a long text. Adds to
// simulation.groups and .upstreams, which answer from simulation.source.
[[nodiscard]] bool open_group(const std::vector<Address>& addresses, uint16_t port, bool any_address,
                              Simulation& simulation, Listeners& listeners, std::string* error);
// Lets source ports be counted. After the last group.
void add_port_sets(Simulation& simulation);
// Both, with a group for each text.
[[nodiscard]] bool open_listeners(const std::vector<std::string>& texts, Simulation& simulation,
                                  Listeners& listeners, std::string* error);
// Applies one --fault. WHERE may also be the role of servers, in a world.
[[nodiscard]] bool apply_fault(std::string_view flag, Simulation& simulation, std::string* error);
// Closes the sockets of upstreams that are `closed`.
[[nodiscard]] bool close_closed(Simulation& simulation, Listeners& listeners, std::string* error);
// {"listening":["127.0.0.1:5300",...],"addresses":4}, in a world with
// "roles":{"root":{"servers":3,"first":"127.1.0.0","last":"127.1.0.2"},...}
std::string ready_json(const Simulation& simulation);

}  // namespace dnswarm::sim

#endif  // DNSWARM_SIM_LISTEN_H_
