#include "world_serve.h"

#include <algorithm>

#include "serve.h"

namespace dnswarm::sim {
namespace {

constexpr ServerIndex sockets_max = 1024;  // by server, where one is needed for each

bool wants_closed(const std::vector<std::string>& faults) {
  return std::any_of(faults.begin(), faults.end(), [](const std::string& fault) {
    const auto parts = split_fault_flag(fault);
    FaultSpec spec;
    std::string error;  // is told when the fault is applied
    return parts && spec.add_text(parts->faults, &error) && spec.closed;
  });
}

}  // namespace

int serve_world(const World& world, const WorldFlags& flags) {
  raise_descriptor_limit();
  std::vector<Authority> authorities;
  std::vector<Address> addresses;
  for (ServerIndex server = 0; server < world.server_count(); ++server) {
    authorities.push_back(world.authority(server));
    addresses.push_back(world.address(server, flags.port));
  }
  Simulation simulation;
  simulation.source = &authorities[0];
  simulation.responder.authoritative = true;
  simulation.workers = flags.workers;
  simulation.seed = flags.zones.seed;
  Listeners listeners;
  std::string error;
  const bool any_address = world.server_count() > sockets_max || !wants_closed(flags.faults);
  if (!open_group(addresses, flags.port, any_address, simulation, listeners, &error)) {
    return usage_error("--port", error);
  }
  add_port_sets(simulation);
  for (ServerIndex server = 0; server < world.server_count(); ++server) {
    simulation.upstreams[server]->source = &authorities[server];
    simulation.upstreams[server]->role = to_text(world.role(server));
  }
  return serve(simulation, listeners, flags.faults, flags.counts_file, ready_json(simulation));
}

}  // namespace dnswarm::sim
