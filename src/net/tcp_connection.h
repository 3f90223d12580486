// One TCP connection that carries messages framed by a two-octet length (RFC 1035 section 4.2.2),
// pipelined and answered in any order (RFC 7766). Nonblocking; driven by the loop's readiness.
#ifndef DNSWARM_NET_TCP_CONNECTION_H_
#define DNSWARM_NET_TCP_CONNECTION_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "base/clock.h"
#include "base/octets.h"
#include "net/address.h"

namespace dnswarm {

class TcpConnection {
 public:
  enum class State : uint8_t { connecting, open, closed };

  // Starts to connect (TCP_NODELAY). state() is closed where that failed at once; error() says why.
  TcpConnection(const Address& peer, const Address& source, Instant now);
  ~TcpConnection();
  TcpConnection(const TcpConnection&) = delete;
  TcpConnection& operator=(const TcpConnection&) = delete;

  State state() const { return state_; }
  int fd() const { return fd_; }
  // errno; 0 where the peer closed in order, ECONNRESET where it closed within a message.
  int error() const { return error_; }
  short wanted_events() const;  // POLLIN, and POLLOUT while connecting or with octets unsent

  // Queues one message of at most 65,535 octets behind its length; on_ready(POLLOUT) writes it.
  // False, with nothing queued, where that would make more than octets_unsent_max, or where the
  // connection is closed.
  [[nodiscard]] bool send(Octets message);
  // Handles readiness: connects, reads, writes; calls `on_message` for each whole message (its octets
  // are writable scratch during the call; there may be none). `on_message` may send() and close(),
  // not destroy. Reads a bounded amount per call. May change state().
  void on_ready(short events, Instant now,
                const std::function<void(std::span<uint8_t>)>& on_message);
  void close();

  Instant last_used() const { return last_used_; }  // last octet in or out, or creation

  static constexpr size_t octets_unsent_max = size_t{256} << 10;  // about 5,000 queries
  static constexpr size_t octets_read_per_call_max = size_t{1} << 20;

 private:
  void start(const Address& peer, const Address& source);
  void connected();
  void flush();
  bool read(const std::function<void(std::span<uint8_t>)>& on_message);
  void take_messages(const std::function<void(std::span<uint8_t>)>& on_message);
  void fail(int error);

  int fd_ = -1;
  int error_ = 0;
  State state_ = State::connecting;
  Instant last_used_;
  std::vector<uint8_t> out_;
  size_t out_at_ = 0;
  std::vector<uint8_t> in_;
  size_t in_size_ = 0;
};

}  // namespace dnswarm

#endif  // DNSWARM_NET_TCP_CONNECTION_H_
