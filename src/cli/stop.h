// Why the run should end early, told once to everybody: threads ask reason(), poll() waits on fd().
#ifndef DNSWARM_CLI_STOP_H_
#define DNSWARM_CLI_STOP_H_

#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>

namespace dnswarm::cli {

class Stop {
 public:
  enum class Reason : uint8_t { none, output_failed, interrupted, terminated, no_upstream };

  Stop() : fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}
  ~Stop() { close(fd_); }
  Stop(const Stop&) = delete;
  Stop& operator=(const Stop&) = delete;

  // The first request counts. From any thread.
  void request(Reason reason) {
    Reason none = Reason::none;
    if (!reason_.compare_exchange_strong(none, reason)) return;
    const uint64_t one = 1;
    // Cannot fail: the counter is far from its limit. Nobody reads it, so it stays readable.
    [[maybe_unused]] const ssize_t written = write(fd_, &one, sizeof one);
  }
  Reason reason() const { return reason_.load(std::memory_order_acquire); }
  bool requested() const { return reason() != Reason::none; }
  int fd() const { return fd_; }  // readable from the first request on

 private:
  const int fd_;
  std::atomic<Reason> reason_{Reason::none};
};

}  // namespace dnswarm::cli

#endif  // DNSWARM_CLI_STOP_H_
