// A world's servers, served: UDP and TCP on all of their addresses.
#ifndef DNSWARM_SIM_WORLD_SERVE_H_
#define DNSWARM_SIM_WORLD_SERVE_H_

#include "world.h"
#include "world_flags.h"

namespace dnswarm::sim {

// Until SIGINT or SIGTERM. Returns the exit code.
//
// One wildcard socket for each worker takes the queries of all servers, which the address asked tells apart:
// that is one system call for 64 queries, however many servers they go to. It also takes the port on all
// other addresses of the machine, where nothing is answered. Where a fault is `closed` each server has its
// own.
int serve_world(const World& world, const WorldFlags& flags);

}  // namespace dnswarm::sim

#endif  // DNSWARM_SIM_WORLD_SERVE_H_
