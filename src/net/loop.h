// One thread's view of the kernel: UDP sockets that send in batches and receive into a shared set of
// buffers, readiness of other descriptors (TCP), one wait per turn. Two implementations behind it:
// ring_loop.cc (io_uring) and mmsg_loop.cc (epoll, sendmmsg, recvmmsg). Knows no DNS.
//
// A turn of the worker is: send() what is due, then turn(), which submits all of it, waits, and
// calls the handler for all that has come. Handlers may call send(), watch() and the like, but not
// turn(). One thread owns a Loop and creates it; only wake() may be called from others.
#ifndef DNSWARM_NET_LOOP_H_
#define DNSWARM_NET_LOOP_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "base/clock.h"
#include "base/octets.h"
#include "net/address.h"

namespace dnswarm {

// Index of a socket in its loop, from 0 in the order of adding; reused after remove_socket.
using SocketIndex = uint32_t;

// Datagrams of equal size to one destination, contiguous: one UDP_SEGMENT send where the kernel can,
// else single sends. The octets are copied by the kernel during turn() at the latest: they must stay
// until then.
struct SendBatch {
  SocketIndex socket = 0;
  const Address* destination = nullptr;  // null: the socket is connected. Must stay until turn() too
  const uint8_t* octets = nullptr;
  uint16_t segment_octets = 0;
  uint16_t segments = 0;  // 1-segments_max
  static constexpr uint16_t segments_max = 64;  // UDP_MAX_SEGMENTS before Linux 6.2; 128 since
};

// A datagram that has come and will be delivered soon.
struct ExpectedDatagram {
  SocketIndex socket = 0;
  Octets octets;
};

class LoopHandler {
 public:
  virtual ~LoopHandler() = default;
  // A hint: these will be delivered next, unless their sockets are removed before. To bring near the memory
  // that they need; at most expected_max of them. Not every datagram is announced.
  virtual void expect_datagrams(std::span<const ExpectedDatagram> datagrams) { (void)datagrams; }
  static constexpr unsigned expected_max = 32;
  // A datagram came. `source` is null on connected sockets (the kernel checked it). The octets are
  // writable scratch, valid during the call. `truncated`: it was larger than the buffer. Zero-length
  // datagrams come too.
  virtual void on_datagram(SocketIndex socket, const Address* source, std::span<uint8_t> octets,
                           bool truncated) = 0;
  // One datagram of a batch did not leave; `error` is an errno: EAGAIN/ENOBUFS/ENOMEM (local
  // congestion: send it again later), ECONNREFUSED (a pending ICMP error ate it: the datagram was
  // not sent), ENETUNREACH, EHOSTUNREACH, EPERM, EACCES, EINVAL, ... Errors of segmentation itself (EIO,
  // EINVAL, EMSGSIZE with more than one segment) do not come here: the loop turns segmentation off
  // for that socket and sends the datagrams one by one.
  virtual void on_send_failed(SocketIndex socket, const Address* destination, Octets datagram,
                              int error) = 0;
  // An error was pending on the socket (ICMP port unreachable: ECONNREFUSED). It goes on receiving.
  virtual void on_socket_error(SocketIndex socket, int error) = 0;
  // A watched descriptor is ready. `events` are POLLIN, POLLOUT, POLLERR, POLLHUP.
  virtual void on_ready(uint32_t token, short events) = 0;
};

struct LoopOptions {
  // A burst, not all in flight: what does not fit stays in the sockets. More of them would leave the
  // processor's second-level cache before they are used again.
  unsigned receive_buffers = 256;
  unsigned receive_buffer_octets = 4096 + 512;  // the largest datagram taken whole, plus headers
  bool min_wait = true;
  bool gso = true;
  bool defer_taskrun = true;
};

// From the public IoFeatureMask.
template <typename Mask>
LoopOptions loop_options_of(const Mask& features) {
  LoopOptions options;
  options.min_wait = features.min_wait;
  options.gso = features.gso;
  options.defer_taskrun = features.defer_taskrun;
  return options;
}

class Loop {
 public:
  virtual ~Loop() = default;

  // Takes over a bound or connected nonblocking UDP socket and starts to receive on it.
  virtual SocketIndex add_socket(int fd, bool connected) = 0;
  // Stops receiving and closes it; nothing of it is delivered any more. Batches still queued for it are
  // dropped. Linux 6.1 lets go of the port a second later.
  virtual void remove_socket(SocketIndex socket) = 0;

  virtual void send(const SendBatch& batch) = 0;

  // One-shot readiness of `fd`: on_ready(token) once, then watch again. At most one watch per token;
  // a second call for the same token replaces the first, and one token per descriptor. unwatch()
  // before closing the descriptor. One that cannot be watched is ready at once, with POLLERR.
  virtual void watch(uint32_t token, int fd, short events) = 0;
  virtual void unwatch(uint32_t token) = 0;

  // Submits, waits until `want` completions have come or `wait` is over, and delivers all there is; or,
  // with `most`, so many datagrams and what comes with the last of them: so that a large wave does not
  // keep the next queries waiting. Returns false where more is there than was delivered.
  // want > 1 batches completions for at most 1 ms (min_wait where the kernel has it, a short sleep
  // where not) and never delays longer than that once something has come. wait 0 does not sleep.
  // May return early with nothing (signals). No wait is longer than an hour.
  virtual bool turn(Duration wait, unsigned want, LoopHandler& handler, unsigned most = UINT32_MAX) = 0;
  // Makes a turn() that sleeps return soon. From any thread; async-signal-safe.
  virtual void wake() = 0;

  virtual std::string describe() const = 0;  // "io_uring (min_wait, gso)"
  // Datagrams the kernel dropped at `socket` for want of buffer space so far (SO_MEMINFO).
  virtual uint64_t drops(SocketIndex socket) const = 0;
};

// Null, with the reason in *error, where io_uring is forbidden or fails its self-test: a loopback
// exchange over the features the loop uses.
std::unique_ptr<Loop> make_ring_loop(const LoopOptions& options, std::string* error);
std::unique_ptr<Loop> make_mmsg_loop(const LoopOptions& options, std::string* error);
// The first that works of those that may be used, in this order. Null, with what failed and why in *error,
// where none does.
std::unique_ptr<Loop> make_loop(const LoopOptions& options, bool ring, bool mmsg, std::string* error);

}  // namespace dnswarm

#endif  // DNSWARM_NET_LOOP_H_
