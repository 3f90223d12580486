// A worker's TCP connections: at most one to each peer, at most so many in all; the one that
// nobody uses longest makes room, and what is idle for 10 s is closed (RFC 7766 section 6.2.3 leaves
// the time to us; it is what PowerDNS and CoreDNS do).
//
// Threads: the worker's own.
#ifndef DNSWARM_RESOLVER_TCP_CONNECTIONS_H_
#define DNSWARM_RESOLVER_TCP_CONNECTIONS_H_

#include <memory>

#include "absl/container/flat_hash_map.h"
#include "base/clock.h"
#include "engine/engine.h"
#include "net/address.h"
#include "net/loop.h"
#include "net/tcp_connection.h"

namespace dnswarm {

class TcpConnections {
 public:
  // `loop` must outlive this; its watch tokens are peer indices.
  TcpConnections(Loop& loop, const Address& source, size_t max);

  TcpState state(PeerIndex peer) const;
  // Whether send() may open another one; closes an unused one where that makes room.
  bool has_room(const Engine& engine);
  // Opens the connection to the peer, at that address, where there is none. False where it cannot take the
  // query.
  [[nodiscard]] bool send(PeerIndex peer, const Address& address, Octets query, Instant now);
  void close(PeerIndex peer);  // without on_tcp_lost
  // These tell the engine what came, and what was lost.
  void on_ready(PeerIndex peer, short events, Instant now, Engine& engine);
  void close_idle(Instant now, Engine& engine);

 private:
  Loop& loop_;
  Address source_;
  size_t max_;
  absl::flat_hash_map<PeerIndex, std::unique_ptr<TcpConnection>> by_peer_;
  const TcpConnection* reading_ = nullptr;  // the one whose messages are being delivered: stays
};

}  // namespace dnswarm

#endif  // DNSWARM_RESOLVER_TCP_CONNECTIONS_H_
