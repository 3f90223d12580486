// Time as an argument. Only the worker and the cli call monotonic_now(); everything below takes an
// Instant, so a test lets an hour pass in one line.
#ifndef DNSWARM_BASE_CLOCK_H_
#define DNSWARM_BASE_CLOCK_H_

#include <chrono>

namespace dnswarm {

using Duration = std::chrono::nanoseconds;
using Instant = std::chrono::time_point<std::chrono::steady_clock, Duration>;
using WallTime = std::chrono::system_clock::time_point;

inline constexpr Instant never = Instant::max();

inline Instant monotonic_now() { return std::chrono::steady_clock::now(); }

inline double seconds_of(Duration time) { return std::chrono::duration<double>(time).count(); }

}  // namespace dnswarm

#endif  // DNSWARM_BASE_CLOCK_H_
