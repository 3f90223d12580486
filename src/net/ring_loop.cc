// Policy.
// Sends are MSG_DONTWAIT with IOSQE_CQE_SKIP_SUCCESS: the kernel copies the datagram while it
// submits, so octets, msghdr and slot are free once enter() has returned and its completions, which
// only failures have, are taken. 512 sends are submitted at a time; all but the last lot without
// waiting.
// Receives are one multishot request per socket into one shared set of buffers. Whatever ends it (a
// zero-length datagram, an ICMP error, buffers run out, a full queue) shows as a missing F_MORE, and
// the socket is armed again after the sweep, when the buffers are back. Receives and watches use the
// plain descriptor: a registered file would stay open before Linux 6.13 while any older request on
// any registered file lasts. Sends use the registered one, which saves a reference count each.
// Waiting is for one completion: with DEFER_TASKRUN the kernel counts requests that have something,
// not datagrams, so one socket's burst could not reach a larger number. Only where it has min_wait
// (Linux 6.12) is the number wanted passed on, since then the extra wait is bounded.
// After the wait, the kernel's put-off work is run until there is none (33 datagrams per socket and
// 20 sockets a call since 6.13), so that what came before a timeout is seen before it.
#include "net/ring_loop.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/check.h"

namespace dnswarm {
namespace {

constexpr Duration no_wait = Duration::zero();
// Put-off work may end in no completion, and the flag that shows it may be stale: one empty round
// does not prove that there is no more, a second is not worth following up.
constexpr int empty_rounds_max = 2;

}  // namespace

RingLoop::RingLoop(const LoopOptions& options, std::unique_ptr<Ring> ring, int wake_fd)
    : options_(options), ring_(std::move(ring)), wake_fd_(wake_fd) {
  receive_header_.msg_namelen = sizeof(sockaddr_in6);
}

RingLoop::~RingLoop() {
  ring_.reset();
  for (const Socket& socket : sockets_) {
    if (socket.fd >= 0) close(socket.fd);
  }
  close(wake_fd_);
}

uint32_t RingLoop::next_generation() {
  return generation_ = (generation_ + 1) & Tag::generation_mask;
}

SocketIndex RingLoop::add_socket(int fd, bool connected) {
  SocketIndex index = static_cast<SocketIndex>(sockets_.size());
  if (free_.empty()) {
    sockets_.emplace_back();
  } else {
    index = free_.back();
    free_.pop_back();
  }
  sockets_[index] = {.fd = fd,
                     .generation = next_generation(),
                     .receive_generation = next_generation(),
                     .connected = connected,
                     .gso = options_.gso,
                     .registered = ring_->register_file(index, fd),
                     .receiving = false};
  receives_to_arm_.push_back({index, sockets_[index].receive_generation});
  return index;
}

void RingLoop::remove_socket(SocketIndex index) {
  CHECK(index < sockets_.size() && sockets_[index].fd >= 0);
  submit_refused();
  Socket& socket = sockets_[index];
  if (socket.receiving) ring_->cancel(receive_tag(index));
  if (socket.registered) ring_->register_file(index, -1);
  close(socket.fd);
  socket.fd = -1;
  free_.push_back(index);
}

void RingLoop::send(const SendBatch& batch) {
  queued_.push_back({batch, sockets_[batch.socket].generation});
}

void RingLoop::watch(uint32_t token, int fd, short events) {
  unwatch(token);
  const uint32_t generation = next_generation();
  watches_[token] = {.fd = fd, .events = events, .generation = generation, .armed = false};
  watches_to_arm_.push_back({token, generation});
}

void RingLoop::unwatch(uint32_t token) {
  const auto found = watches_.find(token);
  if (found == watches_.end()) return;
  const Watch watch = found->second;
  watches_.erase(found);
  submit_refused();
  if (watch.armed) ring_->cancel(Tag(Tag::watch, watch.generation, token).bits);
}

// Handlers run while a submission may still be in the queue, where the kernel refused it for want of
// memory. It goes before the descriptor it names is closed or its request is cancelled.
void RingLoop::submit_refused() {
  for (int i = 0; i < rounds_max && ring_->unsubmitted() > 0; ++i) enter(0, no_wait, no_wait);
}

bool RingLoop::turn(Duration wait, unsigned want, LoopHandler& handler, unsigned most) {
  handler_ = &handler;
  datagrams_ = delivered_ = 0;
  sending_.swap(queued_);
  prepare();
  while (has_unprepared()) {
    enter(0, no_wait, no_wait);
    sweep();
    prepare();
  }
  if (delivered_ > 0) wait = no_wait;
  submit_and_wait(wait, want);
  int empty_rounds = 0;
  bool drained = false;
  for (int round = 0; round < rounds_max && empty_rounds < empty_rounds_max; ++round) {
    drained = !ring_->has_more() && receives_to_arm_.empty() && !has_unsent();
    if (drained || datagrams_ >= most) break;
    prepare();
    enter(0, no_wait, no_wait);
    empty_rounds = sweep() == 0 ? empty_rounds + 1 : 0;
  }
  // What was queued goes out in this turn: the octets are the caller's again after it.
  while (has_unsent() || ring_->unsubmitted() > 0) {
    prepare();
    enter(0, no_wait, no_wait);
    sweep();
  }
  sending_.clear();
  next_batch_ = 0;
  handler_ = nullptr;
  return drained || datagrams_ < most;
}

void RingLoop::submit_and_wait(Duration wait, unsigned want) {
  const bool batching = want > 1 && wait > no_wait;
  const Duration batch_wait = std::min(wait, batching_wait);
  if (wait <= no_wait) {
    enter(0, no_wait, no_wait);
  } else if (batching && ring_->has_min_wait()) {
    enter(want, wait, batch_wait);
  } else {
    enter(1, wait, no_wait);
  }
  sweep();
  if (batching && !ring_->has_min_wait() && datagrams_ > 0 && datagrams_ < want) {
    const timespec rest = to_timespec(batch_wait);
    clock_nanosleep(CLOCK_MONOTONIC, 0, &rest, nullptr);
    prepare();
    enter(0, no_wait, no_wait);
    sweep();
  }
}

void RingLoop::prepare() {
  if (!wake_armed_) wake_armed_ = prepare_wake();
  const auto drain = [](std::vector<Arm>& arms, auto&& prepare_one) {
    while (!arms.empty() && prepare_one(arms.back())) arms.pop_back();
  };
  drain(receives_to_arm_, [this](const Arm& arm) { return prepare_receive(arm); });
  drain(watches_to_arm_, [this](const Arm& arm) { return prepare_watch(arm); });
  prepare_sends();
}

// The prepare functions return false where there is no free submission.
bool RingLoop::prepare_wake() {
  io_uring_sqe* submission = ring_->submission();
  if (submission == nullptr) return false;
  io_uring_prep_read(submission, wake_fd_, &wake_count_, sizeof wake_count_, 0);
  submission->user_data = Tag(Tag::wake, wake_generation_, 0).bits;
  return true;
}

bool RingLoop::prepare_receive(const Arm& arm) {
  Socket& socket = sockets_[arm.index];
  if (socket.fd < 0 || socket.receive_generation != arm.generation || socket.receiving) return true;
  io_uring_sqe* submission = ring_->submission();
  if (submission == nullptr) return false;
  // Without MSG_DONTWAIT, which would end it at once.
  if (socket.connected) {
    io_uring_prep_recv_multishot(submission, socket.fd, nullptr, 0, 0);
  } else {
    io_uring_prep_recvmsg_multishot(submission, socket.fd, &receive_header_, 0);
  }
  submission->flags |= IOSQE_BUFFER_SELECT;
  submission->buf_group = Ring::buffer_group;
  submission->user_data = receive_tag(arm.index);
  socket.receiving = true;
  return true;
}

bool RingLoop::prepare_watch(const Arm& arm) {
  const auto found = watches_.find(arm.index);
  if (found == watches_.end() || found->second.generation != arm.generation) return true;
  io_uring_sqe* submission = ring_->submission();
  if (submission == nullptr) return false;
  const auto events = static_cast<unsigned short>(found->second.events);
  io_uring_prep_poll_add(submission, found->second.fd, events);
  submission->user_data = Tag(Tag::watch, arm.generation, arm.index).bits;
  found->second.armed = true;
  return true;
}

void RingLoop::prepare_sends() {
  for (; has_unsent(); ++next_batch_, next_segment_ = 0) {
    const QueuedBatch& queued = sending_[next_batch_];
    if (!is_current(queued.batch.socket, queued.generation)) continue;
    const Socket& socket = sockets_[queued.batch.socket];
    while (next_segment_ < queued.batch.segments) {
      const uint16_t segments = segments_in_one_send(queued.batch, next_segment_, socket.gso);
      if (!prepare_send(part_of(queued.batch, next_segment_, segments), socket)) return;
      next_segment_ = static_cast<uint16_t>(next_segment_ + segments);
    }
  }
}

bool RingLoop::prepare_send(const SendBatch& batch, const Socket& socket) {
  if (slots_used_ == slots_.size()) return false;
  io_uring_sqe* submission = ring_->submission();
  if (submission == nullptr) return false;
  Slot& slot = slots_[slots_used_];
  slot.batch = batch;
  slot.generation = socket.generation;
  const int file = socket.registered ? static_cast<int>(batch.socket) : socket.fd;
  if (batch.segments > 1) {
    slot.message.fill(batch);
    io_uring_prep_sendmsg(submission, file, &slot.message.header, MSG_DONTWAIT);
  } else {
    io_uring_prep_send(submission, file, batch.octets, batch.segment_octets, MSG_DONTWAIT);
    if (batch.destination != nullptr) {
      io_uring_prep_send_set_addr(submission, batch.destination->sa(),
                                  static_cast<uint16_t>(batch.destination->sa_octets()));
    }
  }
  submission->flags |= IOSQE_CQE_SKIP_SUCCESS;
  if (socket.registered) submission->flags |= IOSQE_FIXED_FILE;
  submission->user_data = Tag(Tag::send, slots_generation_, slots_used_++).bits;
  return true;
}

void RingLoop::enter(unsigned completions, Duration wait, Duration min_wait) {
  if (!ring_->enter(completions, wait, min_wait)) arm_everything_again();
}

// Completions were lost, perhaps the last ones of receives, watches and the wake-up.
void RingLoop::arm_everything_again() {
  for (SocketIndex index = 0; index < sockets_.size(); ++index) {
    Socket& socket = sockets_[index];
    if (socket.fd < 0) continue;
    if (socket.receiving) ring_->cancel(receive_tag(index));
    socket.receive_generation = next_generation();
    socket.receiving = false;
    receives_to_arm_.push_back({index, socket.receive_generation});
  }
  for (auto& [token, watch] : watches_) {
    if (watch.armed) ring_->cancel(Tag(Tag::watch, watch.generation, token).bits);
    watch.armed = false;
    watch.generation = next_generation();
    watches_to_arm_.push_back({token, watch.generation});
  }
  if (wake_armed_) ring_->cancel(Tag(Tag::wake, wake_generation_, 0).bits);
  wake_generation_ = next_generation();
  wake_armed_ = false;
}

void RingLoop::wake() {
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t octets = write(wake_fd_, &one, sizeof one);
}

std::string RingLoop::describe() const {
  std::string text = "io_uring (";
  if (ring_->has_min_wait()) text += "min_wait, ";
  if (options_.gso) text += "gso, ";
  if (ring_->has_defer_taskrun()) text += "defer_taskrun, ";
  if (text.ends_with('(')) return "io_uring";
  text.replace(text.size() - 2, 2, ")");
  return text;
}

uint64_t RingLoop::drops(SocketIndex socket) const { return socket_drops(sockets_[socket].fd); }

std::unique_ptr<Loop> make_ring_loop(const LoopOptions& options, std::string* error) {
  auto ring = Ring::open(options, error);
  if (!ring) return nullptr;
  // Blocking: the ring reads it, and would get EAGAIN at once where it is not.
  const int wake_fd = eventfd(0, EFD_CLOEXEC);
  if (wake_fd < 0) {
    *error = std::string("no eventfd descriptor: ") + std::strerror(errno);
    return nullptr;
  }
  auto loop = std::make_unique<RingLoop>(options, std::move(ring), wake_fd);
  *error = self_test(*loop);
  if (!error->empty()) return nullptr;
  return loop;
}

}  // namespace dnswarm
