// --write: a world by the rule as zone files, and what NSD, Knot and BIND need to serve it.
//
//   FOLDER/README       how to start each, and how to point dnswarm and Unbound at them
//   FOLDER/hints        the root hints
//   FOLDER/root.zone    FOLDER/tld/NAME.zone    FOLDER/domain/NAME.zone
//   FOLDER/nsd.conf     the root          on the root's addresses
//   FOLDER/knot.conf    all TLDs          on the TLD servers' addresses
//   FOLDER/named.conf   all domains       on the domains' servers' addresses
//   FOLDER/addresses    these addresses, for ip -batch
//   FOLDER/run          state of the running servers
//
// One Knot and one BIND stand for many servers: each has all TLDs, or all domains, on each of its addresses.
// That changes who is asked and not what is found. A file for each zone: BIND loads 20,000 of them in 3 s, on
// 4 addresses or on 1,000. Each address is two sockets for each of BIND's threads, which is why a world with
// over real_servers_max servers of a kind is not written.
#ifndef DNSWARM_SIM_WORLD_FILES_H_
#define DNSWARM_SIM_WORLD_FILES_H_

#include <string>

#include "world.h"

namespace dnswarm::sim {

inline constexpr ServerIndex real_servers_max = 1000;  // of the domains, and of the TLDs

// `folder` is made; it may exist if it is empty. False, and a sentence in *error, where it cannot be written,
// holds something, its path cannot stand in the configurations, or the world has too many servers.
[[nodiscard]] bool write_world(const World& world, const std::string& folder, uint16_t port,
                               std::string* error);

}  // namespace dnswarm::sim

#endif  // DNSWARM_SIM_WORLD_FILES_H_
