#include "load/core_use.h"

#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include <cstdlib>

namespace dnswarm {
namespace {

Duration clock_time(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return std::chrono::seconds(time.tv_sec) + Duration(time.tv_nsec);
}

// "RUNNING WAITING SLICES", in nanoseconds (the kernel's Documentation/scheduler/sched-stats).
Duration time_waited() {
  const int fd = open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC);
  if (fd < 0) return {};
  char text[96] = {};
  const ssize_t octets = read(fd, text, sizeof text - 1);
  close(fd);
  if (octets <= 0) return {};
  char* second = nullptr;
  std::strtoull(text, &second, 10);
  return Duration(static_cast<int64_t>(std::strtoull(second, nullptr, 10)));
}

}  // namespace

CoreUse core_use_so_far() { return {clock_time(CLOCK_THREAD_CPUTIME_ID), time_waited()}; }

Duration process_cpu_time() { return clock_time(CLOCK_PROCESS_CPUTIME_ID); }

}  // namespace dnswarm
