#include "udp_responder.h"

#include <netinet/udp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "base/check.h"

namespace dnswarm::sim {
namespace {

constexpr unsigned datagrams_per_turn = 64;
constexpr size_t datagram_octets = 65'536;
// Buffers that begin at the same place of a page would fight for the same lines of the cache.
constexpr size_t datagram_stride = datagram_octets + 192;

double thread_cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

Duration real_to_monotonic() {
  return std::chrono::duration_cast<Duration>(monotonic_now().time_since_epoch()) -
         std::chrono::duration_cast<Duration>(std::chrono::system_clock::now().time_since_epoch());
}

}  // namespace

struct UdpResponder::Room {
  struct alignas(8) Control {
    uint8_t octets[CMSG_SPACE(sizeof(int)) + CMSG_SPACE(sizeof(in_pktinfo)) +
                   CMSG_SPACE(sizeof(timespec))];
  };
  std::unique_ptr<uint8_t[]> octets{new uint8_t[datagrams_per_turn * datagram_stride]};
  mmsghdr messages[datagrams_per_turn] = {};
  iovec iovecs[datagrams_per_turn] = {};
  Control controls[datagrams_per_turn] = {};
  sockaddr_in6 names[datagrams_per_turn] = {};

  Room() {
    for (unsigned i = 0; i < datagrams_per_turn; ++i) {
      iovecs[i] = {octets.get() + i * datagram_stride, datagram_octets};
      messages[i].msg_hdr.msg_iov = &iovecs[i];
      messages[i].msg_hdr.msg_iovlen = 1;
      messages[i].msg_hdr.msg_name = &names[i];
      messages[i].msg_hdr.msg_control = &controls[i];
      rearm(i);
    }
  }
  void rearm(unsigned i) {
    messages[i].msg_hdr.msg_namelen = sizeof names[i];
    messages[i].msg_hdr.msg_controllen = sizeof controls[i];
  }
};

UdpResponder::UdpResponder(Simulation& simulation, std::vector<BoundSocket> sockets,
                           unsigned worker)
    : simulation_(simulation),
      sockets_(std::move(sockets)),
      other_fds_(sockets_.size(), -1),
      counts_(simulation.upstreams.size()),
      writer_(*simulation.source, simulation.rule, simulation.responder),
      faulty_(writer_, mix64(simulation.seed + worker)),
      batch_(simulation.gso, batches_),
      room_(std::make_unique<Room>()),
      real_to_monotonic_(real_to_monotonic()) {
  epoll_ = epoll_create1(EPOLL_CLOEXEC);
  wake_ = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  CHECK(epoll_ >= 0 && wake_ >= 0);
  for (uint32_t i = 0; i <= sockets_.size(); ++i) {
    const bool is_wake = i == sockets_.size();
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u32 = i;
    CHECK(epoll_ctl(epoll_, EPOLL_CTL_ADD, is_wake ? wake_ : sockets_[i].fd, &event) == 0);
    const int on = 1;
    if (!is_wake && simulation.kernel_time) {
      setsockopt(sockets_[i].fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
    }
  }
}

UdpResponder::~UdpResponder() {
  for (const BoundSocket& socket : sockets_) close(socket.fd);
  for (const int fd : other_fds_) {
    if (fd >= 0) close(fd);
  }
  close(epoll_);
  close(wake_);
}

void UdpResponder::wake() {
  const uint64_t one = 1;
  if (write(wake_, &one, sizeof one) < 0) return;  // it is awake already
}

void UdpResponder::run() {
  constexpr int events_max = 64;
  epoll_event events[events_max];
  while (!simulation_.stopping.load(std::memory_order_relaxed)) {
    timespec timeout{};
    const timespec* wait = nullptr;
    const Instant due = delayed_.next_due();
    if (due != never) {
      const int64_t left = std::max<int64_t>(0, (due - monotonic_now()).count());
      timeout = {left / 1'000'000'000, left % 1'000'000'000};
      wait = &timeout;
    }
    const int ready = epoll_pwait2(epoll_, events, events_max, wait, nullptr);
    now_ = monotonic_now();
    ++batches_.turns;
    for (int i = 0; i < ready; ++i) {
      if (events[i].data.u32 < sockets_.size()) turn_socket(sockets_[events[i].data.u32], now_);
    }
    send_due(now_);
    batch_.flush();
  }
  batches_.cpu_seconds = thread_cpu_seconds();
}

void UdpResponder::send_due(Instant now) {
  delayed_.take_due(now, [&](const Peer& peer, Octets octets) {
    const uint32_t number = batch_.peer(peer);
    std::memcpy(batch_.room(), octets.data(), octets.size());
    batch_.add(number, octets.size());
  });
}

UdpResponder::Arrival UdpResponder::read_control(msghdr& message, Instant now) const {
  Arrival arrival;
  arrival.at = now;
  for (cmsghdr* c = CMSG_FIRSTHDR(&message); c != nullptr; c = CMSG_NXTHDR(&message, c)) {
    if (c->cmsg_level == IPPROTO_UDP && c->cmsg_type == UDP_GRO) {
      int segment = 0;
      std::memcpy(&segment, CMSG_DATA(c), sizeof segment);
      arrival.segment_octets = static_cast<size_t>(std::max(0, segment));
    } else if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
      in_pktinfo info;
      std::memcpy(&info, CMSG_DATA(c), sizeof info);
      arrival.to_ipv4 = ntohl(info.ipi_addr.s_addr);
    } else if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPNS) {
      timespec time;
      std::memcpy(&time, CMSG_DATA(c), sizeof time);
      const Duration real = std::chrono::seconds{time.tv_sec} + Duration{time.tv_nsec};
      arrival.at = Instant{real + real_to_monotonic_};
    }
  }
  return arrival;
}

