#include "tcp_responder.h"

#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/check.h"

namespace dnswarm::sim {
namespace {

// More connections than any client keeps; beyond that the newest waits in the backlog.
constexpr size_t connections_max = 10'000;
// A client that asks and does not read is cut off here.
constexpr size_t unsent_octets_max = 4 << 20;
constexpr size_t read_octets = 65'536;

double thread_cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

void watch(int epoll, int operation, int fd, uint64_t key, uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.u64 = key;
  epoll_ctl(epoll, operation, fd, &event);
}

}  // namespace

TcpResponder::TcpResponder(Simulation& simulation, std::vector<BoundSocket> listeners)
    : simulation_(simulation),
      listeners_(std::move(listeners)),
      counts_(simulation.upstreams.size()),
      writer_(*simulation.source, simulation.rule, simulation.responder),
      faulty_(writer_, mix64(~simulation.seed)),
      next_key_(listeners_.size() + 1) {
  epoll_ = epoll_create1(EPOLL_CLOEXEC);
  wake_ = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  CHECK(epoll_ >= 0 && wake_ >= 0);
  for (size_t i = 0; i < listeners_.size(); ++i) {
    watch(epoll_, EPOLL_CTL_ADD, listeners_[i].fd, i, EPOLLIN);
  }
  watch(epoll_, EPOLL_CTL_ADD, wake_, listeners_.size(), EPOLLIN);
}

TcpResponder::~TcpResponder() {
  for (auto& [key, connection] : connections_) close(connection.fd);
  for (const BoundSocket& listener : listeners_) close(listener.fd);
  close(epoll_);
  close(wake_);
}

void TcpResponder::wake() {
  const uint64_t one = 1;
  if (write(wake_, &one, sizeof one) < 0) return;  // it is awake already
}

void TcpResponder::run() {
  constexpr int events_max = 64;
  epoll_event events[events_max];
  while (!simulation_.stopping.load(std::memory_order_relaxed)) {
    timespec timeout{};
    const Instant due = delayed_.next_due();
    if (due != never) {
      const int64_t left = std::max<int64_t>(0, (due - monotonic_now()).count());
      timeout = {left / 1'000'000'000, left % 1'000'000'000};
    }
    const int ready =
        epoll_pwait2(epoll_, events, events_max, due == never ? nullptr : &timeout, nullptr);
    now_ = monotonic_now();
    for (int i = 0; i < ready; ++i) {
      const uint64_t key = events[i].data.u64;
      if (key < listeners_.size()) {
        accept_all(static_cast<uint32_t>(key));
      } else if (key > listeners_.size()) {
        if (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) read_some(key);
        write_some(key);
      }
    }
    delayed_.take_due(now_, [&](uint64_t key, Octets octets) {
      const auto found = connections_.find(key);
      if (found == connections_.end()) return;
      append(found->second, octets);
      write_some(key);
    });
  }
  batches_.cpu_seconds = thread_cpu_seconds();
}

void TcpResponder::accept_all(uint32_t listener) {
  while (connections_.size() < connections_max) {
    sockaddr_storage from{};
    socklen_t from_octets = sizeof from;
    const int fd = accept4(listeners_[listener].fd, reinterpret_cast<sockaddr*>(&from),
                           &from_octets, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) return;
    const ListenGroup& group = simulation_.groups[listeners_[listener].group];
    uint32_t upstream = listeners_[listener].upstream;
    if (group.any_address) {
      sockaddr_in to{};
      socklen_t to_octets = sizeof to;
      getsockname(fd, reinterpret_cast<sockaddr*>(&to), &to_octets);
      const uint32_t index_in_group = group.index_of(ntohl(to.sin_addr.s_addr));
      if (index_in_group == group.count) {
        close(fd);
        continue;
      }
      upstream += index_in_group;
    }
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    Connection& connection = connections_[next_key_];
    connection.fd = fd;
    connection.upstream = upstream;
    watch(epoll_, EPOLL_CTL_ADD, fd, next_key_++, EPOLLIN);
    ++counts_[upstream].tcp_connects;
    simulation_.upstreams[upstream]->shared.add(now_, 1);
    simulation_.total.add(now_, 1);
  }
}

void TcpResponder::read_some(uint64_t key) {
  const auto found = connections_.find(key);
  if (found == connections_.end()) return;
  Connection& connection = found->second;
  const size_t before = connection.in.size();
  connection.in.resize(before + read_octets);
  const ssize_t got = recv(connection.fd, connection.in.data() + before, read_octets, 0);
  connection.in.resize(before + static_cast<size_t>(std::max<ssize_t>(0, got)));
  if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) return close_connection(key);
  key_ = key;
  take_queries(connection);
}

void TcpResponder::take_queries(Connection& connection) {
  Upstream& upstream = *simulation_.upstreams[connection.upstream];
  UpstreamCounts& counts = counts_[connection.upstream];
  writer_.set_source(*upstream.source);
  size_t at = 0;
  while (!connection.closing && connection.in.size() - at >= 2) {
    const size_t size = static_cast<size_t>(connection.in[at] << 8 | connection.in[at + 1]);
    if (connection.in.size() - at - 2 < size) break;
    const Octets query(connection.in.data() + at + 2, size);
    at += 2 + size;
    ++counts.queries_tcp;
    upstream.shared.add(now_, 1);
    simulation_.total.add(now_, 1);
    if (faulty_.closes_tcp(upstream, counts)) {
      connection.closing = true;
    } else {
      faulty_.respond(upstream, query, Transport::tcp, now_, now_ - simulation_.started, counts,
                      *this);
    }
  }
  connection.in.erase(connection.in.begin(),
                      connection.in.begin() + static_cast<std::ptrdiff_t>(at));
}

void TcpResponder::emit(Octets response, Duration delay, bool other_port) {
  if (other_port) return;  // there is no such thing within a connection
  if (delay > Duration{0}) {
    batches_.overflows += !delayed_.add(now_ + delay, key_, response);
  } else {
    append(connections_[key_], response);
  }
}

void TcpResponder::append(Connection& connection, Octets response) {
  if (connection.closing) return;
  connection.out.push_back(static_cast<uint8_t>(response.size() >> 8));
  connection.out.push_back(static_cast<uint8_t>(response.size()));
  connection.out.insert(connection.out.end(), response.begin(), response.end());
  if (++connection.answers != simulation_.upstreams[connection.upstream]->faults.tcp_answers) return;
  connection.closing = true;
  counts_[connection.upstream].add(Fault::tcp_closed);
}

void TcpResponder::write_some(uint64_t key) {
  const auto found = connections_.find(key);
  if (found == connections_.end()) return;
  Connection& connection = found->second;
  if (!connection.out.empty()) {
    const ssize_t sent =
        send(connection.fd, connection.out.data(), connection.out.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN && errno != EINTR) return close_connection(key);
    connection.out.erase(connection.out.begin(),
                         connection.out.begin() + std::max<ssize_t>(0, sent));
  }
  const bool waits = !connection.out.empty();
  if (connection.out.size() > unsent_octets_max || (connection.closing && !waits)) {
    return close_connection(key);
  }
  if (waits != connection.waits_for_room) {
    watch(epoll_, EPOLL_CTL_MOD, connection.fd, key, waits ? EPOLLIN | EPOLLOUT : EPOLLIN);
    connection.waits_for_room = waits;
  }
}

void TcpResponder::close_connection(uint64_t key) {
  const auto found = connections_.find(key);
  if (found == connections_.end()) return;
  close(found->second.fd);
  connections_.erase(found);
}

}  // namespace dnswarm::sim
