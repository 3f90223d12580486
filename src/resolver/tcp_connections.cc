#include "resolver/tcp_connections.h"

#include <utility>
#include <vector>

namespace dnswarm {

namespace {

constexpr Duration idle_longest = std::chrono::seconds(10);

}  // namespace

TcpConnections::TcpConnections(Loop& loop, const Address& source, size_t max)
    : loop_(loop), source_(source), max_(max) {}

TcpState TcpConnections::state(PeerIndex peer) const {
  const auto found = by_peer_.find(peer);
  if (found == by_peer_.end()) return TcpState::closed;
  return found->second->state() == TcpConnection::State::open ? TcpState::open : TcpState::connecting;
}

bool TcpConnections::has_room(const Engine& engine) {
  if (by_peer_.size() < max_) return true;
  auto unused = by_peer_.end();
  for (auto it = by_peer_.begin(); it != by_peer_.end(); ++it) {
    const auto& [peer, connection] = *it;
    if (engine.tcp_outstanding(peer) > 0 || connection.get() == reading_) continue;
    if (unused == by_peer_.end() || connection->last_used() < unused->second->last_used()) unused = it;
  }
  if (unused == by_peer_.end()) return false;
  close(unused->first);
  return true;
}

bool TcpConnections::send(PeerIndex peer, const Address& address, Octets query, Instant now) {
  auto found = by_peer_.find(peer);
  if (found == by_peer_.end()) {
    auto connection = std::make_unique<TcpConnection>(address, source_, now);
    if (connection->state() == TcpConnection::State::closed) return false;
    found = by_peer_.emplace(peer, std::move(connection)).first;
  }
  TcpConnection& connection = *found->second;
  if (!connection.send(query)) return false;
  loop_.watch(peer, connection.fd(), connection.wanted_events());
  return true;
}

void TcpConnections::close(PeerIndex peer) {
  const auto found = by_peer_.find(peer);
  if (found == by_peer_.end()) return;
  loop_.unwatch(peer);
  by_peer_.erase(found);
}

void TcpConnections::on_ready(PeerIndex peer, short events, Instant now, Engine& engine) {
  const auto found = by_peer_.find(peer);
  if (found == by_peer_.end()) return;
  TcpConnection* connection = found->second.get();
  reading_ = connection;
  connection->on_ready(events, now, [&](std::span<uint8_t> octets) { engine.on_tcp_message(peer, octets); });
  reading_ = nullptr;
  if (connection->state() != TcpConnection::State::closed) {
    loop_.watch(peer, connection->fd(), connection->wanted_events());
    return;
  }
  int error = connection->error();
  close(peer);
  engine.on_tcp_lost(peer, error);
}

void TcpConnections::close_idle(Instant now, Engine& engine) {
  std::vector<PeerIndex> idle;
  for (const auto& [peer, connection] : by_peer_) {
    bool used = engine.tcp_outstanding(peer) > 0;
    if (!used && now - connection->last_used() > idle_longest) idle.push_back(peer);
  }
  for (PeerIndex peer : idle) {
    close(peer);
    engine.on_tcp_lost(peer, 0);
  }
}

}  // namespace dnswarm
