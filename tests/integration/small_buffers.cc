// For the integration tests: a library that, loaded in front of libc, gives a program's sockets receive
// buffers of 16 KiB, and tells it that it got what it asked for: as where a packet takes more of the kernel's
// memory than the program reckons with.
#include <dlfcn.h>
#include <sys/socket.h>

namespace {
constexpr int receive_octets = 16'384;
constexpr int told_octets = 16 << 20;
}  // namespace

extern "C" int setsockopt(int fd, int level, int name, const void* value, socklen_t octets) noexcept {
  using SetSockOpt = int (*)(int, int, int, const void*, socklen_t);
  static const auto original = reinterpret_cast<SetSockOpt>(dlsym(RTLD_NEXT, "setsockopt"));
  if (level == SOL_SOCKET && (name == SO_RCVBUFFORCE || name == SO_RCVBUF))
    return original(fd, level, SO_RCVBUF, &receive_octets, sizeof receive_octets);
  return original(fd, level, name, value, octets);
}

extern "C" int getsockopt(int fd, int level, int name, void* value, socklen_t* octets) noexcept {
  using GetSockOpt = int (*)(int, int, int, void*, socklen_t*);
  static const auto original = reinterpret_cast<GetSockOpt>(dlsym(RTLD_NEXT, "getsockopt"));
  const int result = original(fd, level, name, value, octets);
  if (result == 0 && level == SOL_SOCKET && name == SO_RCVBUF) *static_cast<int*>(value) = told_octets;
  return result;
}
