// Both loops behind one fixture, with every feature mask, and plain sockets as their peers. All in
// one thread: a peer speaks between two turns, so nothing here depends on timing.
#ifndef DNSWARM_TESTS_NET_LOOP_FIXTURE_H_
#define DNSWARM_TESTS_NET_LOOP_FIXTURE_H_

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "net/loop.h"
#include "net/udp_socket.h"

namespace dnswarm {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct LoopKind {
  const char* name;
  bool ring;
  bool min_wait;
  bool gso;
  bool defer_taskrun;
};

inline constexpr LoopKind loop_kinds[] = {
    {"ring", true, true, true, true},
    {"ring_no_min_wait", true, false, true, true},
    {"ring_no_gso", true, true, false, true},
    {"ring_no_defer_taskrun", true, true, true, false},
    {"ring_nothing", true, false, false, false},
    {"mmsg", false, true, true, true},
    {"mmsg_no_gso", false, true, false, true},
};

inline std::unique_ptr<Loop> make_loop(const LoopKind& kind, LoopOptions options,
                                       std::string* error) {
  options.min_wait = kind.min_wait;
  options.gso = kind.gso;
  options.defer_taskrun = kind.defer_taskrun;
  return kind.ring ? make_ring_loop(options, error) : make_mmsg_loop(options, error);
}

struct Recorder final : LoopHandler {
  struct Datagram {
    SocketIndex socket;
    Address source;
    std::string octets;
    bool truncated;
  };
  struct Failure {
    SocketIndex socket;
    Address destination;
    std::string octets;
    int error;
  };

  void expect_datagrams(std::span<const ExpectedDatagram> lot) override {
    EXPECT_LE(lot.size(), expected_max);
    announced += lot.size();
    expected.assign(lot.begin(), lot.end());
  }
  void on_datagram(SocketIndex socket, const Address* source, std::span<uint8_t> octets,
                   bool truncated) override {
    // Of the lot nothing is left out but what is empty, or came on a socket that was removed meanwhile.
    auto this_one = std::find_if(expected.begin(), expected.end(), [&](const ExpectedDatagram& d) {
      return d.socket == socket && d.octets.data() == octets.data();
    });
    if (this_one != expected.end()) {
      EXPECT_EQ(this_one->octets.size(), octets.size());
      expected.erase(expected.begin(), this_one + 1);
      ++foretold;
    }
    datagrams.push_back({socket, source ? *source : Address(),
                         std::string(octets.begin(), octets.end()), truncated});
    for (uint8_t& octet : octets) octet = 0xee;  // it is scratch
    if (then) then();
  }
  void on_send_failed(SocketIndex socket, const Address* destination, Octets datagram,
                      int error) override {
    failures.push_back({socket, destination ? *destination : Address(),
                        std::string(datagram.begin(), datagram.end()), error});
  }
  void on_socket_error(SocketIndex, int error) override { errors.push_back(error); }
  void on_ready(uint32_t token, short events) override { ready.push_back({token, events}); }

