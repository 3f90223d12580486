// A worker's flows to the server: UDP sockets, or TCP connections that are opened again when they are
// lost. The only place where the load source meets the loop.
//
// Threads: the worker's own, wake() aside.
#ifndef DNSWARM_LOAD_LOAD_FLOWS_H_
#define DNSWARM_LOAD_LOAD_FLOWS_H_

#include <atomic>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "dnswarm/load.h"
#include "net/address.h"
#include "net/loop.h"
#include "net/send_batcher.h"
#include "net/tcp_connection.h"

namespace dnswarm {

struct LoadFlowsConfig {
  Address server;
  Address source;  // family AF_UNSPEC: any
  bool tcp = false;
  unsigned in_flight = 1000;           // of this worker, at most,
  unsigned in_flight_expected = 1000;  // and probably: what the receive buffers should hold
  unsigned sockets = 0;                // 0: as LoadOptions::sockets says
  Io io = Io::automatic;
  LoopOptions loop;
};

// What the flows tell their worker, during turn().
class LoadFlowsSink {
 public:
  virtual ~LoadFlowsSink() = default;
  virtual void on_message(unsigned flow, Octets message) = 0;
  virtual void on_not_sent(unsigned flow, Octets query, int error) = 0;
  virtual void on_icmp_error() = 0;
  virtual void on_connect(unsigned flow, bool again) = 0;
  virtual void on_connection_lost(unsigned flow) = 0;
};

class LoadFlows final : private LoopHandler {
 public:
  LoadFlows(const LoadFlowsConfig& config, LoadFlowsSink& sink) : config_(config), sink_(sink) {}

  // On the worker's thread. TCP connections are started, and waited for until all are open or have
  // failed. An error's sentence, or empty.
  std::string open();
  unsigned count() const { return count_; }
  size_t receive_octets() const { return receive_octets_; }  // of a UDP socket's buffer
  std::string describe() const { return loop_->describe(); }

  // Whether send() may be called for it; a lost connection is opened again after a pause.
  bool can_send(unsigned flow, Instant now);
  // Sends with the next turn. `run`: how many of this size may follow to the same flow, this included.
  // False where a connection has no room for it now.
  [[nodiscard]] bool send(unsigned flow, Octets query, uint16_t run, Instant now);
  // Sends everything, waits at most `wait` for something to come, and tells the sink.
  void turn(Duration wait, Instant now);
  uint64_t drops() const;
  void wake() { loop_->wake(); }  // from any thread, once open() has returned

 private:
  struct Connection {
    std::unique_ptr<TcpConnection> tcp;
    short watched = 0;       // events the loop looks out for
    bool unsent = false;     // something was queued since the last turn
    bool was_open = false;   // on_connect was told
    bool ever_open = false;
    Instant next_try{};
  };

  // LoopHandler
  void on_datagram(SocketIndex socket, const Address* source, std::span<uint8_t> octets,
                   bool truncated) override;
  void on_send_failed(SocketIndex socket, const Address* destination, Octets datagram,
                      int error) override;
  void on_socket_error(SocketIndex socket, int error) override;
  void on_ready(uint32_t token, short events) override;

  std::string open_loop();
  std::string open_sockets();
  void open_connections();
  void connect(unsigned flow, Instant now);
  void handle(unsigned flow, short events);
  void watch(unsigned flow);

  LoadFlowsConfig config_;
  LoadFlowsSink& sink_;
  std::unique_ptr<Loop> loop_;
  unsigned count_ = 0;
  size_t receive_octets_ = 0;
  Instant now_{};
  SendBatcher batcher_{query_octets_room};
  std::vector<Connection> connections_;  // TCP; UDP's flows are the loop's sockets, in their order

  static constexpr size_t query_octets_room = 512;  // no query is larger than 310 octets
};

}  // namespace dnswarm

#endif  // DNSWARM_LOAD_LOAD_FLOWS_H_
