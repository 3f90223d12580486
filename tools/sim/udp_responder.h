// One worker of the simulator: its UDP sockets, one loop. Each turn takes what the sockets have (up
// to 64 datagrams each, of which each may be a GRO batch of many queries), answers, sends.
#ifndef DNSWARM_SIM_UDP_RESPONDER_H_
#define DNSWARM_SIM_UDP_RESPONDER_H_

#include <sys/socket.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "counts.h"
#include "delay_queue.h"
#include "faulty_upstream.h"
#include "listen.h"
#include "response_writer.h"
#include "send_batch.h"
#include "simulation.h"

namespace dnswarm::sim {

class UdpResponder : private ResponseSink {
 public:
  UdpResponder(Simulation& simulation, std::vector<BoundSocket> sockets, unsigned worker);
  ~UdpResponder() override;
  UdpResponder(const UdpResponder&) = delete;
  UdpResponder& operator=(const UdpResponder&) = delete;

  void run();   // until simulation.stopping and wake()
  void wake();  // from any thread

  const std::vector<UpstreamCounts>& counts() const { return counts_; }
  const BatchCounts& batches() const { return batches_; }

 private:
  // A received datagram's control messages.
  struct Arrival {
    size_t segment_octets = 0;  // of a GRO batch; 0: one query
    uint32_t to_ipv4 = 0;       // host order, where the socket is bound to any address
    Instant at{};
  };
  struct Room;  // for recvmmsg

  void turn_socket(const BoundSocket& socket, Instant now);
  void take_datagram(const BoundSocket& socket, unsigned index, size_t octets, Instant now);
  Arrival read_control(msghdr& message, Instant now) const;
  void answer(Upstream& upstream, UpstreamCounts& counts, Octets query, Instant now);
  void emit(Octets response, Duration delay, bool other_port) override;
  void send_due(Instant now);
  int other_port_fd(const Peer& peer);

  Simulation& simulation_;
  std::vector<BoundSocket> sockets_;
  std::vector<int> other_fds_;  // as sockets_; -1 where not open yet
  int epoll_ = -1;
  int wake_ = -1;
  std::vector<UpstreamCounts> counts_;
  BatchCounts batches_;
  ResponseWriter writer_;
  FaultyUpstream faulty_;
  SendBatch batch_;
  DelayQueue<Peer> delayed_;
  std::unique_ptr<Room> room_;
  Duration real_to_monotonic_{};
  Peer peer_;                 // of the datagram at hand
  uint32_t peer_number_ = 0;  // valid while no other peer was given to batch_
  Instant now_{};
};

}  // namespace dnswarm::sim

#endif  // DNSWARM_SIM_UDP_RESPONDER_H_
