// The half of RingLoop that takes completions and calls the handler. Handlers may add and remove
// sockets, so no reference into sockets_ lives across a call.
#include <poll.h>

#include <cerrno>

#include "net/ring_loop.h"

namespace dnswarm {
namespace {

// On unconnected sockets recvmsg puts a header and room for the address before the datagram.
constexpr size_t address_octets = sizeof(io_uring_recvmsg_out) + sizeof(sockaddr_in6);

// Errors that a new receive would meet again at once, for ever.
bool is_lasting(int error) {
  return error == EBADF || error == EINVAL || error == ENOTSOCK || error == EOPNOTSUPP ||
         error == EFAULT;
}

// The loop's own business: buffers or memory ran out (the datagrams stay in the socket), or the
// request was interrupted.
bool is_passing(int error) {
  return error == ENOBUFS || error == ENOMEM || error == EAGAIN || error == EINTR ||
         error == ECANCELED;
}

}  // namespace

unsigned RingLoop::sweep() {
  const bool submitted = ring_->unsubmitted() == 0;
  const unsigned taken = ring_->sweep(
      LoopHandler::expected_max,
      [this](const io_uring_cqe& completion, bool last) { foresee(completion, last); },
      [this](const io_uring_cqe& completion) { take(completion); });
  // A failing send completes while it is submitted, so all failures are taken: slots are free.
  if (submitted && !ring_->has_overflow()) {
    slots_used_ = 0;
    slots_generation_ = (slots_generation_ + 1) & Tag::generation_mask;
  }
  return taken;
}

// Each lot of completions is announced before its first one is taken.
void RingLoop::foresee(const io_uring_cqe& completion, bool last_of_lot) {
  const Tag tag(completion.user_data);
  const size_t before = tag.kind() == Tag::receive && !sockets_[tag.index()].connected ? address_octets : 0;
  const bool has_buffer = (completion.flags & IORING_CQE_F_BUFFER) != 0;
  if (has_buffer && completion.res > static_cast<int>(before)) {
    const uint8_t* octets = ring_->buffer(completion.flags >> IORING_CQE_BUFFER_SHIFT);
    expected_.push_back({tag.index(), {octets + before, static_cast<size_t>(completion.res) - before}});
  }
  if (!last_of_lot) return;
  if (expected_.size() > 1) handler_->expect_datagrams(expected_);
  expected_.clear();
}

void RingLoop::take(const io_uring_cqe& completion) {
  const Tag tag(completion.user_data);
  switch (tag.kind()) {
    case Tag::receive:
      return take_received(completion, tag);
    case Tag::send:
      return completion.res < 0 ? take_send_failed(-completion.res, tag) : void();
    case Tag::watch:
      return take_ready(completion.res, tag);
    case Tag::wake:
      if (tag.generation() == wake_generation_) wake_armed_ = false;
      return;
  }
}

void RingLoop::take_received(const io_uring_cqe& completion, Tag tag) {
  const SocketIndex index = tag.index();
  const auto is_live = [&] {
    return sockets_[index].fd >= 0 && sockets_[index].receive_generation == tag.generation();
  };
  if (is_live() && completion.res >= 0) take_datagram(completion, index);
  if ((completion.flags & IORING_CQE_F_BUFFER) != 0) {
    ring_->give_back(completion.flags >> IORING_CQE_BUFFER_SHIFT);
  }
  // Asked of every completion, whatever its result: a zero-length datagram ends the request too.
  if ((completion.flags & IORING_CQE_F_MORE) == 0 && is_live()) {
    receive_ended(index, completion.res);
  }
}

void RingLoop::take_datagram(const io_uring_cqe& completion, SocketIndex index) {
  const bool has_buffer = (completion.flags & IORING_CQE_F_BUFFER) != 0;
  uint8_t* octets =
      has_buffer ? ring_->buffer(completion.flags >> IORING_CQE_BUFFER_SHIFT) : nullptr;
  const auto size = has_buffer ? static_cast<size_t>(completion.res) : size_t{0};
  if (sockets_[index].connected) {
    ++datagrams_;
    ++delivered_;
    // A plain receive cuts without a word: a full buffer counts as cut.
    return handler_->on_datagram(index, nullptr, {octets, size}, size == ring_->buffer_octets());
  }
  if (size < address_octets) return;
  const auto* header = reinterpret_cast<const io_uring_recvmsg_out*>(octets);
  const Address source(reinterpret_cast<const sockaddr*>(octets + sizeof *header));
  ++datagrams_;
  ++delivered_;
  handler_->on_datagram(index, &source, {octets + address_octets, size - address_octets},
                        (header->flags & MSG_TRUNC) != 0);
}

void RingLoop::receive_ended(SocketIndex index, int result) {
  sockets_[index].receiving = false;
  const uint32_t generation = sockets_[index].receive_generation;
  if (result >= 0 || !is_lasting(-result)) receives_to_arm_.push_back({index, generation});
  if (result >= 0 || is_passing(-result)) return;
  ++delivered_;
  handler_->on_socket_error(index, -result);
}

void RingLoop::take_send_failed(int error, Tag tag) {
  if (tag.generation() != slots_generation_) return;
  const SendBatch batch = slots_[tag.index()].batch;
  const uint32_t generation = slots_[tag.index()].generation;
  if (!is_current(batch.socket, generation)) return;
  if (batch.segments > 1 && is_segmentation_error(error)) {
    sockets_[batch.socket].gso = false;
    sending_.push_back({batch, generation});
    return;
  }
  ++delivered_;
  report_failed(batch, error, *handler_);
}

void RingLoop::take_ready(int result, Tag tag) {
  const auto found = watches_.find(tag.index());
  if (found == watches_.end() || found->second.generation != tag.generation()) return;
  watches_.erase(found);
  ++delivered_;
  handler_->on_ready(tag.index(), result < 0 ? short{POLLERR} : static_cast<short>(result));
}

}  // namespace dnswarm
