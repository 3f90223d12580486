// Responses of one turn, sent with as few system calls and as few trips through the network stack
// as can be: those of equal size to the same peer leave as one UDP_SEGMENT send.
#ifndef DNSWARM_SIM_SEND_BATCH_H_
#define DNSWARM_SIM_SEND_BATCH_H_

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <cstdint>
#include <cstring>
#include <vector>

#include "base/octets.h"
#include "counts.h"

namespace dnswarm::sim {

// From where to where.
struct Peer {
  union {
    sockaddr sa;
    sockaddr_in v4;
    sockaddr_in6 v6;
  } to;
  uint32_t from_ipv4;  // host order; 0: the socket's own address
  int fd;

  Peer() { std::memset(static_cast<void*>(this), 0, sizeof *this); }
  socklen_t to_octets() const { return to.sa.sa_family == AF_INET6 ? sizeof to.v6 : sizeof to.v4; }
  bool operator==(const Peer& other) const { return std::memcmp(this, &other, sizeof *this) == 0; }
};

class SendBatch {
 public:
  static constexpr size_t response_room = 4352;  // the largest UDP response is 4,096 octets

  SendBatch(bool gso, BatchCounts& counts);

  // Where the next response may be written (response_room octets). May flush.
  uint8_t* room();
  // A number for `peer`, to be used until the next call of peer() only. May flush.
  uint32_t peer(const Peer& peer);
  // What was written at room() goes to the peer. May not be called with what room() gave before
  // peer().
  void add(uint32_t peer, size_t size);
  void flush();

 private:
  static constexpr size_t arena_octets = 512 * 1024;
  static constexpr size_t responses_max = 4096;
  static constexpr size_t table_size = 8192;  // twice the most entries
  // Linux takes 64 segments a send before 6.0 (UDP_MAX_SEGMENTS), and 65,507 octets.
  static constexpr size_t segments_max = 64;
  static constexpr size_t send_octets_max = 60'000;

  struct Bucket {
    uint32_t peer;
    uint32_t size;
    uint32_t first;
    uint32_t last;
    uint32_t count;
  };
  struct Response {
    uint32_t at;
    uint32_t next;
  };
  struct alignas(8) Control {
    uint8_t octets[CMSG_SPACE(sizeof(uint16_t)) + CMSG_SPACE(sizeof(in_pktinfo))];
  };

  void build_sends(const Bucket& bucket);
  void add_send(const Peer& peer, size_t iov_at, size_t count, size_t size);
  void send_run(size_t begin, size_t end, int fd);
  void send_singly(msghdr& message, int fd);
  void reset();

  bool gso_;
  BatchCounts& counts_;
  std::vector<uint8_t> arena_;
  size_t used_ = 0;
  std::vector<Peer> peers_;
  std::vector<Response> responses_;
  std::vector<Bucket> buckets_;
  // Open addressing over buckets and peers alike: index + 1, valid where the stamp is this round's.
  struct Entry {
    uint32_t stamp = 0;
    uint32_t index = 0;
  };
  std::vector<Entry> bucket_table_;
  std::vector<Entry> peer_table_;
  uint32_t stamp_ = 1;
  std::vector<iovec> iovecs_;
  std::vector<mmsghdr> sends_;
  std::vector<int> send_fds_;
  std::vector<Control> controls_;
};

}  // namespace dnswarm::sim

#endif  // DNSWARM_SIM_SEND_BATCH_H_
