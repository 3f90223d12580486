// The thread that makes checkpoints: one begins 250 ms after the last one began, later where they take long,
// but once a second at least, or as soon as the last one is over.
#ifndef DNSWARM_CLI_CHECKPOINTER_H_
#define DNSWARM_CLI_CHECKPOINTER_H_

#include <functional>
#include <thread>

#include "cli/stop.h"

namespace dnswarm::cli {

class Checkpointer {
 public:
  // `checkpoint` returns 0 or errno. After the first failure `on_failure` is called with it, and no more is
  // done. Both from this thread.
  Checkpointer(std::function<int()> checkpoint, std::function<void(int)> on_failure);
  ~Checkpointer();
  Checkpointer(const Checkpointer&) = delete;
  Checkpointer& operator=(const Checkpointer&) = delete;

  // Ends the thread; nothing is running or called afterwards.
  void finish();

 private:
  void loop();

  const std::function<int()> checkpoint_;
  const std::function<void(int)> on_failure_;
  Stop finished_;
  std::thread thread_;
};

}  // namespace dnswarm::cli

#endif  // DNSWARM_CLI_CHECKPOINTER_H_
