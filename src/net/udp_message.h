// What both loops share about single UDP messages: the msghdr of a send with its UDP_SEGMENT
// control message, which errors mean that segmentation itself failed, and the drop counter.
#ifndef DNSWARM_NET_UDP_MESSAGE_H_
#define DNSWARM_NET_UDP_MESSAGE_H_

#include <sys/socket.h>
#include <time.h>

#include <cstdint>

#include "base/clock.h"
#include "net/loop.h"

namespace dnswarm {

// While a turn wants more than one completion, it gives the rest of a burst this long to come.
inline constexpr Duration batching_wait = std::chrono::milliseconds(1);
// A longer wait is cut to this, which no clock type overflows on. The worker just turns once more.
inline constexpr Duration wait_max = std::chrono::hours(1);
// Bound of the rounds that drain what has been received before a turn ends: a flood must not keep
// the worker from its timers for ever.
inline constexpr int rounds_max = 64;

// A batch as it waits for the next turn(). The generation is its socket's at the time of send(), so
// that a batch of a removed socket is not sent from the one that took over its index.
struct QueuedBatch {
  SendBatch batch;
  uint32_t generation = 0;
};

// Header, vector and control message of one send. Does not move while the kernel may read it.
struct SendMessage {
  msghdr header;
  iovec part;
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(uint16_t))];

  void fill(const SendBatch& batch);
};

// How many segments of `batch`, from `done` on, may go in one send.
uint16_t segments_in_one_send(const SendBatch& batch, uint16_t done, bool gso);
// `count` segments of `batch` from segment `done` on.
SendBatch part_of(const SendBatch& batch, uint16_t done, uint16_t count);

// EIO: no transmit checksum offload on the way out (before Linux 6.12); EINVAL, EMSGSIZE: a segment
// over the MTU, or a kernel that takes fewer segments. The same datagrams may pass one by one.
bool is_segmentation_error(int error);

// Calls on_send_failed for each datagram of `batch`.
void report_failed(const SendBatch& batch, int error, LoopHandler& handler);

timespec to_timespec(Duration duration);

uint64_t socket_drops(int fd);

}  // namespace dnswarm

#endif  // DNSWARM_NET_UDP_MESSAGE_H_
