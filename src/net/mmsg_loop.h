// The loop for kernels and containers without io_uring: epoll, sendmmsg, recvmmsg. See loop.h.
#ifndef DNSWARM_NET_MMSG_LOOP_H_
#define DNSWARM_NET_MMSG_LOOP_H_

#include <sys/epoll.h>

#include <array>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "net/loop.h"
#include "net/udp_message.h"

namespace dnswarm {

class MmsgLoop final : public Loop {
 public:
  explicit MmsgLoop(const LoopOptions& options);
  ~MmsgLoop() override;
  // False, with the errno, where the loop's own descriptors could not be opened.
  bool open(int* error);

  SocketIndex add_socket(int fd, bool connected) override;
  void remove_socket(SocketIndex socket) override;
  void send(const SendBatch& batch) override;
  void watch(uint32_t token, int fd, short events) override;
  void unwatch(uint32_t token) override;
  bool turn(Duration wait, unsigned want, LoopHandler& handler, unsigned most) override;
  void wake() override;
  std::string describe() const override;
  uint64_t drops(SocketIndex socket) const override;

 private:
  static constexpr unsigned messages_max = 64;  // per call of sendmmsg, recvmmsg and epoll_wait
  static constexpr uint32_t none = UINT32_MAX;

  struct Socket {
    int fd = -1;
    uint32_t generation = 0;
    bool connected = false;
    bool gso = false;
    uint32_t first_queued = none;  // the socket's batches are a chain through queued_
    uint32_t last_queued = none;
  };
  struct Chained : QueuedBatch {
    uint32_t next = none;
  };
  struct Watch {
    int fd = -1;
    uint32_t generation = 0;
  };

  void send_queued(LoopHandler& handler);
  void send_chain(uint32_t first, LoopHandler& handler);
  void send_parts(SocketIndex index, uint32_t generation, unsigned count, bool& congested,
                  LoopHandler& handler);
  void send_singly(const SendBatch& batch, LoopHandler& handler);
  void report(const SendBatch& batch, int error, LoopHandler& handler);
  unsigned wait_for_events(Duration wait);
  bool dispatch(unsigned events, unsigned most, LoopHandler& handler);
  void receive(SocketIndex index, uint32_t generation, LoopHandler& handler);
  void announce(SocketIndex index, unsigned first, unsigned count, LoopHandler& handler);
  int receive_some(SocketIndex index);
  void report_failed_watches(LoopHandler& handler);
  bool is_current(SocketIndex index, uint32_t generation) const {
    return sockets_[index].generation == generation && sockets_[index].fd >= 0;
  }

  LoopOptions options_;
  int epoll_fd_ = -1;
  int wake_fd_ = -1;
  bool has_pwait2_ = true;
  uint32_t generation_ = 0;
  unsigned datagrams_ = 0;  // delivered in this turn
  bool eventful_ = false;   // something was reported before the wait: do not sleep
  std::vector<Socket> sockets_;
  std::vector<SocketIndex> free_;
  std::vector<Chained> queued_, sending_;
  std::vector<SocketIndex> waiting_;  // sockets with a chain in queued_
  std::vector<uint32_t> flushing_;    // heads of the chains in sending_
  std::unordered_map<uint32_t, Watch> watches_;
  std::vector<uint32_t> failed_watches_;

  std::array<epoll_event, messages_max> events_;
  std::array<SendBatch, messages_max> parts_;
  std::array<SendMessage, messages_max> messages_;
  std::array<mmsghdr, messages_max> vector_;
  std::unique_ptr<uint8_t[]> receive_octets_;
  std::array<mmsghdr, messages_max> receive_vector_;
  std::array<iovec, messages_max> receive_parts_;
  std::array<sockaddr_in6, messages_max> sources_;
};

}  // namespace dnswarm

#endif  // DNSWARM_NET_MMSG_LOOP_H_
