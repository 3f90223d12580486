#include "live_servers.h"

namespace dnswarm::sim {

std::unique_ptr<LiveServers> LiveServers::start(const World& world, std::string* error) {
  std::unique_ptr<LiveServers> live(new LiveServers);
  Simulation& simulation = live->simulation_;
  std::vector<Address> addresses;
  for (ServerIndex server = 0; server < world.server_count(); ++server) {
    live->authorities_.push_back(world.authority(server));
    addresses.push_back(world.address(server, 0));
  }
  simulation.source = &live->authorities_[0];
  simulation.responder.authoritative = true;
  Listeners listeners;
  if (!open_group(addresses, 0, true, simulation, listeners, error)) return nullptr;
  add_port_sets(simulation);
  for (ServerIndex server = 0; server < world.server_count(); ++server) {
    simulation.upstreams[server]->source = &live->authorities_[server];
  }
  live->udp_ = std::make_unique<UdpResponder>(simulation, listeners.udp[0], 0);
  live->tcp_ = std::make_unique<TcpResponder>(simulation, listeners.tcp);
  simulation.started = monotonic_now();
  live->threads_.emplace_back([udp = live->udp_.get()] { udp->run(); });
  live->threads_.emplace_back([tcp = live->tcp_.get()] { tcp->run(); });
  return live;
}

std::vector<uint64_t> LiveServers::stop() {
  simulation_.stopping = true;
  if (!threads_.empty()) udp_->wake(), tcp_->wake();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
  std::vector<uint64_t> queries;
  for (size_t i = 0; udp_ && i < simulation_.upstreams.size(); ++i) {
    queries.push_back(udp_->counts()[i].queries_udp + tcp_->counts()[i].queries_tcp);
  }
  return queries;
}

}  // namespace dnswarm::sim
