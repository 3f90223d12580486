// Policy. Everything queued goes out first, one sendmmsg per socket and 64 messages; then one wait;
// then each ready socket is read until it is empty. sendmmsg hides the error of message k behind a
// short count: it shows when the next call begins with k, so each call starts where the last ended.
// After EAGAIN the socket's buffer is full and the rest of its chain is reported, not tried.
#include "net/mmsg_loop.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/check.h"

namespace dnswarm {
namespace {

// epoll's 64 bits of user data: what it is (8), generation (24), socket index or token (32).
enum class Kind : uint8_t { wake, socket, watch };
constexpr uint32_t generation_mask = 0xffffff;

uint64_t tag(Kind kind, uint32_t generation, uint32_t index) {
  return uint64_t{static_cast<uint8_t>(kind)} << 56 | uint64_t{generation} << 32 | index;
}

}  // namespace

MmsgLoop::MmsgLoop(const LoopOptions& options)
    : options_(options),
      receive_octets_(new uint8_t[messages_max * options.receive_buffer_octets]) {
  for (unsigned i = 0; i < messages_max; ++i) {
    receive_parts_[i] = {.iov_base = receive_octets_.get() + i * options.receive_buffer_octets,
                         .iov_len = options.receive_buffer_octets};
    receive_vector_[i] = {};
    receive_vector_[i].msg_hdr.msg_iov = &receive_parts_[i];
    receive_vector_[i].msg_hdr.msg_iovlen = 1;
  }
}

MmsgLoop::~MmsgLoop() {
  for (const Socket& socket : sockets_) {
    if (socket.fd >= 0) close(socket.fd);
  }
  if (wake_fd_ >= 0) close(wake_fd_);
  if (epoll_fd_ >= 0) close(epoll_fd_);
}

bool MmsgLoop::open(int* error) {
  epoll_fd_ = epoll_create1(EPOLL_CLOEXEC);
  wake_fd_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  epoll_event event{.events = EPOLLIN, .data = {.u64 = tag(Kind::wake, 0, 0)}};
  if (epoll_fd_ >= 0 && wake_fd_ >= 0 &&
      epoll_ctl(epoll_fd_, EPOLL_CTL_ADD, wake_fd_, &event) == 0) {
    return true;
  }
  *error = errno;
  return false;
}

SocketIndex MmsgLoop::add_socket(int fd, bool connected) {
  SocketIndex index = static_cast<SocketIndex>(sockets_.size());
  if (free_.empty()) {
    sockets_.emplace_back();
  } else {
    index = free_.back();
    free_.pop_back();
  }
  generation_ = (generation_ + 1) & generation_mask;
  sockets_[index] = {
      .fd = fd, .generation = generation_, .connected = connected, .gso = options_.gso};
  epoll_event event{.events = EPOLLIN, .data = {.u64 = tag(Kind::socket, generation_, index)}};
  CHECK(epoll_ctl(epoll_fd_, EPOLL_CTL_ADD, fd, &event) == 0 || errno == ENOMEM || errno == ENOSPC);
  return index;
}

void MmsgLoop::remove_socket(SocketIndex socket) {
  CHECK(socket < sockets_.size() && sockets_[socket].fd >= 0);
  epoll_ctl(epoll_fd_, EPOLL_CTL_DEL, sockets_[socket].fd, nullptr);
  close(sockets_[socket].fd);
  sockets_[socket].fd = -1;
  free_.push_back(socket);
}

void MmsgLoop::send(const SendBatch& batch) {
  Socket& socket = sockets_[batch.socket];
  const uint32_t at = static_cast<uint32_t>(queued_.size());
  queued_.push_back({{batch, socket.generation}, none});
  if (socket.first_queued == none) {
    socket.first_queued = at;
    waiting_.push_back(batch.socket);
  } else {
    queued_[socket.last_queued].next = at;
  }
  socket.last_queued = at;
}

// Handlers that send meanwhile fill queued_ for the next turn.
void MmsgLoop::send_queued(LoopHandler& handler) {
  sending_.swap(queued_);
  flushing_.swap(waiting_);
  // All chains are taken before the first handler runs and begins new ones: the head of its chain
  // replaces each socket's index.
  for (uint32_t& entry : flushing_) {
    entry = std::exchange(sockets_[entry].first_queued, none);
  }
  for (const uint32_t first : flushing_) {
    if (first != none) send_chain(first, handler);
  }
  sending_.clear();
  flushing_.clear();
}

void MmsgLoop::send_chain(uint32_t first, LoopHandler& handler) {
  const SocketIndex index = sending_[first].batch.socket;
  const uint32_t generation = sending_[first].generation;
  bool congested = false;
  uint16_t done = 0;
  for (uint32_t at = first; at != none && is_current(index, generation);) {
    unsigned count = 0;
    while (at != none && count < messages_max) {
      const SendBatch& batch = sending_[at].batch;
      const uint16_t segments = segments_in_one_send(batch, done, sockets_[index].gso);
      parts_[count++] = part_of(batch, done, segments);
      done = static_cast<uint16_t>(done + segments);
      if (done < batch.segments) continue;
      at = sending_[at].next;
      done = 0;
    }
    send_parts(index, generation, count, congested, handler);
  }
}

void MmsgLoop::send_parts(SocketIndex index, uint32_t generation, unsigned count, bool& congested,
                          LoopHandler& handler) {
  for (unsigned i = 0; i < count; ++i) {
    messages_[i].fill(parts_[i]);
    vector_[i].msg_hdr = messages_[i].header;
  }
  for (unsigned at = 0; at < count && is_current(index, generation);) {
    const SendBatch& part = parts_[at];
    if (congested) {
      report_failed(part, EAGAIN, handler);
      ++at;
      continue;
    }
    if (part.segments > 1 && !sockets_[index].gso) {
      send_singly(part, handler);
      ++at;
      continue;
    }
    const int sent = sendmmsg(sockets_[index].fd, &vector_[at], count - at, MSG_DONTWAIT);
    if (sent > 0) {
      at += static_cast<unsigned>(sent);
    } else if (errno == EAGAIN) {
      congested = true;
    } else if (part.segments > 1 && is_segmentation_error(errno)) {
      sockets_[index].gso = false;
    } else if (errno != EINTR) {
      report(part, errno, handler);
      ++at;
    }
  }
}

// The datagrams of a send that segmentation failed for.
void MmsgLoop::send_singly(const SendBatch& batch, LoopHandler& handler) {
  const uint32_t generation = sockets_[batch.socket].generation;
  for (uint16_t i = 0; i < batch.segments && is_current(batch.socket, generation); ++i) {
    const SendBatch single = part_of(batch, i, 1);
    const Address* to = single.destination;
    ssize_t sent;
    do {
      sent = sendto(sockets_[batch.socket].fd, single.octets, single.segment_octets, MSG_DONTWAIT,
                    to ? to->sa() : nullptr, to ? to->sa_octets() : 0);
    } while (sent < 0 && errno == EINTR);
    if (sent < 0) report(single, errno, handler);
  }
}

void MmsgLoop::report(const SendBatch& batch, int error, LoopHandler& handler) {
  eventful_ = true;
  report_failed(batch, error, handler);
}

void MmsgLoop::watch(uint32_t token, int fd, short events) {
  unwatch(token);
  generation_ = (generation_ + 1) & generation_mask;
  // EPOLLIN is POLLIN, and so on.
  const auto bits = static_cast<uint32_t>(static_cast<unsigned short>(events));
  epoll_event event{.events = bits, .data = {.u64 = tag(Kind::watch, generation_, token)}};
  watches_[token] = {.fd = fd, .generation = generation_};
  if (epoll_ctl(epoll_fd_, EPOLL_CTL_ADD, fd, &event) != 0) failed_watches_.push_back(token);
}

void MmsgLoop::unwatch(uint32_t token) {
  const auto found = watches_.find(token);
  if (found == watches_.end()) return;
  epoll_ctl(epoll_fd_, EPOLL_CTL_DEL, found->second.fd, nullptr);
  watches_.erase(found);
  std::erase(failed_watches_, token);
}

void MmsgLoop::report_failed_watches(LoopHandler& handler) {
  std::vector<uint32_t> failed;
  failed.swap(failed_watches_);
  for (const uint32_t token : failed) {
    if (watches_.erase(token) == 0) continue;
    eventful_ = true;
    handler.on_ready(token, POLLERR);
  }
}

bool MmsgLoop::turn(Duration wait, unsigned want, LoopHandler& handler, unsigned most) {
  datagrams_ = 0;
  eventful_ = false;
  send_queued(handler);
  if (!failed_watches_.empty()) report_failed_watches(handler);
  if (eventful_) wait = Duration::zero();
  bool batching = want > 1 && wait > Duration::zero();
  unsigned events = wait_for_events(wait);
  for (int round = 0; round < rounds_max; ++round) {
    bool more = dispatch(events, most, handler);
    if (batching && datagrams_ > 0 && datagrams_ < want) {
      const timespec rest = to_timespec(std::min(wait, batching_wait));
      clock_nanosleep(CLOCK_MONOTONIC, 0, &rest, nullptr);
      batching = false;
      more = true;
    }
    if (!more) return true;
    if (datagrams_ >= most) return false;
    events = wait_for_events(Duration::zero());
  }
  return datagrams_ < most;
}

unsigned MmsgLoop::wait_for_events(Duration wait) {
  wait = std::clamp(wait, Duration::zero(), wait_max);
  int count = -1;
  if (has_pwait2_) {
    const timespec timeout = to_timespec(wait);
    count = epoll_pwait2(epoll_fd_, events_.data(), messages_max, &timeout, nullptr);
    has_pwait2_ = count >= 0 || errno == EINTR;  // ENOSYS before 5.11, EPERM under old filters
  }
  if (!has_pwait2_) {
    const auto timeout = std::chrono::ceil<std::chrono::milliseconds>(wait).count();
    count = epoll_wait(epoll_fd_, events_.data(), messages_max, static_cast<int>(timeout));
  }
  return static_cast<unsigned>(std::max(count, 0));
}

// True where there may be more than the `events` taken.
bool MmsgLoop::dispatch(unsigned events, unsigned most, LoopHandler& handler) {
  for (unsigned i = 0; i < events; ++i) {
    if (datagrams_ >= most) return true;  // epoll shows the others again
    const uint64_t data = events_[i].data.u64;
    const auto kind = static_cast<Kind>(data >> 56);
    const uint32_t generation = static_cast<uint32_t>(data >> 32) & generation_mask;
    const auto index = static_cast<uint32_t>(data);
    if (kind == Kind::socket) {
      receive(index, generation, handler);
    } else if (kind == Kind::watch) {
      const auto found = watches_.find(index);
      if (found == watches_.end() || found->second.generation != generation) continue;
      unwatch(index);
      handler.on_ready(index, static_cast<short>(events_[i].events));
    } else {
      uint64_t count;
      [[maybe_unused]] const ssize_t octets = read(wake_fd_, &count, sizeof count);
    }
  }
  return events == messages_max;
}

void MmsgLoop::receive(SocketIndex index, uint32_t generation, LoopHandler& handler) {
  for (int round = 0; round < rounds_max && is_current(index, generation); ++round) {
    const int received = receive_some(index);
    if (received < 0 && errno == EINTR) continue;
    if (received < 0 && errno == EAGAIN) return;
    if (received < 0) {
      handler.on_socket_error(index, errno);
      continue;
    }
    const auto count = static_cast<unsigned>(received);
    for (unsigned i = 0; i < count && is_current(index, generation); ++i) {
      if (i % LoopHandler::expected_max == 0) announce(index, i, count, handler);
      const mmsghdr& message = receive_vector_[i];
      auto* octets = static_cast<uint8_t*>(receive_parts_[i].iov_base);
      const Address source = sockets_[index].connected
                                 ? Address()
                                 : Address(reinterpret_cast<const sockaddr*>(&sources_[i]));
      ++datagrams_;
      handler.on_datagram(index, sockets_[index].connected ? nullptr : &source,
                          {octets, message.msg_len},
                          (message.msg_hdr.msg_flags & MSG_TRUNC) != 0);
    }
    // Fewer than asked for: the socket was empty, or an error waits that epoll shows again.
    if (count < messages_max) return;
  }
}

// The next lot of received datagrams, from the one at `first` on.
void MmsgLoop::announce(SocketIndex index, unsigned first, unsigned count, LoopHandler& handler) {
  std::array<ExpectedDatagram, LoopHandler::expected_max> lot;
  const unsigned size = std::min(count - first, LoopHandler::expected_max);
  for (unsigned i = 0; i < size; ++i) {
    const auto* octets = static_cast<const uint8_t*>(receive_parts_[first + i].iov_base);
    lot[i] = {index, {octets, receive_vector_[first + i].msg_len}};
  }
  if (size > 1) handler.expect_datagrams({lot.data(), size});
}

int MmsgLoop::receive_some(SocketIndex index) {
  const Socket& socket = sockets_[index];
  for (unsigned i = 0; i < messages_max; ++i) {
    msghdr& header = receive_vector_[i].msg_hdr;
    header.msg_name = socket.connected ? nullptr : &sources_[i];
    header.msg_namelen = socket.connected ? 0 : sizeof sources_[i];
  }
  return recvmmsg(socket.fd, receive_vector_.data(), messages_max, MSG_DONTWAIT, nullptr);
}

void MmsgLoop::wake() {
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t octets = write(wake_fd_, &one, sizeof one);
}

std::string MmsgLoop::describe() const { return options_.gso ? "mmsg (gso)" : "mmsg"; }

uint64_t MmsgLoop::drops(SocketIndex socket) const { return socket_drops(sockets_[socket].fd); }

std::unique_ptr<Loop> make_mmsg_loop(const LoopOptions& options, std::string* error) {
  auto loop = std::make_unique<MmsgLoop>(options);
  int code = 0;
  if (loop->open(&code)) return loop;
  *error = std::string("no epoll or eventfd descriptor: ") + std::strerror(code);
  return nullptr;
}

std::unique_ptr<Loop> make_loop(const LoopOptions& options, bool ring, bool mmsg, std::string* error) {
  std::unique_ptr<Loop> loop;
  if (ring) loop = make_ring_loop(options, error);
  if (loop == nullptr && !mmsg) {
    *error = "io_uring: " + *error;
  } else if (loop == nullptr) {
    loop = make_mmsg_loop(options, error);
    if (loop == nullptr) *error = "epoll: " + *error;
  }
  return loop;
}

}  // namespace dnswarm
