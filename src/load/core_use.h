// How a thread used its core: to tell our own limit from the server's.
#ifndef DNSWARM_LOAD_CORE_USE_H_
#define DNSWARM_LOAD_CORE_USE_H_

#include "base/clock.h"

namespace dnswarm {

struct CoreUse {
  Duration busy{};     // it ran, in user or system mode
  Duration waiting{};  // it could have run, but others had the core; 0 where the kernel does not say
};

// Of the calling thread, so far.
CoreUse core_use_so_far();
inline CoreUse operator-(const CoreUse& a, const CoreUse& b) {
  return {a.busy - b.busy, a.waiting - b.waiting};
}

// User and system time of the whole process so far.
Duration process_cpu_time();

}  // namespace dnswarm

#endif  // DNSWARM_LOAD_CORE_USE_H_
