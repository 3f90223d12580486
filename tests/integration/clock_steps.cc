// For the chaos tests: a library that, loaded in front of libc, lets a program's wall clock (CLOCK_REALTIME)
// jump every 250 ms: an hour ahead, back, an hour behind, back. What is steady of the clocks stays so.
#include <dlfcn.h>
#include <sys/time.h>

#include <ctime>

namespace {

using ClockGetTime = int (*)(clockid_t, timespec*);

int real_clock(clockid_t clock, timespec* time) {
  static const auto original = reinterpret_cast<ClockGetTime>(dlsym(RTLD_NEXT, "clock_gettime"));
  return original(clock, time);
}

time_t step_s() {
  constexpr time_t steps_s[] = {0, 3600, 0, -3600};
  timespec steady{};
  real_clock(CLOCK_MONOTONIC, &steady);
  return steps_s[(steady.tv_sec * 4 + steady.tv_nsec / 250'000'000) % 4];
}

}  // namespace

extern "C" int clock_gettime(clockid_t clock, timespec* time) noexcept {
  const int result = real_clock(clock, time);
  if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) time->tv_sec += step_s();
  return result;
}

extern "C" int gettimeofday(timeval* time, void*) noexcept {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  *time = {now.tv_sec, now.tv_nsec / 1000};
  return 0;
}

extern "C" time_t time(time_t* out) noexcept {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  if (out != nullptr) *out = now.tv_sec;
  return now.tv_sec;
}
