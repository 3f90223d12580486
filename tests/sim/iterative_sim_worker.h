// What a worker is to its engine, in a simulation: datagrams that leave with the turn, TCP connections, rows.
#ifndef DNSWARM_TESTS_SIM_ITERATIVE_SIM_WORKER_H_
#define DNSWARM_TESTS_SIM_ITERATIVE_SIM_WORKER_H_

#include <cerrno>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "iterative_sim_network.h"

namespace dnswarm::sim {

class IterativeSimulation::Worker : public EngineNetwork, public EngineSink {
 public:
  Worker(IterativeSimulation& simulation, uint64_t seed)
      : simulation_(simulation),
        random_(seed),
        engine_(simulation.options_.engine, simulation.hierarchy_, simulation.rate_, *this, *this, random_,
                simulation.start_) {}

  IterativeEngine& engine() { return engine_; }
  const IterativeEngine& engine() const { return engine_; }
  void transmit() {
    for (const Queued& q : std::exchange(queued_, {})) {
      const Octets query = {q.octets.get(), q.size};
      if (simulation_.chance(simulation_.options_.weather.unsent))
        engine_.on_send_failed(q.flow, query, q.octets[1] % 2 == 0 ? ENOBUFS : ENETUNREACH);
      else
        simulation_.leave(*this, q.flow, q.peer, q.to, Transport::udp, query, 0);
    }
    engine_.on_departed(engine_.tokens_taken(), simulation_.now_);
  }

  // Connections belong to a peer's number, as in TcpConnections, and lead where that was when they were
  // opened.
  bool is_connected(PeerIndex peer, uint64_t connection) const {
    const auto found = connections_.find(peer);
    return found != connections_.end() && found->second.number == connection;
  }
  void lose(PeerIndex peer, int error) {
    connections_.erase(peer);
    engine_.on_tcp_lost(peer, error);
  }
  // Queries that a server without fault has not answered yet.
  size_t& open(uint32_t ipv4) { return open_[ipv4]; }

  uint8_t* queue_udp(FlowIndex flow, PeerIndex peer, size_t octets, uint16_t) override {
    queued_.push_back({flow, peer, engine_.address_of(peer), std::make_unique<uint8_t[]>(octets), octets});
    return queued_.back().octets.get();
  }
  TcpState tcp_state(PeerIndex peer) override {
    return connections_.contains(peer) ? TcpState::open : TcpState::closed;
  }
  // Makes room as TcpConnections does.
  bool tcp_has_room() override {
    if (connections_.size() < simulation_.options_.tcp_connections) return true;
    for (const auto& [peer, connection] : connections_) {
      if (engine_.tcp_outstanding(peer) == 0) return connections_.erase(peer) > 0;
    }
    return false;
  }
  bool send_tcp(PeerIndex peer, Octets query) override {
    if (simulation_.has_no_tcp(engine_.address_of(peer))) return false;
    auto found = connections_.find(peer);
    if (found == connections_.end()) {
      found = connections_.emplace(peer, Connection{++simulation_.order_, engine_.address_of(peer)}).first;
      simulation_.count_packet(found->second.to);
    }
    const Connection connection = found->second;
    simulation_.leave(*this, 0, peer, connection.to, Transport::tcp, query, connection.number);
    return true;
  }
  void close_tcp(PeerIndex peer) override { connections_.erase(peer); }
  void on_response(const Response& response) override { simulation_.take_row(response); }

 private:
  struct Queued {
    FlowIndex flow;
    PeerIndex peer;
    Address to;
    std::unique_ptr<uint8_t[]> octets;
    size_t size;
  };
  struct Connection {
    uint64_t number;
    Address to;
  };

  IterativeSimulation& simulation_;
  Random random_;
  std::vector<Queued> queued_;
  std::map<PeerIndex, Connection> connections_;
  std::map<uint32_t, size_t> open_;
  IterativeEngine engine_;
};

}  // namespace dnswarm::sim

#endif  // DNSWARM_TESTS_SIM_ITERATIVE_SIM_WORKER_H_