void UdpResponder::turn_socket(const BoundSocket& socket, Instant now) {
  const int got = recvmmsg(socket.fd, room_->messages, datagrams_per_turn, MSG_DONTWAIT, nullptr);
  for (unsigned i = 0; i < static_cast<unsigned>(std::max(0, got)); ++i) {
    take_datagram(socket, i, room_->messages[i].msg_len, now);
    room_->rearm(i);
  }
}

void UdpResponder::take_datagram(const BoundSocket& socket, unsigned index, size_t octets,
                                 Instant now) {
  msghdr& message = room_->messages[index].msg_hdr;
  const Arrival arrival = read_control(message, now);
  uint32_t number = socket.upstream;
  peer_ = Peer{};
  peer_.fd = socket.fd;
  std::memcpy(&peer_.to, &room_->names[index], message.msg_namelen);
  if (simulation_.groups[socket.group].any_address) {
    const ListenGroup& group = simulation_.groups[socket.group];
    const uint32_t index_in_group = group.index_of(arrival.to_ipv4);
    if (index_in_group == group.count) return;  // the port of an address that is none of ours
    number += index_in_group;
    peer_.from_ipv4 = arrival.to_ipv4;
  }
  Upstream& upstream = *simulation_.upstreams[number];
  UpstreamCounts& counts = counts_[number];
  writer_.set_source(*upstream.source);
  const uint16_t port = ntohs(peer_.to.v4.sin_port);  // sin6_port has the same place
  if (upstream.shared.ports) upstream.shared.ports->add(port);
  simulation_.total.ports->add(port);
  const uint8_t* at = room_->iovecs[index].iov_base == nullptr
                          ? nullptr
                          : static_cast<const uint8_t*>(room_->iovecs[index].iov_base);
  const size_t segment =
      arrival.segment_octets == 0 ? std::max<size_t>(octets, 1) : arrival.segment_octets;
  uint64_t queries = 0;
  ++batches_.received;
  batches_.gro_batches += octets > segment;
  peer_number_ = batch_.peer(peer_);
  now_ = arrival.at;
  do {
    const size_t size = std::min(segment, octets);
    answer(upstream, counts, {at, size}, arrival.at);
    at += size;
    octets -= size;
    ++queries;
  } while (octets > 0);
  counts.queries_udp += queries;
  upstream.shared.add(arrival.at, queries);
  simulation_.total.add(arrival.at, queries);
}

void UdpResponder::answer(Upstream& upstream, UpstreamCounts& counts, Octets query, Instant now) {
  if (upstream.has_faults) {
    return faulty_.respond(upstream, query, Transport::udp, now, now - simulation_.started, counts,
                           *this);
  }
  ResponseNote note;
  uint8_t* const room = batch_.room();
  const size_t size = writer_.write(query, Transport::udp, upstream.text, room, note);
  if (size == 0) {
    ++counts.ignored;
    return;
  }
  count_response(note, counts);
  if (note.wait.count() > 0) return emit({room, size}, note.wait, false);
  batch_.add(peer_number_, size);
}

void UdpResponder::emit(Octets response, Duration delay, bool other_port) {
  Peer to = peer_;
  if (other_port) to.fd = other_port_fd(peer_);
  if (delay > Duration{0}) {
    batches_.overflows += !delayed_.add(now_ + delay, to, response);
    return;
  }
  if (other_port) {
    if (sendto(to.fd, response.data(), response.size(), 0, &to.to.sa, to.to_octets()) < 0) {
      ++batches_.send_errors;
    }
    return;
  }
  std::memcpy(batch_.room(), response.data(), response.size());
  batch_.add(peer_number_, response.size());
}

// A socket at the same address on some other port.
int UdpResponder::other_port_fd(const Peer& peer) {
  size_t i = 0;
  while (sockets_[i].fd != peer.fd) ++i;
  if (other_fds_[i] >= 0) return other_fds_[i];
  const Address& at = simulation_.upstreams[sockets_[i].upstream]->address;
  const bool is_any = simulation_.groups[sockets_[i].group].any_address;
  const int fd = socket(at.family(), SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  Address local = at;
  local.set_port(0);
  if (fd < 0) return peer.fd;
  if (!is_any && bind(fd, local.sa(), local.sa_octets()) < 0) {
    close(fd);
    return peer.fd;
  }
  return other_fds_[i] = fd;
}

}  // namespace dnswarm::sim
