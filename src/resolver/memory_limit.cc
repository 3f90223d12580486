#include "resolver/memory_limit.h"

#include <algorithm>
#include <fstream>
#include <string_view>

namespace dnswarm {
namespace {

// Measured, and somewhat more: the program, its libraries and its output; a ring, sockets and buffers of each
// worker; a lookup.
constexpr size_t octets_of_program = size_t{16} << 20;
constexpr size_t octets_of_worker = size_t{3} << 20;
constexpr size_t octets_of_lookup = 512;

// "max", and what does not parse, is no limit.
uint64_t limit_in(const std::string& path) {
  std::ifstream file(path);
  uint64_t octets = no_memory_limit;
  return file >> octets ? octets : no_memory_limit;
}

// Of the cgroup and of all it lies in. What a container does not see of its path is not there.
uint64_t least_limit(const std::string& folder, std::string cgroup, const std::string& file) {
  uint64_t least = no_memory_limit;
  for (;;) {
    least = std::min(least, limit_in(folder + cgroup + "/" + file));
    const size_t slash = cgroup.rfind('/');
    if (slash == std::string::npos) return least;
    cgroup.resize(slash);
  }
}

bool has_memory(std::string_view controllers) {
  return ("," + std::string(controllers) + ",").find(",memory,") != std::string::npos;
}

}  // namespace

uint64_t memory_limit(const std::string& proc_self_cgroup, const std::string& folder) {
  uint64_t least = no_memory_limit;
  std::ifstream file(proc_self_cgroup);
  for (std::string line; std::getline(file, line);) {  // "4:memory:/a/b", or "0::/a/b" of version 2
    const size_t controllers = line.find(':') + 1;
    const size_t path = line.find(':', controllers);
    if (controllers == 0 || path == std::string::npos) continue;
    const std::string_view names = std::string_view(line).substr(controllers, path - controllers);
    if (names.empty()) {
      least = std::min(least, least_limit(folder, line.substr(path + 1), "memory.max"));
    } else if (has_memory(names)) {
      const std::string memory = folder + "/memory";
      least = std::min(least, least_limit(memory, line.substr(path + 1), "memory.limit_in_bytes"));
    }
  }
  return least;
}

size_t cache_that_fits(size_t wanted, uint64_t limit, size_t workers, size_t in_flight) {
  const uint64_t rest = octets_of_program + workers * octets_of_worker + in_flight * octets_of_lookup;
  if (limit <= rest) return 0;
  return static_cast<size_t>(std::min<uint64_t>({wanted, limit / 2, limit - rest}));
}

}  // namespace dnswarm
