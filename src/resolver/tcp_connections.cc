#include "resolver/tcp_connections.h"

#include <algorithm>

namespace dnswarm {

namespace {

constexpr Duration idle_longest = std::chrono::seconds(10);

}  // namespace

TcpConnections::TcpConnections(Loop& loop, const std::vector<Address>& upstreams, const Address& source,
                               size_t max)
    : loop_(loop), upstreams_(upstreams), source_(source), max_(max), by_upstream_(upstreams.size()) {}

TcpState TcpConnections::state(UpstreamIndex upstream) const {
  const TcpConnection* connection = by_upstream_[upstream].get();
  if (connection == nullptr) return TcpState::closed;
  return connection->state() == TcpConnection::State::open ? TcpState::open : TcpState::connecting;
}

bool TcpConnections::has_room(const LookupEngine& engine) {
  if (in_use_.size() < max_) return true;
  auto unused = in_use_.end();
  for (auto it = in_use_.begin(); it != in_use_.end(); ++it) {
    const TcpConnection* connection = by_upstream_[*it].get();
    if (engine.tcp_outstanding(*it) > 0 || connection == reading_) continue;
    if (unused == in_use_.end() || connection->last_used() < by_upstream_[*unused]->last_used()) unused = it;
  }
  if (unused == in_use_.end()) return false;
  close(*unused);
  return true;
}

bool TcpConnections::send(UpstreamIndex upstream, Octets query, Instant now) {
  auto& connection = by_upstream_[upstream];
  if (!connection) {
    connection = std::make_unique<TcpConnection>(upstreams_[upstream], source_, now);
    if (connection->state() == TcpConnection::State::closed) {
      connection.reset();
      return false;
    }
    in_use_.push_back(upstream);
  }
  if (!connection->send(query)) return false;
  loop_.watch(upstream, connection->fd(), connection->wanted_events());
  return true;
}

void TcpConnections::close(UpstreamIndex upstream) {
  if (!by_upstream_[upstream]) return;
  loop_.unwatch(upstream);
  by_upstream_[upstream].reset();
  std::erase(in_use_, upstream);
}

void TcpConnections::on_ready(UpstreamIndex upstream, short events, Instant now, LookupEngine& engine) {
  TcpConnection* connection = by_upstream_[upstream].get();
  if (connection == nullptr) return;
  reading_ = connection;
  connection->on_ready(events, now,
                       [&](std::span<uint8_t> octets) { engine.on_tcp_message(upstream, octets); });
  reading_ = nullptr;
  if (connection->state() != TcpConnection::State::closed) {
    loop_.watch(upstream, connection->fd(), connection->wanted_events());
    return;
  }
  int error = connection->error();
  close(upstream);
  engine.on_tcp_lost(upstream, error);
}

void TcpConnections::close_idle(Instant now, LookupEngine& engine) {
  std::vector<UpstreamIndex> idle;
  for (UpstreamIndex upstream : in_use_) {
    bool used = engine.tcp_outstanding(upstream) > 0;
    if (!used && now - by_upstream_[upstream]->last_used() > idle_longest) idle.push_back(upstream);
  }
  for (UpstreamIndex upstream : idle) {
    close(upstream);
    engine.on_tcp_lost(upstream, 0);
  }
}

}  // namespace dnswarm
