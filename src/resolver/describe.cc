// What --version says about the machine and the libraries.
#include <ares.h>

#include "dnswarm/resolver.h"
#include "net/loop.h"

namespace dnswarm {

std::string describe_io() {
  std::string error;
  LoopOptions options;
  if (auto loop = make_ring_loop(options, &error)) return loop->describe();
  return "no io_uring: " + error;
}

std::string describe_libraries() {
  std::string text = std::string("c-ares ") + ares_version(nullptr);
  // As found when it was built: these have no run-time version.
  text += ", liburing " DNSWARM_LIBURING ", Abseil " DNSWARM_ABSEIL ", IDNA: " DNSWARM_IDNA
          ", public suffixes: " DNSWARM_PSL;
  return text;
}

}  // namespace dnswarm
