// The simulator's TCP side: one thread for all addresses. Connections are persistent and pipelined
// (RFC 7766): responses that are held back do not hold back others.
#ifndef DNSWARM_SIM_TCP_RESPONDER_H_
#define DNSWARM_SIM_TCP_RESPONDER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "counts.h"
#include "delay_queue.h"
#include "faulty_upstream.h"
#include "listen.h"
#include "response_writer.h"
#include "simulation.h"

namespace dnswarm::sim {

class TcpResponder : private ResponseSink {
 public:
  TcpResponder(Simulation& simulation, std::vector<BoundSocket> listeners);
  ~TcpResponder() override;
  TcpResponder(const TcpResponder&) = delete;
  TcpResponder& operator=(const TcpResponder&) = delete;

  void run();   // until simulation.stopping and wake()
  void wake();  // from any thread

  const std::vector<UpstreamCounts>& counts() const { return counts_; }
  const BatchCounts& batches() const { return batches_; }

 private:
  struct Connection {
    int fd = -1;
    uint32_t upstream = 0;
    bool waits_for_room = false;  // EPOLLOUT is armed
    bool closing = false;
    unsigned answers = 0;
    std::vector<uint8_t> in;
    std::vector<uint8_t> out;
  };

  void accept_all(uint32_t listener);
  void read_some(uint64_t key);
  void take_queries(Connection& connection);
  void emit(Octets response, Duration delay, bool other_port) override;
  void append(Connection& connection, Octets response);
  void write_some(uint64_t key);
  void close_connection(uint64_t key);

  Simulation& simulation_;
  std::vector<BoundSocket> listeners_;
  int epoll_ = -1;
  int wake_ = -1;
  std::vector<UpstreamCounts> counts_;
  BatchCounts batches_;
  ResponseWriter writer_;
  FaultyUpstream faulty_;
  DelayQueue<uint64_t> delayed_;
  // By key, which is never used again: a delayed response cannot reach a later connection.
  std::unordered_map<uint64_t, Connection> connections_;
  uint64_t next_key_;
  uint64_t key_ = 0;  // of the connection at hand
  Instant now_{};
};

}  // namespace dnswarm::sim

#endif  // DNSWARM_SIM_TCP_RESPONDER_H_
