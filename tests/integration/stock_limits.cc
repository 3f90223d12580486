// For the integration tests: a library that, loaded in front of libc, gives a program the socket
// buffers an ordinary user gets with stock sysctls (net.core.rmem_max and wmem_max 212,992), without
// changing those of the machine.
#include <dlfcn.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

namespace {
constexpr int stock_octets_max = 212'992;
}

extern "C" int setsockopt(int fd, int level, int name, const void* value, socklen_t octets) noexcept {
  using SetSockOpt = int (*)(int, int, int, const void*, socklen_t);
  static const auto original = reinterpret_cast<SetSockOpt>(dlsym(RTLD_NEXT, "setsockopt"));
  if (level == SOL_SOCKET && (name == SO_RCVBUFFORCE || name == SO_SNDBUFFORCE)) {
    errno = EPERM;
    return -1;
  }
  if (level == SOL_SOCKET && (name == SO_RCVBUF || name == SO_SNDBUF) && octets == sizeof(int)) {
    const int clamped = std::min(*static_cast<const int*>(value), stock_octets_max);
    return original(fd, level, name, &clamped, sizeof clamped);
  }
  return original(fd, level, name, value, octets);
}
