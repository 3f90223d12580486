// In front of libc (LD_PRELOAD): writes down what the program does to files in one folder, in order, so that
// a test can tell what a power cut at each moment would have left there.
//
//   RECORD_FOLDER   files in it are recorded
//   RECORD_LOG      where to: lines "WORD NUMBER SIZE PATH", each followed by SIZE octets and a line end
//   RECORD_FAIL     after so many records the next fdatasync fails, once
//   RECORD_DIE      after so many records the process kills itself, with nothing done that is not recorded
//
// WORD is create (a file that was not there), cut (to NUMBER octets), write (at offset NUMBER, SIZE octets),
// sync, sync-folder, rename (the octets are the new path), unlink,
// sync-failed. open and open64 are two names here.
#undef _FILE_OFFSET_BITS

#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdarg>
#include <cstdlib>
#include <mutex>
#include <string>
#include <string_view>

namespace {

std::recursive_mutex mutex;  // held over an act and its record: the order in the log is that of the acts

template <typename Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

std::string setting(const char* name) {
  const char* const value = getenv(name);
  return value == nullptr ? "" : value;
}

bool is_ours(std::string_view path) {
  static const std::string folder = setting("RECORD_FOLDER");
  return !folder.empty() && path.starts_with(folder);
}

std::string path_of(int fd) {
  char path[4096];
  const ssize_t octets = readlink(("/proc/self/fd/" + std::to_string(fd)).c_str(), path, sizeof path);
  return {path, octets > 0 ? static_cast<size_t>(octets) : 0};
}

int records = 0;

void record(const char* word, uint64_t number, std::string_view octets, const std::string& path) {
  static const int log = next<int(const char*, int, ...)>("open")(
      setting("RECORD_LOG").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  static const int die_after = atoi(setting("RECORD_DIE").c_str());
  std::string text = std::string(word) + " " + std::to_string(number) + " " + std::to_string(octets.size()) +
                     " " + path + "\n";
  text.append(octets).append("\n");
  if (next<ssize_t(int, const void*, size_t)>("write")(log, text.data(), text.size()) !=
      static_cast<ssize_t>(text.size())) {
    abort();
  }
  if (++records == die_after) kill(getpid(), SIGKILL);
}

int open_recorded(const char* name, const char* path, int flags, mode_t mode) {
  const std::lock_guard lock(mutex);
  struct stat before {};
  const bool was_there = stat(path, &before) == 0;
  const int fd = next<int(const char*, int, ...)>(name)(path, flags, mode);
  const int error = errno;
  if (fd >= 0 && is_ours(path_of(fd))) {
    if (!was_there)
      record("create", 0, {}, path_of(fd));
    else if ((flags & O_TRUNC) != 0)
      record("cut", 0, {}, path_of(fd));
  }
  errno = error;
  return fd;
}

// As after a write error: the kernel tells of it once.
bool fails_now() {
  static int fail_after = atoi(setting("RECORD_FAIL").c_str());
  if (fail_after == 0 || records < fail_after) return false;
  fail_after = 0;
  return true;
}

int sync_recorded(const char* name, int fd) {
  const std::lock_guard lock(mutex);
  const int result = next<int(int)>(name)(fd);
  struct stat status {};
  if (result == 0 && is_ours(path_of(fd)) && fstat(fd, &status) == 0) {
    record(S_ISDIR(status.st_mode) ? "sync-folder" : "sync", 0, {}, path_of(fd));
  }
  return result;
}

int cut_recorded(const char* name, int fd, off_t octets) {
  const std::lock_guard lock(mutex);
  const int result = next<int(int, off_t)>(name)(fd, octets);
  if (result == 0 && is_ours(path_of(fd))) record("cut", static_cast<uint64_t>(octets), {}, path_of(fd));
  return result;
}

mode_t mode_of(int flags, va_list arguments) {
  return (flags & O_CREAT) != 0 ? static_cast<mode_t>(va_arg(arguments, unsigned)) : 0;
}

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = mode_of(flags, arguments);
  va_end(arguments);
  return open_recorded("open", path, flags, mode);
}

int open64(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = mode_of(flags, arguments);
  va_end(arguments);
  return open_recorded("open64", path, flags, mode);
}

ssize_t write(int fd, const void* octets, size_t size) {
  const std::string path = path_of(fd);
  if (!is_ours(path)) return next<ssize_t(int, const void*, size_t)>("write")(fd, octets, size);
  const std::lock_guard lock(mutex);
  const off_t at = lseek(fd, 0, SEEK_CUR);
  const ssize_t written = next<ssize_t(int, const void*, size_t)>("write")(fd, octets, size);
  if (written > 0) {
    record("write", static_cast<uint64_t>(at),
           {static_cast<const char*>(octets), static_cast<size_t>(written)}, path);
  }
  return written;
}

int fsync(int fd) { return sync_recorded("fsync", fd); }
int fdatasync(int fd) {
  const std::lock_guard lock(mutex);
  if (!is_ours(path_of(fd)) || !fails_now()) return sync_recorded("fdatasync", fd);
  record("sync-failed", 0, {}, path_of(fd));
  errno = EIO;
  return -1;
}
int ftruncate(int fd, off_t octets) noexcept { return cut_recorded("ftruncate", fd, octets); }
int ftruncate64(int fd, off_t octets) noexcept { return cut_recorded("ftruncate64", fd, octets); }

int rename(const char* from, const char* to) noexcept {
  const std::lock_guard lock(mutex);
  const int result = next<int(const char*, const char*)>("rename")(from, to);
  if (result == 0 && is_ours(from)) record("rename", 0, to, from);
  return result;
}

int unlink(const char* path) noexcept {
  const std::lock_guard lock(mutex);
  const int result = next<int(const char*)>("unlink")(path);
  if (result == 0 && is_ours(path)) record("unlink", 0, {}, path);
  return result;
}

}  // extern "C"
