#include "cli/monitor.h"

#include <poll.h>
#include <pthread.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>

namespace dnswarm::cli {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds tick_interval{1};

// timeout(1) sends its signal twice at once, to the process and to its group: that is one request.
constexpr std::chrono::milliseconds same_request{100};

sigset_t stop_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  return set;
}

int milliseconds_until(steady_clock::time_point time) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(time - steady_clock::now());
  return static_cast<int>(std::max<int64_t>(left.count(), 0));
}

}  // namespace

void Monitor::block_signals() {
  const sigset_t set = stop_signals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  // Then writing fails, by EPIPE, and by EFBIG beyond what `ulimit -f` allows.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
}

Monitor::Monitor(Stop& stop, std::function<void()> cancel, std::function<void()> tick)
    : stop_(stop), cancel_(std::move(cancel)), tick_(std::move(tick)), signal_fd_([] {
        const sigset_t set = stop_signals();
        return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
      }()) {
  thread_ = std::thread([this] { loop(); });
}

Monitor::~Monitor() {
  finish();
  close(signal_fd_);
}

void Monitor::finish() {
  if (!thread_.joinable()) return;
  finished_.request(Stop::Reason::terminated);
  thread_.join();
}

void Monitor::loop() {
  bool cancelled = false;
  auto next_tick = steady_clock::now() + tick_interval;
  while (!finished_.requested()) {
    // A descriptor of -1 is passed over: the stop is acted upon once.
    pollfd waiting[3] = {{signal_fd_, POLLIN, 0},
                         {finished_.fd(), POLLIN, 0},
                         {cancelled ? -1 : stop_.fd(), POLLIN, 0}};
    poll(waiting, 3, tick_ ? milliseconds_until(next_tick) : -1);
    if ((waiting[0].revents & POLLIN) != 0) take_signal();
    if (!cancelled && stop_.requested()) {
      cancelled = true;
      cancel_();
    }
    if (tick_ && steady_clock::now() >= next_tick && !finished_.requested()) {
      tick_();
      next_tick += tick_interval;
    }
  }
}

void Monitor::take_signal() {
  signalfd_siginfo info;
  if (read(signal_fd_, &info, sizeof info) != static_cast<ssize_t>(sizeof info)) return;
  const bool interrupt = info.ssi_signo == static_cast<uint32_t>(SIGINT);
  const auto now = steady_clock::now();
  if (signalled_at_ && now - *signalled_at_ < same_request) return;
  // Exactly here nothing may be waited for: not for the disk, not for the network.
  if (signalled_at_) _exit(interrupt ? 130 : 143);
  signalled_at_ = now;
  stop_.request(interrupt ? Stop::Reason::interrupted : Stop::Reason::terminated);
}

}  // namespace dnswarm::cli
