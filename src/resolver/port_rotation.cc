// Source ports change, slowly: who found one out by trying has it for a while only (RFC 5452 section 9.2).
//
// Every `port_rotation` one flow, in turn, gets a new socket with a new random port, and sends from there.
// The old one stays open until the next turn, for the answers that are under way: so one more is open than
// flows are. It does not happen where the descriptors do not suffice for that, and not while nothing is
// asked.
#include "net/udp_socket.h"
#include "resolver/worker.h"

namespace dnswarm {

void Worker::rotate_port() {
  const FlowPlan& plan = config_.engine.flows;
  if (config_.port_rotation == Duration(0) || plan.total >= config_.sockets_max) return;
  if (real_now_ < next_rotation_ || engine_->in_flight() == 0) return;
  const bool first = next_rotation_ == Instant();
  next_rotation_ = real_now_ + config_.port_rotation;
  if (first) return;
  if (retired_) {
    drops_of_removed_ += loop_->drops(*retired_);
    loop_->remove_socket(*retired_);
    retired_.reset();
  }
  const auto flow = static_cast<FlowIndex>(next_rotated_++ % flows_.size());
  const auto [socket, connected] = open_flow(plan, flow);
  if (socket.fd < 0) return;
  retired_ = flows_[flow].socket;
  put_into_use(flow, socket.fd, connected);
}

}  // namespace dnswarm
