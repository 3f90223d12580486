// Kernels exist on which io_uring opens and then fails in part: provided buffers that are refused,
// multishot receives that end at once. So before a loop is handed out, a few datagrams go both ways
// between two sockets on loopback over every feature it uses.
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include "net/ring_loop.h"
#include "net/udp_socket.h"

namespace dnswarm {
namespace {

constexpr Duration turn_wait = std::chrono::milliseconds(5);
constexpr int turns_max = 20;  // 100 ms in all; takes 0.1 ms where all is well
constexpr unsigned segments = 2;

class Counter final : public LoopHandler {
 public:
  void on_datagram(SocketIndex, const Address* source, std::span<uint8_t> octets, bool) override {
    if (octets.size() != 1) return;
    ++(source == nullptr ? to_connected : to_unconnected);
  }
  void on_send_failed(SocketIndex, const Address*, Octets, int code) override { error = code; }
  void on_socket_error(SocketIndex, int code) override { error = code; }
  void on_ready(uint32_t, short) override {}

  unsigned to_connected = 0;
  unsigned to_unconnected = 0;
  int error = 0;
};

Address local_address(int fd) {
  sockaddr_in6 local{};
  socklen_t length = sizeof local;
  getsockname(fd, reinterpret_cast<sockaddr*>(&local), &length);
  return Address(reinterpret_cast<const sockaddr*>(&local));
}

std::string failed(const char* what, int error) {
  std::string text = std::string("the self-test of io_uring failed: ") + what;
  if (error != 0) text += std::string(": ") + std::strerror(error);
  return text;
}

}  // namespace

std::string self_test(Loop& loop) {
  Address loopback = *Address::from_text("127.0.0.1", 0);
  UdpSocket unconnected = open_unconnected_udp(AF_INET, loopback);
  if (unconnected.fd < 0) {
    loopback = *Address::from_text("::1", 0);
    unconnected = open_unconnected_udp(AF_INET6, loopback);
  }
  if (unconnected.fd < 0) return failed("no socket on loopback", unconnected.error);
  const SocketIndex here = loop.add_socket(unconnected.fd, false);
  const UdpSocket connected = open_connected_udp(local_address(unconnected.fd), loopback);
  if (connected.fd < 0) return failed("no socket on loopback", connected.error);
  const Address there_address = local_address(connected.fd);
  const SocketIndex there = loop.add_socket(connected.fd, true);

  const uint8_t octets[segments] = {1, 2};
  loop.send({.socket = there, .octets = octets, .segment_octets = 1, .segments = segments});
  loop.send({.socket = there, .octets = octets, .segment_octets = 1, .segments = 1});
  for (const uint8_t& octet : octets) {
    loop.send({here, &there_address, &octet, 1, 1});
  }
  Counter counter;
  const auto is_done = [&] {
    return counter.to_unconnected >= segments + 1 && counter.to_connected >= segments;
  };
  for (int i = 0; i < turns_max && !is_done() && counter.error == 0; ++i) {
    loop.turn(turn_wait, 1, counter);
  }
  loop.remove_socket(there);
  loop.remove_socket(here);  // last, so that the first socket of the worker has index 0 again
  loop.turn(Duration::zero(), 1, counter);
  if (counter.error != 0) return failed("an error on loopback", counter.error);
  return is_done() ? std::string() : failed("no datagrams within 100 ms on loopback", 0);
}

}  // namespace dnswarm
