#include "net/udp_message.h"

#include <linux/sock_diag.h>
#include <netinet/udp.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace dnswarm {
namespace {

// One send, whatever its segments: 65,535 less the headers of UDP (8) and IP (IPv4's 60 at most).
constexpr size_t send_octets_max = 65535 - 8 - 60;

}  // namespace

void SendMessage::fill(const SendBatch& batch) {
  part.iov_base = const_cast<uint8_t*>(batch.octets);
  part.iov_len = size_t{batch.segment_octets} * batch.segments;
  header = {};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  if (batch.destination != nullptr) {
    header.msg_name = const_cast<sockaddr*>(batch.destination->sa());
    header.msg_namelen = batch.destination->sa_octets();
  }
  // The segment size rides as a control message only where there are two or more: before 6.12 even
  // a single segment with it fails on devices without checksum offload. Never as a socket option:
  // that would split larger plain sends without a word.
  if (batch.segments < 2) return;
  header.msg_control = control;
  header.msg_controllen = sizeof control;
  cmsghdr* message = CMSG_FIRSTHDR(&header);
  message->cmsg_level = SOL_UDP;
  message->cmsg_type = UDP_SEGMENT;
  message->cmsg_len = CMSG_LEN(sizeof batch.segment_octets);
  std::memcpy(CMSG_DATA(message), &batch.segment_octets, sizeof batch.segment_octets);
}

uint16_t segments_in_one_send(const SendBatch& batch, uint16_t done, bool gso) {
  if (!gso || batch.segment_octets == 0) return 1;
  const size_t fitting = std::max<size_t>(send_octets_max / batch.segment_octets, 1);
  const size_t left = size_t{batch.segments} - done;
  return static_cast<uint16_t>(std::min({left, fitting, size_t{SendBatch::segments_max}}));
}

SendBatch part_of(const SendBatch& batch, uint16_t done, uint16_t count) {
  SendBatch part = batch;
  part.octets += size_t{done} * batch.segment_octets;
  part.segments = count;
  return part;
}

bool is_segmentation_error(int error) {
  return error == EIO || error == EINVAL || error == EMSGSIZE;
}

void report_failed(const SendBatch& batch, int error, LoopHandler& handler) {
  for (uint16_t i = 0; i < batch.segments; ++i) {
    const uint8_t* octets = batch.octets + size_t{i} * batch.segment_octets;
    handler.on_send_failed(batch.socket, batch.destination, {octets, batch.segment_octets}, error);
  }
}

timespec to_timespec(Duration duration) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(duration);
  return {.tv_sec = seconds.count(), .tv_nsec = (duration - seconds).count()};
}

uint64_t socket_drops(int fd) {
  uint32_t info[SK_MEMINFO_VARS] = {};
  socklen_t length = sizeof info;
  if (getsockopt(fd, SOL_SOCKET, SO_MEMINFO, info, &length) != 0) return 0;
  return info[SK_MEMINFO_DROPS];
}

}  // namespace dnswarm
