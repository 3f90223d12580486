#include "net/ring.h"

#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>

#include "base/check.h"
#include "net/udp_message.h"

// Debian 12's headers (liburing 2.3) lack what its later kernels have. Whether it is there is asked
// at run time, of the kernel.
#ifndef IORING_FEAT_MIN_TIMEOUT
#define IORING_FEAT_MIN_TIMEOUT (1U << 15)  // Linux 6.12
#endif

namespace dnswarm {
namespace {

// io_uring_getevents_arg, whose third member is called `pad` before liburing 2.8.
struct WaitArguments {
  uint64_t signals = 0;
  uint32_t signals_octets = 0;
  uint32_t min_wait_us = 0;
  uint64_t timeout = 0;
};
static_assert(sizeof(WaitArguments) == sizeof(io_uring_getevents_arg));

// More sockets than this are sent to by their plain descriptor, which costs little.
constexpr rlim_t registered_files_max = 1024;
// Watches, wake-ups and failed sends beside one completion per receive buffer.
constexpr unsigned completions_spare = 512;

std::string reason_of(int error) {
  switch (error) {
    case EPERM:
      return "io_uring is forbidden here (EPERM: seccomp profile or kernel.io_uring_disabled)";
    case EACCES:
      return "io_uring is forbidden here (EACCES: a security module)";
    case ENOSYS:
      return "this kernel has no io_uring (ENOSYS)";
    case ENOMEM:
      return "no memory for io_uring (ENOMEM: locked-memory limit or memory cgroup)";
    case EMFILE:
    case ENFILE:
      return "no descriptor left for io_uring (limit of open files)";
    default:
      return std::string("io_uring cannot be set up here: ") + std::strerror(error);
  }
}

void* map_pages(size_t octets) {
  void* at = mmap(nullptr, octets, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return at == MAP_FAILED ? nullptr : at;
}

}  // namespace

std::unique_ptr<Ring> Ring::open(const LoopOptions& options, std::string* error) {
  std::unique_ptr<Ring> ring(new Ring);
  int code = ring->open_ring(options);
  if (code == 0) code = ring->open_buffers(options);
  if (code != 0) {
    *error = reason_of(code);
    return nullptr;
  }
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);  // a larger table than this is refused
  const auto files = static_cast<unsigned>(std::min(limit.rlim_cur, registered_files_max));
  if (io_uring_register_files_sparse(&ring->ring_, files) == 0) ring->files_max_ = files;
  // Last: liburing 2.4 cannot register anything more behind this before Linux 6.3.
  ring->ring_registered_ = io_uring_register_ring_fd(&ring->ring_) == 1;
  return ring;
}

// Best first. An older kernel knows the unknown flags by EINVAL.
int Ring::open_ring(const LoopOptions& options) {
  constexpr unsigned sized = IORING_SETUP_CQSIZE | IORING_SETUP_CLAMP;
  // SUBMIT_ALL: one bad submission does not keep back those behind it. TASKRUN_FLAG: shows without
  // a system call whether the kernel has put work off.
  constexpr unsigned cooperative = sized | IORING_SETUP_SUBMIT_ALL | IORING_SETUP_TASKRUN_FLAG;
  const unsigned tries[] = {
      cooperative | IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN,
      cooperative | IORING_SETUP_COOP_TASKRUN,
      sized,
  };
  int code = EINVAL;
  for (size_t i = options.defer_taskrun ? 0 : 1; i < std::size(tries) && code == EINVAL; ++i) {
    io_uring_params params;
    std::memset(&params, 0, sizeof params);
    params.flags = tries[i];
    // Room for a completion of every buffer and submission: so buffers run out first, which ends
    // no more than a multishot receive, and the completion queue never overflows.
    params.cq_entries =
        std::bit_ceil(options.receive_buffers + submissions_max + completions_spare);
    code = -io_uring_queue_init_params(submissions_max, &ring_, &params);
    has_defer_taskrun_ = (tries[i] & IORING_SETUP_DEFER_TASKRUN) != 0;
    has_taskrun_flag_ = (tries[i] & IORING_SETUP_TASKRUN_FLAG) != 0;
  }
  if (code != 0) return code;
  ring_open_ = true;
  has_min_wait_ = options.min_wait && (ring_.features & IORING_FEAT_MIN_TIMEOUT) != 0;
  // enter() publishes submissions itself, to submit and wait for min_wait in one call.
  if (ring_.sq.array != nullptr) {
    for (unsigned i = 0; i < ring_.sq.ring_entries; ++i) ring_.sq.array[i] = i;
  }
  return (ring_.features & IORING_FEAT_EXT_ARG) != 0 ? 0 : EINVAL;
}

int Ring::open_buffers(const LoopOptions& options) {
  const unsigned count = std::bit_ceil(std::clamp(options.receive_buffers, 1U, 32768U));
  buffer_octets_ = (options.receive_buffer_octets + 7) & ~7U;
  octets_mapped_ = size_t{count} * buffer_octets_;
  buffers_mapped_ = count * sizeof(io_uring_buf);
  octets_ = static_cast<uint8_t*>(map_pages(octets_mapped_));
  buffers_ = static_cast<io_uring_buf_ring*>(map_pages(buffers_mapped_));
  if (octets_ == nullptr || buffers_ == nullptr) return ENOMEM;
  io_uring_buf_reg registration;
  std::memset(&registration, 0, sizeof registration);
  registration.ring_addr = reinterpret_cast<uintptr_t>(buffers_);
  registration.ring_entries = count;
  registration.bgid = buffer_group;
  const int code = io_uring_register_buf_ring(&ring_, &registration, 0);
  if (code != 0) return -code;
  buffers_mask_ = io_uring_buf_ring_mask(count);
  io_uring_buf_ring_init(buffers_);
  for (unsigned id = 0; id < count; ++id) give_back(id);
  io_uring_buf_ring_advance(buffers_, given_back_);
  given_back_ = 0;
  return 0;
}

// Buffers go last: until the ring is gone the kernel may write to them.
Ring::~Ring() {
  if (ring_open_) {
    cancel_all();
    io_uring_queue_exit(&ring_);
  }
  if (buffers_ != nullptr) munmap(buffers_, buffers_mapped_);
  if (octets_ != nullptr) munmap(octets_, octets_mapped_);
}

bool Ring::enter(unsigned completions, Duration wait, Duration min_wait) {
  const unsigned tail = ring_.sq.sqe_tail;
  ring_.sq.sqe_head = tail;
  io_uring_smp_store_release(ring_.sq.ktail, tail);
  const timespec limit = to_timespec(std::min(wait, wait_max));
  const __kernel_timespec timeout{.tv_sec = limit.tv_sec, .tv_nsec = limit.tv_nsec};
  WaitArguments arguments;
  arguments.min_wait_us = static_cast<uint32_t>(min_wait / std::chrono::microseconds(1));
  arguments.timeout = reinterpret_cast<uintptr_t>(&timeout);
  unsigned flags = IORING_ENTER_GETEVENTS | IORING_ENTER_EXT_ARG;
  if (ring_registered_) flags |= IORING_ENTER_REGISTERED_RING;
  const int fd = ring_registered_ ? ring_.enter_ring_fd : ring_.ring_fd;
  const int code = static_cast<int>(
      io_uring_enter2(static_cast<unsigned>(fd), unsubmitted(), completions, flags,
                      reinterpret_cast<sigset_t*>(&arguments), sizeof arguments));
  // ETIME and EINTR end a wait; EAGAIN and EBUSY leave submissions for the next call, after the
  // caller has taken completions. Anything else says that we use the ring wrongly (EEXIST: from a
  // second thread).
  CHECK(code >= 0 || code == -ETIME || code == -EINTR || code == -EAGAIN || code == -EBUSY ||
        code == -EBADR);
  return code != -EBADR;
}

bool Ring::has_more() const {
  if (io_uring_smp_load_acquire(ring_.cq.ktail) != *ring_.cq.khead) return true;
  const unsigned flags = IO_URING_READ_ONCE(*ring_.sq.kflags);
  return (flags & (IORING_SQ_CQ_OVERFLOW | (has_taskrun_flag_ ? IORING_SQ_TASKRUN : 0U))) != 0;
}

bool Ring::register_file(unsigned index, int fd) {
  return index < files_max_ && io_uring_register_files_update(&ring_, index, &fd, 1) == 1;
}

void Ring::cancel(uint64_t user_data) {
  io_uring_sync_cancel_reg request;
  std::memset(&request, 0, sizeof request);
  request.addr = user_data;
  request.timeout.tv_sec = -1;
  request.timeout.tv_nsec = -1;
  io_uring_register_sync_cancel(&ring_, &request);
  // The cancelled request holds its file until its completion has been posted by this thread.
  enter(0, Duration::zero(), Duration::zero());
}

void Ring::cancel_all() {
  io_uring_sync_cancel_reg request;
  std::memset(&request, 0, sizeof request);
  request.flags = IORING_ASYNC_CANCEL_ANY | IORING_ASYNC_CANCEL_ALL;
  request.timeout.tv_sec = -1;
  request.timeout.tv_nsec = -1;
  // Refused (EEXIST) where the owning thread has ended, whose end cancelled everything.
  if (io_uring_register_sync_cancel(&ring_, &request) != -EEXIST) io_uring_get_events(&ring_);
}

}  // namespace dnswarm
