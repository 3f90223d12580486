// What --version says about the machine and the libraries.
#include <ares.h>
#include <liburing.h>

#include "dnswarm/resolver.h"
#include "net/loop.h"

#include "absl/base/config.h"

namespace dnswarm {

std::string describe_io() {
  std::string error;
  LoopOptions options;
  if (auto loop = make_ring_loop(options, &error)) return loop->describe();
  return "no io_uring: " + error;
}

std::string describe_libraries() {
  std::string text = std::string("c-ares ") + ares_version(nullptr);
#ifdef IO_URING_VERSION_MAJOR
  text += ", liburing " + std::to_string(IO_URING_VERSION_MAJOR) + "." +
          std::to_string(IO_URING_VERSION_MINOR);
#endif
#ifdef ABSL_LTS_RELEASE_VERSION
  text += ", Abseil " + std::to_string(ABSL_LTS_RELEASE_VERSION);
#endif
  return text;
}

}  // namespace dnswarm
