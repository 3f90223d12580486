// Opens UDP sockets the way the worker wants them: nonblocking, close-on-exec, the largest receive
// buffer an ordinary user gets, a random source port chosen by the kernel.
#ifndef DNSWARM_NET_UDP_SOCKET_H_
#define DNSWARM_NET_UDP_SOCKET_H_

#include <cstddef>

#include "net/address.h"

namespace dnswarm {

struct UdpSocket {
  int fd = -1;            // or -1, and `error` is the errno
  int error = 0;
  size_t receive_octets = 0;  // effective SO_RCVBUF, as read back (the kernel doubles it)
};

// Connected to `peer`; `source` with family AF_UNSPEC means any. The source port of `source` is
// ignored: the kernel draws one at random.
UdpSocket open_connected_udp(const Address& peer, const Address& source);
// Bound to a random port, for many peers of one family.
UdpSocket open_unconnected_udp(int family, const Address& source);

// How many responses may be on their way to one socket without overrunning its buffer: each datagram
// is charged up to 2,304 octets (a driver-dependent skb truesize), whatever its size.
size_t datagrams_that_fit(size_t receive_octets);

}  // namespace dnswarm

#endif  // DNSWARM_NET_UDP_SOCKET_H_
