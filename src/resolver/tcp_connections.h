// A worker's TCP connections: at most one to each upstream, at most so many in all; the one that
// nobody uses longest makes room, and what is idle for 10 s is closed (RFC 7766 section 6.2.3 leaves
// the time to us; it is what PowerDNS and CoreDNS do).
//
// Threads: the worker's own.
#ifndef DNSWARM_RESOLVER_TCP_CONNECTIONS_H_
#define DNSWARM_RESOLVER_TCP_CONNECTIONS_H_

#include <memory>
#include <span>
#include <vector>

#include "base/clock.h"
#include "net/address.h"
#include "net/loop.h"
#include "net/tcp_connection.h"
#include "resolver/lookup_engine.h"

namespace dnswarm {

class TcpConnections {
 public:
  // `loop` must outlive this; its watch tokens are upstream indices.
  TcpConnections(Loop& loop, const std::vector<Address>& upstreams, const Address& source, size_t max);

  TcpState state(UpstreamIndex upstream) const;
  // Whether send() may open another one; closes an unused one where that makes room.
  bool has_room(const LookupEngine& engine);
  // Opens the connection where there is none. False where it cannot take the query.
  [[nodiscard]] bool send(UpstreamIndex upstream, Octets query, Instant now);
  void close(UpstreamIndex upstream);  // without on_tcp_lost
  // These tell the engine what came, and what was lost.
  void on_ready(UpstreamIndex upstream, short events, Instant now, LookupEngine& engine);
  void close_idle(Instant now, LookupEngine& engine);

 private:
  Loop& loop_;
  const std::vector<Address>& upstreams_;
  Address source_;
  size_t max_;
  std::vector<std::unique_ptr<TcpConnection>> by_upstream_;
  std::vector<UpstreamIndex> in_use_;
  const TcpConnection* reading_ = nullptr;  // the one whose messages are being delivered: stays
};

}  // namespace dnswarm

#endif  // DNSWARM_RESOLVER_TCP_CONNECTIONS_H_
