// CHECK: an invariant of ours, on in release builds. A violation is a bug in dnswarm: it names the
// place and aborts. Never used for anything that input or the network can bring about.
#ifndef DNSWARM_BASE_CHECK_H_
#define DNSWARM_BASE_CHECK_H_

#include <cstdio>
#include <cstdlib>

namespace dnswarm {

[[noreturn]] inline void check_failed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "dnswarm: bug: %s is false at %s:%d\n", condition, file, line);
  std::abort();
}

}  // namespace dnswarm

#define CHECK(condition) \
  (__builtin_expect(!!(condition), 1) ? void(0) : ::dnswarm::check_failed(#condition, __FILE__, __LINE__))

#endif  // DNSWARM_BASE_CHECK_H_
