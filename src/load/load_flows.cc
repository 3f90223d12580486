// Connections are read and written when the loop says that they are ready, and written once more at the
// start of each turn: what was queued since then leaves at once, without another round of the loop.
#include "load/load_flows.h"

#include <poll.h>

#include <algorithm>
#include <cstring>

#include "base/check.h"
#include "net/udp_socket.h"

namespace dnswarm {
namespace {

constexpr size_t udp_sockets_min = 4;   // or a server that spreads by source port has one busy thread
constexpr size_t udp_sockets_max = 64;  // chosen by ourselves; more only cost
constexpr unsigned tcp_connections_default = 4;
constexpr Duration reconnect_pause = std::chrono::milliseconds(100);  // from a lost one to the next try
constexpr Duration connect_longest = std::chrono::seconds(3);  // before the run starts without it

}  // namespace

std::string LoadFlows::open() {
  if (std::string error = open_loop(); !error.empty()) return error;
  if (!config_.tcp) return open_sockets();
  open_connections();
  return {};
}

std::string LoadFlows::open_loop() {
  std::string error;
  loop_ = make_loop(config_.loop, config_.io != Io::mmsg, config_.io != Io::uring, &error);
  return loop_ == nullptr ? error : std::string();
}

std::string LoadFlows::open_sockets() {
  size_t wanted = config_.sockets;
  for (size_t i = 0; i == 0 || i < wanted; ++i) {
    const UdpSocket socket = open_connected_udp(config_.server, config_.source);
    if (socket.fd < 0) {
      return "cannot open UDP socket " + std::to_string(i + 1) + " to " + config_.server.to_text() + ": " +
             std::strerror(socket.error);
    }
    const SocketIndex index = loop_->add_socket(socket.fd, true);
    CHECK(index == i);
    receive_octets_ = socket.receive_octets;
    if (wanted == 0) {
      // A quarter more than needed: their shares are never quite even.
      const size_t needed =
          size_t{config_.in_flight_expected} * 5 / 4 / datagrams_that_fit(receive_octets_) + 1;
      wanted = std::clamp(needed, udp_sockets_min, udp_sockets_max);
    }
  }
  count_ = static_cast<unsigned>(wanted);
  return {};
}

void LoadFlows::open_connections() {
  count_ = config_.sockets != 0 ? config_.sockets : tcp_connections_default;
  connections_.resize(count_);
  now_ = monotonic_now();
  const Instant end = now_ + connect_longest;
  for (unsigned flow = 0; flow < count_; ++flow) connect(flow, now_);
  const auto is_connecting = [](const Connection& connection) {
    return connection.tcp != nullptr && connection.tcp->state() == TcpConnection::State::connecting;
  };
  while (now_ < end && std::any_of(connections_.begin(), connections_.end(), is_connecting)) {
    loop_->turn(end - now_, 1, *this);
    now_ = monotonic_now();
  }
}

void LoadFlows::connect(unsigned flow, Instant now) {
  Connection& connection = connections_[flow];
  connection.tcp = std::make_unique<TcpConnection>(config_.server, config_.source, now);
  connection.next_try = now + reconnect_pause;
  connection.was_open = connection.unsent = false;
  connection.watched = 0;
  if (connection.tcp->state() == TcpConnection::State::closed) {
    connection.tcp.reset();
  } else {
    watch(flow);
  }
}

bool LoadFlows::can_send(unsigned flow, Instant now) {
  if (!config_.tcp) return true;
  Connection& connection = connections_[flow];
  if (connection.tcp == nullptr && now >= connection.next_try) connect(flow, now);
  return connection.tcp != nullptr && connection.tcp->state() == TcpConnection::State::open;
}

bool LoadFlows::send(unsigned flow, Octets query, uint16_t run, Instant now) {
  now_ = now;
  if (!config_.tcp) {
    std::memcpy(batcher_.add(flow, nullptr, query.size(), run), query.data(), query.size());
    return true;
  }
  Connection& connection = connections_[flow];
  if (connection.tcp == nullptr || !connection.tcp->send(query)) return false;
  connection.unsent = true;
  return true;
}

void LoadFlows::turn(Duration wait, Instant now) {
  now_ = now;
  for (unsigned flow = 0; flow < connections_.size(); ++flow) {
    Connection& connection = connections_[flow];
    if (!connection.unsent) continue;
    connection.unsent = false;
    handle(flow, POLLOUT);
  }
  batcher_.send(*loop_);
  // One completion is enough: to gather more costs up to 1 ms of the latency that is measured.
  loop_->turn(wait, 1, *this);
}

void LoadFlows::on_datagram(SocketIndex socket, const Address*, std::span<uint8_t> octets, bool) {
  sink_.on_message(socket, octets);
}

void LoadFlows::on_send_failed(SocketIndex socket, const Address*, Octets datagram, int error) {
  sink_.on_not_sent(socket, datagram, error);
}

void LoadFlows::on_socket_error(SocketIndex, int) { sink_.on_icmp_error(); }

void LoadFlows::on_ready(uint32_t token, short events) {
  connections_[token].watched = 0;
  handle(token, events);
}

void LoadFlows::handle(unsigned flow, short events) {
  Connection& connection = connections_[flow];
  if (connection.tcp == nullptr) return;
  connection.tcp->on_ready(events, now_,
                           [&](std::span<uint8_t> message) { sink_.on_message(flow, message); });
  if (!connection.was_open && connection.tcp->state() == TcpConnection::State::open) {
    connection.was_open = true;
    sink_.on_connect(flow, connection.ever_open);
    connection.ever_open = true;
  }
  if (connection.tcp->state() != TcpConnection::State::closed) return watch(flow);
  loop_->unwatch(flow);
  connection.tcp.reset();
  sink_.on_connection_lost(flow);
}

void LoadFlows::watch(unsigned flow) {
  Connection& connection = connections_[flow];
  const short wanted = connection.tcp->wanted_events();
  if (wanted == connection.watched) return;
  loop_->watch(flow, connection.tcp->fd(), wanted);
  connection.watched = wanted;
}

uint64_t LoadFlows::drops() const {
  if (config_.tcp) return 0;
  uint64_t sum = 0;
  for (unsigned flow = 0; flow < count_; ++flow) sum += loop_->drops(flow);
  return sum;
}

}  // namespace dnswarm
