#include "send_batch.h"

#include <netinet/udp.h>
#include <poll.h>

#include <algorithm>
#include <cerrno>

#include "base/check.h"
#include "rule.h"

namespace dnswarm::sim {

SendBatch::SendBatch(bool gso, BatchCounts& counts)
    : gso_(gso),
      counts_(counts),
      arena_(arena_octets),
      bucket_table_(table_size),
      peer_table_(table_size) {
  // The vectors below never grow: pointers into them are handed to the kernel.
  responses_.reserve(responses_max);
  buckets_.reserve(responses_max);
  peers_.reserve(responses_max);
  iovecs_.reserve(responses_max);
  sends_.reserve(responses_max);
  send_fds_.reserve(responses_max);
  controls_.resize(responses_max);
}

uint8_t* SendBatch::room() {
  CHECK(arena_octets - used_ >= response_room);
  return arena_.data() + used_;
}

uint32_t SendBatch::peer(const Peer& peer) {
  if (peers_.size() == responses_max) flush();
  if (!peers_.empty() && peers_.back() == peer) return static_cast<uint32_t>(peers_.size() - 1);
  const uint8_t* at = reinterpret_cast<const uint8_t*>(&peer);
  uint64_t hash = 0;
  for (size_t i = 0; i + 8 <= sizeof peer; i += 8) {
    uint64_t word;
    std::memcpy(&word, at + i, 8);
    hash = mix64(hash ^ word);
  }
  size_t slot = hash % table_size;
  while (peer_table_[slot].stamp == stamp_) {
    if (peers_[peer_table_[slot].index] == peer) return peer_table_[slot].index;
    slot = (slot + 1) % table_size;
  }
  peer_table_[slot] = {stamp_, static_cast<uint32_t>(peers_.size())};
  peers_.push_back(peer);
  return peer_table_[slot].index;
}

void SendBatch::add(uint32_t peer, size_t size) {
  const auto response = static_cast<uint32_t>(responses_.size());
  responses_.push_back({static_cast<uint32_t>(used_), 0});
  used_ += size;
  const auto size32 = static_cast<uint32_t>(size);
  size_t slot = mix64(uint64_t{peer} << 32 | size32) % table_size;
  while (bucket_table_[slot].stamp == stamp_) {
    Bucket& bucket = buckets_[bucket_table_[slot].index];
    if (bucket.peer == peer && bucket.size == size32) {
      responses_[bucket.last].next = response;
      bucket.last = response;
      ++bucket.count;
      break;
    }
    slot = (slot + 1) % table_size;
  }
  if (bucket_table_[slot].stamp != stamp_) {
    bucket_table_[slot] = {stamp_, static_cast<uint32_t>(buckets_.size())};
    buckets_.push_back({peer, size32, response, response, 1});
  }
  if (responses_.size() == responses_max || arena_octets - used_ < response_room) {
    // The caller goes on using its peer's number.
    const Peer kept = peers_[peer];
    flush();
    peers_.resize(peer + 1);
    peers_[peer] = kept;
  }
}

void SendBatch::add_send(const Peer& peer, size_t iov_at, size_t count, size_t size) {
  mmsghdr send{};
  // Only sockets' own calls write to the address, so the const is nominal.
  send.msg_hdr.msg_name = const_cast<sockaddr*>(&peer.to.sa);
  send.msg_hdr.msg_namelen = peer.to_octets();
  send.msg_hdr.msg_iov = &iovecs_[iov_at];
  send.msg_hdr.msg_iovlen = count;
  if (count > 1 || peer.from_ipv4 != 0) {
    Control& control = controls_[sends_.size()];
    std::memset(&control, 0, sizeof control);
    send.msg_hdr.msg_control = &control;
    send.msg_hdr.msg_controllen = sizeof control;
    cmsghdr* header = CMSG_FIRSTHDR(&send.msg_hdr);
    size_t used = 0;
    if (peer.from_ipv4 != 0) {
      header->cmsg_level = IPPROTO_IP;
      header->cmsg_type = IP_PKTINFO;
      header->cmsg_len = CMSG_LEN(sizeof(in_pktinfo));
      in_pktinfo info{};
      info.ipi_spec_dst.s_addr = htonl(peer.from_ipv4);
      std::memcpy(CMSG_DATA(header), &info, sizeof info);
      used += CMSG_SPACE(sizeof info);
      header = CMSG_NXTHDR(&send.msg_hdr, header);
    }
    if (count > 1) {
      header->cmsg_level = IPPROTO_UDP;
      header->cmsg_type = UDP_SEGMENT;
      header->cmsg_len = CMSG_LEN(sizeof(uint16_t));
      const auto segment = static_cast<uint16_t>(size);
      std::memcpy(CMSG_DATA(header), &segment, sizeof segment);
      used += CMSG_SPACE(sizeof segment);
      ++counts_.gso_batches;
    }
    send.msg_hdr.msg_controllen = used;
  }
  ++counts_.sends;
  sends_.push_back(send);
  send_fds_.push_back(peer.fd);
}

void SendBatch::build_sends(const Bucket& bucket) {
  const size_t together =
      gso_ ? std::max<size_t>(1, std::min(segments_max, send_octets_max / bucket.size)) : 1;
  uint32_t response = bucket.first;
  for (size_t left = bucket.count; left > 0;) {
    const size_t count = std::min(left, together);
    const size_t iov_at = iovecs_.size();
    for (size_t i = 0; i < count; ++i) {
      iovecs_.push_back({arena_.data() + responses_[response].at, bucket.size});
      response = responses_[response].next;
    }
    add_send(peers_[bucket.peer], iov_at, count, bucket.size);
    left -= count;
  }
}

void SendBatch::send_singly(msghdr& message, int fd) {
  iovec* const parts = message.msg_iov;
  const size_t count = message.msg_iovlen;
  message.msg_iovlen = 1;
  // UDP_SEGMENT is the last of the control messages, so it is left off by its length.
  if (count > 1) message.msg_controllen -= CMSG_SPACE(sizeof(uint16_t));
  if (message.msg_controllen == 0) message.msg_control = nullptr;
  for (size_t i = 0; i < count; ++i) {
    message.msg_iov = parts + i;
    if (sendmsg(fd, &message, 0) < 0) ++counts_.send_errors;
  }
}

void SendBatch::send_run(size_t begin, size_t end, int fd) {
  while (begin < end) {
    const int sent = sendmmsg(fd, &sends_[begin], static_cast<unsigned>(end - begin), 0);
    if (sent > 0) {
      begin += static_cast<size_t>(sent);
      continue;
    }
    if (errno == EINTR) continue;
    if (errno == EAGAIN) {
      pollfd wait{fd, POLLOUT, 0};
      poll(&wait, 1, 10);
      continue;
    }
    msghdr& message = sends_[begin].msg_hdr;
    const bool is_segmented = message.msg_iovlen > 1;
    if (is_segmented && (errno == EIO || errno == EINVAL || errno == EMSGSIZE)) {
      gso_ = false;
      send_singly(message, fd);
    } else {
      counts_.send_errors += message.msg_iovlen;
    }
    ++begin;
  }
}

void SendBatch::flush() {
  if (buckets_.empty()) return reset();
  const bool one_fd = std::all_of(peers_.begin(), peers_.end(),
                                  [&](const Peer& peer) { return peer.fd == peers_.front().fd; });
  if (!one_fd) {
    std::stable_sort(buckets_.begin(), buckets_.end(), [&](const Bucket& a, const Bucket& b) {
      return peers_[a.peer].fd < peers_[b.peer].fd;
    });
  }
  for (const Bucket& bucket : buckets_) build_sends(bucket);
  for (size_t begin = 0; begin < sends_.size();) {
    size_t end = begin + 1;
    while (end < sends_.size() && send_fds_[end] == send_fds_[begin]) ++end;
    send_run(begin, end, send_fds_[begin]);
    begin = end;
  }
  reset();
}

void SendBatch::reset() {
  used_ = 0;
  peers_.clear();
  responses_.clear();
  buckets_.clear();
  iovecs_.clear();
  sends_.clear();
  send_fds_.clear();
  if (++stamp_ == 0) {  // after 2^32 rounds the old stamps would look new
    std::fill(bucket_table_.begin(), bucket_table_.end(), Entry{});
    std::fill(peer_table_.begin(), peer_table_.end(), Entry{});
    stamp_ = 1;
  }
}

}  // namespace dnswarm::sim
