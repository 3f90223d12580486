#include "net/udp_socket.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace dnswarm {
namespace {

// 4 MiB hold about 1,800 small responses (the kernel doubles it): more in flight on one socket than
// the 33 to 64 datagrams a reading call takes make sense for.
constexpr int receive_octets_wanted = 4 << 20;
// Queries are charged until the device has sent them; 1 MiB is some 450 of them.
constexpr int send_octets_wanted = 1 << 20;
// What the kernel charges for one small datagram, at most: a 2 KiB page fragment and an sk_buff.
constexpr size_t datagram_octets_charged = 2304;

// FORCE passes net.core.rmem_max but needs CAP_NET_ADMIN; without, the kernel cuts to the limit.
size_t enlarge_buffers(int fd) {
  const int receive = receive_octets_wanted, send = send_octets_wanted;
  if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &receive, sizeof receive) != 0) {
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive, sizeof receive);
  }
  if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &send, sizeof send) != 0) {
    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &send, sizeof send);
  }
  int effective = 0;
  socklen_t length = sizeof effective;
  if (getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &effective, &length) != 0) return 0;
  return static_cast<size_t>(std::max(effective, 0));
}

// A query fits into any path's MTU: it is never to be fragmented, and no ICMP message from whoever may have
// it fragmented or held back (RFC 9715 section 3). It also spares unconnected sockets the search for an
// IPv4 identification per packet (RFC 6864 section 4.1: such datagrams need none).
void forbid_fragments(int fd, int family) {
  const int probe = IP_PMTUDISC_PROBE;
  static_assert(IP_PMTUDISC_PROBE == IPV6_PMTUDISC_PROBE);
  if (family == AF_INET6) setsockopt(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, &probe, sizeof probe);
  else setsockopt(fd, IPPROTO_IP, IP_MTU_DISCOVER, &probe, sizeof probe);
}

UdpSocket open_failed(int fd, int error) {
  if (fd >= 0) close(fd);
  return {.fd = -1, .error = error, .receive_octets = 0};
}

int open_bound(int family, const Address& source) {
  const int fd = socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_UDP);
  if (fd < 0) return -1;
  // Never a v4 peer in the clothes of v6: its address would equal none that was configured.
  const int on = 1;
  if (family == AF_INET6) setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  forbid_fragments(fd, family);
  if (source.family() == AF_UNSPEC) return fd;
  Address local = source;
  local.set_port(0);
  if (bind(fd, local.sa(), local.sa_octets()) == 0) return fd;
  const int error = errno;
  close(fd);
  errno = error;
  return -1;
}

}  // namespace

UdpSocket open_connected_udp(const Address& peer, const Address& source) {
  const int fd = open_bound(peer.family(), source);
  if (fd < 0) return open_failed(fd, errno);
  const size_t receive_octets = enlarge_buffers(fd);
  if (connect(fd, peer.sa(), peer.sa_octets()) != 0) return open_failed(fd, errno);
  return {.fd = fd, .error = 0, .receive_octets = receive_octets};
}

UdpSocket open_unconnected_udp(int family, const Address& source) {
  Address local = source;
  if (local.family() == AF_UNSPEC) {
    sockaddr_in6 any{};  // all zero is the any address in both families
    any.sin6_family = static_cast<sa_family_t>(family);
    local = Address(reinterpret_cast<const sockaddr*>(&any));
  }
  const int fd = open_bound(family, local);
  if (fd < 0) return open_failed(fd, errno);
  return {.fd = fd, .error = 0, .receive_octets = enlarge_buffers(fd)};
}

size_t datagrams_that_fit(size_t receive_octets) {
  return std::max<size_t>(receive_octets / datagram_octets_charged, 1);
}

}  // namespace dnswarm
