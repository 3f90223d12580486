// A worker's loop and its sockets, opened once on its thread.
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "net/udp_socket.h"
#include "resolver/flow_plan.h"
#include "resolver/worker.h"

namespace dnswarm {

namespace {

// More than may be connected to: flows are shared by all authoritative servers.
constexpr size_t authoritative_servers = 100'000;

}  // namespace

std::string Worker::open_loop() {
  std::string error;
  loop_ = make_loop(config_.loop, config_.io != Io::mmsg, config_.io != Io::uring, &error);
  return loop_ == nullptr ? error : std::string();
}

std::string Worker::open_sockets() {
  FlowPlanInput input;
  for (const Address& upstream : config_.engine.upstreams) {
    ++(upstream.family() == AF_INET6 ? input.upstreams_v6 : input.upstreams_v4);
  }
  if (config_.hierarchy != nullptr) {
    input.upstreams_v4 = config_.iterative.flows_v4 > 0 ? authoritative_servers : 0;
    input.upstreams_v6 = config_.iterative.flows_v6 > 0 ? authoritative_servers : 0;
  }
  UdpSocket probe = open_unconnected_udp(AF_INET, Address());
  if (probe.fd < 0) probe = open_unconnected_udp(AF_INET6, Address());
  if (probe.fd < 0) return std::string("cannot open a UDP socket: ") + std::strerror(probe.error);
  close(probe.fd);
  input.in_flight = config_.engine.in_flight;
  input.datagrams_per_socket = datagrams_that_fit(probe.receive_octets);
  input.sockets_max = config_.sockets_max;
  FlowPlan plan = plan_flows(input);
  if (std::string error = open_flows(plan); !error.empty()) return error;

  config_.engine.flows = plan;
  if (plan.connected) {
    config_.engine.in_flight_per_upstream =
        std::min(config_.engine.in_flight_per_upstream, plan.per_upstream * plan.capacity);
  }
  batcher_ = std::make_unique<SendBatcher>(query_octets_max);
  refresh_clock();
  tcp_ = std::make_unique<TcpConnections>(*loop_, config_.source, config_.tcp_connections_max);
  if (config_.hierarchy != nullptr) {
    open_iterative_engine(plan);
    return {};
  }
  engine_ = std::make_unique<LookupEngine>(config_.engine, limits_, *this, *this, random_, now_);
  return {};
}

void Worker::open_iterative_engine(const FlowPlan& plan) {
  config_.iterative.flows_v4 = plan.v4;
  config_.iterative.flows_v6 = plan.v6;
  engine_ = std::make_unique<IterativeEngine>(config_.iterative, *config_.hierarchy, limits_.total, *this,
                                              *this, random_, now_);
}

std::string Worker::open_flows(const FlowPlan& plan) {
  for (size_t flow = 0; flow < plan.total; ++flow) {
    const auto [socket, connected] = open_flow(plan, flow);
    if (socket.fd < 0) {
      std::string text = "cannot open UDP socket " + std::to_string(flow + 1) + " of " +
                         std::to_string(plan.total);
      if (config_.source.family() != AF_UNSPEC) text += " with source address " + config_.source.host_text();
      return text + ": " + std::strerror(socket.error);
    }
    flows_.emplace_back();
    put_into_use(static_cast<FlowIndex>(flow), socket.fd, connected);
  }
  return {};
}

// A socket on a random port for it, and whether that is connected.
std::pair<UdpSocket, bool> Worker::open_flow(const FlowPlan& plan, size_t flow) const {
  if (!plan.connected) {
    return {open_unconnected_udp(flow < plan.v4 ? AF_INET : AF_INET6, config_.source), false};
  }
  const Address& upstream = config_.engine.upstreams[flow / plan.per_upstream];
  const UdpSocket socket = open_connected_udp(upstream, config_.source);
  // No route now does not mean none later, and one bad address must not end the run: such a flow stays
  // unconnected and fails by sending.
  const bool ours = socket.error == EMFILE || socket.error == ENFILE || socket.error == ENOMEM ||
                    socket.error == ENOBUFS || socket.error == EADDRNOTAVAIL;
  if (socket.fd >= 0 || ours) return {socket, true};
  return {open_unconnected_udp(upstream.family(), config_.source), false};
}

void Worker::put_into_use(FlowIndex flow, int fd, bool connected) {
  const SocketIndex index = loop_->add_socket(fd, connected);
  flows_[flow] = {index, connected};
  if (socket_flows_.size() <= index) socket_flows_.resize(index + 1);
  socket_flows_[index] = flow;
}

}  // namespace dnswarm
