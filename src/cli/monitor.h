// The thread that minds signals and the clock: cancels on the first SIGINT or SIGTERM, ends the
// process on the second, and shows progress once a second.
//
// Signals are read from a descriptor, so nothing runs inside a signal handler. They must be blocked
// before any other thread starts (block_signals), or the kernel may pick that thread for them.
#ifndef DNSWARM_CLI_MONITOR_H_
#define DNSWARM_CLI_MONITOR_H_

#include <chrono>
#include <functional>
#include <optional>
#include <thread>

#include "cli/stop.h"

namespace dnswarm::cli {

class Monitor {
 public:
  // Blocks SIGINT and SIGTERM for this thread and those it starts, and ignores SIGPIPE: a closed
  // pipe shows as EPIPE. SIGINT counts also where it was ignored before, as a shell does for
  // background jobs: who sends it to this very process means it.
  static void block_signals();

  // `cancel` is called once, when `stop` is requested by whomever. `tick`, where there is one, once
  // a second. Both from the monitor's thread.
  Monitor(Stop& stop, std::function<void()> cancel, std::function<void()> tick);
  ~Monitor();
  Monitor(const Monitor&) = delete;
  Monitor& operator=(const Monitor&) = delete;

  // Ends the thread; no callback is running or called afterwards.
  void finish();

 private:
  void loop();
  void take_signal();

  Stop& stop_;
  const std::function<void()> cancel_;
  const std::function<void()> tick_;
  Stop finished_;
  const int signal_fd_;
  std::optional<std::chrono::steady_clock::time_point> signalled_at_;
  std::thread thread_;
};

}  // namespace dnswarm::cli

#endif  // DNSWARM_CLI_MONITOR_H_
