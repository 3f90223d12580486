// A world's servers on sockets, in threads of this process: for as long as a story on the wall clock takes.
#ifndef DNSWARM_SIM_LIVE_SERVERS_H_
#define DNSWARM_SIM_LIVE_SERVERS_H_

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "listen.h"
#include "simulation.h"
#include "tcp_responder.h"
#include "udp_responder.h"
#include "world.h"

namespace dnswarm::sim {

class LiveServers {
 public:
  // On the world's addresses and a free port, over UDP and TCP. Null, and a sentence in *error, where these
  // cannot be had. The world must outlive this.
  static std::unique_ptr<LiveServers> start(const World& world, std::string* error);
  ~LiveServers() { stop(); }
  LiveServers(const LiveServers&) = delete;
  LiveServers& operator=(const LiveServers&) = delete;

  uint16_t port() const { return simulation_.groups[0].port; }
  // Ends the threads. How many queries each server got.
  std::vector<uint64_t> stop();

 private:
  LiveServers() = default;

  std::vector<Authority> authorities_;
  Simulation simulation_;
  std::unique_ptr<UdpResponder> udp_;
  std::unique_ptr<TcpResponder> tcp_;
  std::vector<std::thread> threads_;
};

}  // namespace dnswarm::sim

#endif  // DNSWARM_SIM_LIVE_SERVERS_H_
