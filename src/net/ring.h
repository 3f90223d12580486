// One io_uring with one set of provided receive buffers, set up as well as this kernel allows.
// Knows submission, waiting and buffers; what the completions mean is ring_loop.cc's business.
#ifndef DNSWARM_NET_RING_H_
#define DNSWARM_NET_RING_H_

#include <liburing.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "base/clock.h"
#include "net/loop.h"

namespace dnswarm {

class Ring {
 public:
  static constexpr unsigned submissions_max = 512;  // a full turn: 512 sends of up to 64 datagrams
  static constexpr uint16_t buffer_group = 0;

  // Null, with the reason in words, where the kernel refuses.
  static std::unique_ptr<Ring> open(const LoopOptions& options, std::string* error);
  ~Ring();
  Ring(const Ring&) = delete;
  Ring& operator=(const Ring&) = delete;

  bool has_min_wait() const { return has_min_wait_; }
  bool has_defer_taskrun() const { return has_defer_taskrun_; }

  // The next free submission, or null: enter() first.
  io_uring_sqe* submission() { return io_uring_get_sqe(&ring_); }
  unsigned unsubmitted() const { return ring_.sq.sqe_tail - *ring_.sq.khead; }

  // Submits all there is, runs what the kernel has put off, and waits for `completions` (0: does
  // not) or until `wait` is over. With a min_wait, up to `completions` are gathered for that long,
  // then one suffices. False where completions were lost for want of kernel memory (EBADR).
  bool enter(unsigned completions, Duration wait, Duration min_wait);
  // True where completions lie there, or enter() would bring some. It may bring none: the kernel puts
  // work on its list first and sets the flag second, when the work may be done already.
  bool has_more() const;
  // True where completions wait in the kernel for room in the queue.
  bool has_overflow() const {
    return (IO_URING_READ_ONCE(*ring_.sq.kflags) & IORING_SQ_CQ_OVERFLOW) != 0;
  }

  // Calls `take(const io_uring_cqe&)` for each completion there is, in lots of at most `lot_max`;
  // before each lot `expect(const io_uring_cqe&, bool last_of_lot)` for each of its completions. Buffers
  // given back meanwhile are the kernel's again when it returns. Returns how many completions there were.
  template <typename Expect, typename Take>
  unsigned sweep(unsigned lot_max, Expect&& expect, Take&& take) {
    const auto completion = [this](unsigned i) -> const io_uring_cqe& {
      return ring_.cq.cqes[i & ring_.cq.ring_mask];
    };
    unsigned head = *ring_.cq.khead;
    const unsigned first = head;
    const unsigned tail = io_uring_smp_load_acquire(ring_.cq.ktail);
    while (head != tail) {
      const unsigned end = tail - head <= lot_max ? tail : head + lot_max;
      for (unsigned i = head; i != end; ++i) expect(completion(i), i + 1 == end);
      for (; head != end; ++head) take(completion(head));
    }
    io_uring_smp_store_release(ring_.cq.khead, head);
    if (given_back_ > 0) io_uring_buf_ring_advance(buffers_, std::exchange(given_back_, 0));
    return tail - first;
  }

  uint8_t* buffer(unsigned id) { return octets_ + size_t{id} * buffer_octets_; }
  uint32_t buffer_octets() const { return buffer_octets_; }
  void give_back(unsigned id) {
    io_uring_buf_ring_add(buffers_, buffer(id), buffer_octets_, static_cast<uint16_t>(id),
                          buffers_mask_, given_back_++);
  }

  // Puts `fd` (-1: nothing) into the table of registered files. False where it has no room there.
  bool register_file(unsigned index, int fd);
  // Cancels the request with this user data and waits until the kernel let go of its file. Its last
  // completion still comes.
  void cancel(uint64_t user_data);
  void cancel_all();

 private:
  Ring() = default;
  int open_ring(const LoopOptions& options);
  int open_buffers(const LoopOptions& options);

  io_uring ring_;
  bool ring_open_ = false;
  bool ring_registered_ = false;
  bool has_min_wait_ = false;
  bool has_defer_taskrun_ = false;
  bool has_taskrun_flag_ = false;
  unsigned files_max_ = 0;
  io_uring_buf_ring* buffers_ = nullptr;  // the kernel's view of the free ones
  size_t buffers_mapped_ = 0;
  int buffers_mask_ = 0;
  int given_back_ = 0;
  uint8_t* octets_ = nullptr;
  size_t octets_mapped_ = 0;
  uint32_t buffer_octets_ = 0;
};

}  // namespace dnswarm

#endif  // DNSWARM_NET_RING_H_
