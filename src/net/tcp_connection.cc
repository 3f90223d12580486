// Policy. send() only queues: the queries of a turn leave in one write when the loop next finds the
// socket writable. Reading comes before writing, so that responses that came before a reset are
// not lost to the failing write. Nothing here has a timer: the owner closes what is silent for long.
#include "net/tcp_connection.h"

#include <netinet/tcp.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/check.h"

namespace dnswarm {
namespace {

constexpr size_t length_octets = 2;
constexpr size_t message_octets_max = 65535;
constexpr size_t input_octets_first = 4096;
// A whole frame and what may come behind it in one read.
constexpr size_t input_octets_max = size_t{128} << 10;

}  // namespace

TcpConnection::TcpConnection(const Address& peer, const Address& source, Instant now)
    : last_used_(now) {
  start(peer, source);
}

void TcpConnection::start(const Address& peer, const Address& source) {
  fd_ = socket(peer.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
  if (fd_ < 0) return fail(errno);
  const int on = 1;
  setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (source.family() != AF_UNSPEC) {
    // The port is chosen at connect(), so it need be unique per peer only.
    setsockopt(fd_, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    Address local = source;
    local.set_port(0);
    if (bind(fd_, local.sa(), local.sa_octets()) != 0) return fail(errno);
  }
  if (connect(fd_, peer.sa(), peer.sa_octets()) == 0) {
    state_ = State::open;
  } else if (errno != EINPROGRESS) {
    fail(errno);
  }
}

TcpConnection::~TcpConnection() { close(); }

void TcpConnection::close() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
  state_ = State::closed;
}

void TcpConnection::fail(int error) {
  error_ = error;
  close();
}

short TcpConnection::wanted_events() const {
  if (state_ == State::closed) return 0;
  if (state_ == State::connecting) return POLLOUT;
  return static_cast<short>(out_at_ < out_.size() ? POLLIN | POLLOUT : POLLIN);
}

bool TcpConnection::send(Octets message) {
  CHECK(message.size() <= message_octets_max);
  const size_t unsent = out_.size() - out_at_;
  if (state_ == State::closed || unsent + length_octets + message.size() > octets_unsent_max) {
    return false;
  }
  // What has been written is dropped once it is half of the buffer: each octet moves once at most.
  if (out_at_ > 0 && out_at_ >= unsent) {
    out_.erase(out_.begin(), out_.begin() + static_cast<ptrdiff_t>(out_at_));
    out_at_ = 0;
  }
  const size_t at = out_.size();
  out_.resize(at + length_octets + message.size());
  out_[at] = static_cast<uint8_t>(message.size() >> 8);
  out_[at + 1] = static_cast<uint8_t>(message.size());
  std::copy(message.begin(), message.end(), out_.begin() + static_cast<ptrdiff_t>(at + length_octets));
  return true;
}

void TcpConnection::on_ready(short events, Instant now,
                             const std::function<void(std::span<uint8_t>)>& on_message) {
  if (state_ == State::connecting && (events & (POLLOUT | POLLERR | POLLHUP)) != 0) connected();
  if (state_ != State::open) return;
  const bool readable = (events & (POLLIN | POLLERR | POLLHUP)) != 0;
  const size_t unsent = out_.size() - out_at_;
  if (readable && read(on_message)) last_used_ = now;
  if (state_ != State::open) return;
  flush();
  if (out_.size() - out_at_ < unsent) last_used_ = now;
}

void TcpConnection::connected() {
  int error = 0;
  socklen_t length = sizeof error;
  if (getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &length) != 0) error = errno;
  if (error != 0) return fail(error);
  state_ = State::open;
}

void TcpConnection::flush() {
  while (out_at_ < out_.size()) {
    const ssize_t sent =
        ::send(fd_, out_.data() + out_at_, out_.size() - out_at_, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && errno == EAGAIN) return;
    if (sent < 0) return fail(errno);
    out_at_ += static_cast<size_t>(sent);
  }
  out_.clear();
  out_at_ = 0;
}

// True where octets came.
bool TcpConnection::read(const std::function<void(std::span<uint8_t>)>& on_message) {
  bool came = false;
  if (in_.empty()) in_.resize(input_octets_first);
  for (size_t taken = 0; taken < octets_read_per_call_max;) {
    if (in_size_ == in_.size()) in_.resize(std::min(in_.size() * 2, input_octets_max));
    const ssize_t got = recv(fd_, in_.data() + in_size_, in_.size() - in_size_, MSG_DONTWAIT);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == EAGAIN) break;
    if (got < 0) {
      fail(errno);
      break;
    }
    if (got == 0) {
      fail(in_size_ == 0 ? 0 : ECONNRESET);  // within a frame: not in order
      break;
    }
    came = true;
    const bool filled = static_cast<size_t>(got) == in_.size() - in_size_;
    taken += static_cast<size_t>(got);
    in_size_ += static_cast<size_t>(got);
    take_messages(on_message);
    if (state_ != State::open || !filled) break;
  }
  return came;
}

void TcpConnection::take_messages(const std::function<void(std::span<uint8_t>)>& on_message) {
  size_t at = 0;
  while (in_size_ - at >= length_octets) {
    const size_t size = load_u16(&in_[at]);
    if (in_size_ - at - length_octets < size) break;
    at += length_octets + size;
    on_message({in_.data() + at - size, size});
    if (state_ != State::open) return;
  }
  if (at == 0) return;
  std::copy(in_.begin() + static_cast<ptrdiff_t>(at),
            in_.begin() + static_cast<ptrdiff_t>(in_size_), in_.begin());
  in_size_ -= at;
}

}  // namespace dnswarm
