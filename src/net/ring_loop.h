// The loop over io_uring. See loop.h for what it does, ring_loop.cc for how.
#ifndef DNSWARM_NET_RING_LOOP_H_
#define DNSWARM_NET_RING_LOOP_H_

#include <array>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "net/loop.h"
#include "net/ring.h"
#include "net/udp_message.h"

namespace dnswarm {

// A completion's 64 bits of user data: what it is (8), generation (24), socket, slot or token (32).
// The generation tells a late completion from that of the request which took over its index.
struct Tag {
  enum Kind : uint8_t { wake, receive, send, watch };
  static constexpr uint32_t generation_mask = 0xffffff;

  explicit Tag(uint64_t all) : bits(all) {}
  Tag(Kind kind, uint32_t generation, uint32_t index)
      : bits(uint64_t{kind} << 56 | uint64_t{generation} << 32 | index) {}
  Kind kind() const { return static_cast<Kind>(bits >> 56); }
  uint32_t generation() const { return static_cast<uint32_t>(bits >> 32) & generation_mask; }
  uint32_t index() const { return static_cast<uint32_t>(bits); }

  uint64_t bits;
};

class RingLoop final : public Loop {
 public:
  RingLoop(const LoopOptions& options, std::unique_ptr<Ring> ring, int wake_fd);
  ~RingLoop() override;

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
  struct Socket {
    int fd = -1;
    uint32_t generation = 0;          // of the socket, for queued batches
    uint32_t receive_generation = 0;  // of its receive request
    bool connected = false;
    bool gso = false;
    bool registered = false;  // in the ring's file table, under the socket's index
    bool receiving = false;   // a multishot receive is armed
  };
  struct Watch {
    int fd = -1;
    short events = 0;
    uint32_t generation = 0;
    bool armed = false;
  };
  // A socket or token whose request is to be submitted, while it has this generation.
  struct Arm {
    uint32_t index = 0;
    uint32_t generation = 0;
  };
  // One submitted send: what to report or to resend if it fails.
  struct Slot {
    SendBatch batch;
    uint32_t generation = 0;
    SendMessage message;
  };

  bool has_unsent() const { return next_batch_ < sending_.size(); }
  bool has_unprepared() const {
    return has_unsent() || !receives_to_arm_.empty() || !watches_to_arm_.empty();
  }
  uint64_t receive_tag(SocketIndex index) const {
    return Tag(Tag::receive, sockets_[index].receive_generation, index).bits;
  }

  // ring_loop.cc: what is submitted.
  void submit_and_wait(Duration wait, unsigned want);
  void submit_refused();
  void prepare();
  bool prepare_receive(const Arm& arm);
  bool prepare_watch(const Arm& arm);
  bool prepare_wake();
  void prepare_sends();
  bool prepare_send(const SendBatch& batch, const Socket& socket);
  void enter(unsigned completions, Duration wait, Duration min_wait);
  void arm_everything_again();

  // ring_completions.cc: what comes back.
  unsigned sweep();
  void foresee(const io_uring_cqe& completion, bool last_of_lot);
  void take(const io_uring_cqe& completion);
  void take_received(const io_uring_cqe& completion, Tag tag);
  void take_datagram(const io_uring_cqe& completion, SocketIndex index);
  void receive_ended(SocketIndex index, int result);
  void take_send_failed(int error, Tag tag);
  void take_ready(int result, Tag tag);

  uint32_t next_generation();
  bool is_current(SocketIndex socket, uint32_t generation) const {
    return sockets_[socket].generation == generation && sockets_[socket].fd >= 0;
  }

  LoopOptions options_;
  std::unique_ptr<Ring> ring_;
  int wake_fd_;
  uint64_t wake_count_ = 0;  // the kernel reads the eventfd into it
  bool wake_armed_ = false;
  uint32_t wake_generation_ = 0;
  uint32_t generation_ = 0;
  LoopHandler* handler_ = nullptr;  // during turn()
  unsigned datagrams_ = 0;  // delivered in this turn
  unsigned delivered_ = 0;  // all calls of the handler in this turn

  std::vector<Socket> sockets_;
  std::vector<SocketIndex> free_;
  std::vector<Arm> receives_to_arm_, watches_to_arm_;
  std::unordered_map<uint32_t, Watch> watches_;
  msghdr receive_header_{};  // for all unconnected sockets: how much room the source address takes

  std::vector<ExpectedDatagram> expected_;  // of the lot of completions in work
  std::vector<QueuedBatch> queued_;   // for the next turn
  std::vector<QueuedBatch> sending_;  // in this turn
  size_t next_batch_ = 0;             // in sending_
  uint16_t next_segment_ = 0;         // in that batch
  std::array<Slot, Ring::submissions_max> slots_;
  uint32_t slots_used_ = 0;
  uint32_t slots_generation_ = 0;
};

// Empty, or why the features the loop uses do not work together here.
std::string self_test(Loop& loop);

}  // namespace dnswarm

#endif  // DNSWARM_NET_RING_LOOP_H_