  std::function<void()> then;  // after each datagram
  std::vector<ExpectedDatagram> expected;  // of the lot that is being delivered
  size_t announced = 0;
  size_t foretold = 0;  // delivered as announced
  std::vector<Datagram> datagrams;
  std::vector<Failure> failures;
  std::vector<int> errors;
  std::vector<std::pair<uint32_t, short>> ready;
};

inline Address local_address(int fd) {
  sockaddr_in6 local{};
  socklen_t length = sizeof local;
  getsockname(fd, reinterpret_cast<sockaddr*>(&local), &length);
  return Address(reinterpret_cast<const sockaddr*>(&local));
}

// The other end: a plain socket on loopback.
class Peer {
 public:
  explicit Peer(int family = AF_INET, uint16_t port = 0) {
    fd_ = socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    Address address = *Address::from_text(family == AF_INET ? "127.0.0.1" : "::1", 0);
    address.set_port(port);
    EXPECT_EQ(bind_soon(address), 0) << strerror(errno);
    const int octets = 4 << 20;
    setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &octets, sizeof octets);
    address_ = local_address(fd_);
  }
  ~Peer() { close(fd_); }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  const Address& address() const { return address_; }
  void send_to(const Address& to, const std::string& octets) {
    EXPECT_EQ(sendto(fd_, octets.data(), octets.size(), 0, to.sa(), to.sa_octets()),
              static_cast<ssize_t>(octets.size()));
  }
  // Linux 6.1 gives the port of a registered socket that was closed back a second later.
  int bind_soon(const Address& address) {
    for (int tries_left = 2000;; --tries_left) {
      if (bind(fd_, address.sa(), address.sa_octets()) == 0) return 0;
      if (errno != EADDRINUSE || tries_left == 0) return -1;
      usleep(1000);
    }
  }
  // All that has come, and where the last of it came from.
  std::vector<std::string> receive(Address* from = nullptr) {
    std::vector<std::string> all;
    std::vector<char> room(65536);
    for (;;) {
      sockaddr_in6 source{};
      socklen_t length = sizeof source;
      const ssize_t got = recvfrom(fd_, room.data(), room.size(), 0,
                                   reinterpret_cast<sockaddr*>(&source), &length);
      if (got < 0 && errno == EAGAIN) return all;
      if (got < 0) continue;
      all.emplace_back(room.data(), static_cast<size_t>(got));
      const Address address(reinterpret_cast<const sockaddr*>(&source));
      if (from != nullptr) *from = address;
      if (echo) send_to(address, all.back());
    }
  }
  bool echo = false;

 private:
  int fd_;
  Address address_;
};

class LoopTest : public testing::TestWithParam<LoopKind> {
 protected:
  void SetUp() override { open({}); }
  void open(const LoopOptions& options) {
    std::string error;
    loop = make_loop(GetParam(), options, &error);
    if (!loop && GetParam().ring) GTEST_SKIP() << error;
    ASSERT_TRUE(loop) << error;
  }

  SocketIndex connect_to(const Peer& peer, Address* local = nullptr) {
    const UdpSocket socket = open_connected_udp(peer.address(), Address());
    EXPECT_GE(socket.fd, 0) << strerror(socket.error);
    if (local != nullptr) *local = local_address(socket.fd);
    return loop->add_socket(socket.fd, true);
  }
  // Bound to loopback, so that local_address() is one that can be sent to.
  SocketIndex open_unconnected(int family, Address* local = nullptr) {
    const Address any = *Address::from_text(family == AF_INET ? "127.0.0.1" : "::1", 0);
    const UdpSocket socket = open_unconnected_udp(family, any);
    EXPECT_GE(socket.fd, 0) << strerror(socket.error);
    if (local != nullptr) *local = local_address(socket.fd);
    return loop->add_socket(socket.fd, false);
  }
  void send(SocketIndex socket, const std::string& octets, uint16_t segments = 1,
            const Address* destination = nullptr) {
    loop->send({.socket = socket,
                .destination = destination,
                .octets = reinterpret_cast<const uint8_t*>(octets.data()),
                .segment_octets = static_cast<uint16_t>(octets.size() / segments),
                .segments = segments});
  }
  void turn(Duration wait = Duration::zero(), unsigned want = 1) {
    loop->turn(wait, want, recorder);
  }
  // Turns until `count` datagrams have come; gives up after two seconds without any.
  void turn_until(size_t count) {
    for (int i = 0; i < 200 && recorder.datagrams.size() < count; ++i) {
      const size_t before = recorder.datagrams.size();
      turn(milliseconds(10));
      if (recorder.datagrams.size() > before) i = 0;
    }
  }

  std::unique_ptr<Loop> loop;
  Recorder recorder;
};

}  // namespace dnswarm

#endif  // DNSWARM_TESTS_NET_LOOP_FIXTURE_H_
