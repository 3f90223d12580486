// How much memory the process may use, by its cgroups (versions 1 and 2), and what of it a cache may have.
// Beyond that limit the kernel kills the process, without a word: containers have one more often than not.
#ifndef DNSWARM_RESOLVER_MEMORY_LIMIT_H_
#define DNSWARM_RESOLVER_MEMORY_LIMIT_H_

#include <cstddef>
#include <cstdint>
#include <string>

namespace dnswarm {

inline constexpr uint64_t no_memory_limit = UINT64_MAX;

// The least of the limits of this process's memory cgroup and of those it lies in, in octets; no_memory_limit
// where there is none. The arguments say where Linux has them; tests have their own.
uint64_t memory_limit(const std::string& proc_self_cgroup = "/proc/self/cgroup",
                      const std::string& folder = "/sys/fs/cgroup");

// What of a cache of `wanted` octets fits beside everything else: half of the limit at most, for rows may
// have to wait for others, too. 0 where nothing is left.
size_t cache_that_fits(size_t wanted, uint64_t limit, size_t workers, size_t in_flight);

}  // namespace dnswarm

#endif  // DNSWARM_RESOLVER_MEMORY_LIMIT_H_
