#include "cli/input_file.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace dnswarm::cli {

std::unique_ptr<InputFile> InputFile::open(const std::string& name, std::string* error) {
  if (name == "-") return std::make_unique<InputFile>(STDIN_FILENO, false);
  const int fd = ::open(name.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat status {};
  const char* reason = nullptr;
  if (fd < 0 || fstat(fd, &status) != 0) reason = std::strerror(errno);
  else if (S_ISDIR(status.st_mode)) reason = std::strerror(EISDIR);
  if (reason == nullptr) return std::make_unique<InputFile>(fd, true);
  *error = "cannot read " + name + ": " + reason;
  if (fd >= 0) close(fd);
  return nullptr;
}

InputFile::InputFile(int fd, bool owned)
    : fd_(fd), owned_(owned), chunk_(new char[chunk_octets]) {
  struct stat status {};
  if (fstat(fd_, &status) != 0) return;  // read() will say what is wrong
  terminal_ = S_ISCHR(status.st_mode) && isatty(fd_) == 1;
  regular_ = S_ISREG(status.st_mode);
  if (regular_) {
    const off_t here = lseek(fd_, 0, SEEK_CUR);
    size_ = static_cast<uint64_t>(status.st_size);
    start_ = static_cast<uint64_t>(std::max<off_t>(here, 0));
    octets_expected_ = size_ - std::min(start_, size_);
    posix_fadvise(fd_, 0, 0, POSIX_FADV_SEQUENTIAL);
  } else if (S_ISFIFO(status.st_mode)) {
    // Advice only: 1 MiB is what an ordinary user may have, and it may be refused.
    fcntl(fd_, F_SETPIPE_SZ, 1 << 20);
  }
}

InputFile::~InputFile() {
  if (owned_) close(fd_);
}

int InputFile::seek(uint64_t offset) {
  if (lseek(fd_, static_cast<off_t>(offset), SEEK_SET) < 0) return errno;
  octets_expected_ = size_ - std::min(offset, size_);
  return 0;
}

InputFile::Outcome InputFile::read(int stop_fd, std::string_view* chunk) {
  while (true) {
    pollfd waiting[2] = {{fd_, POLLIN, 0}, {stop_fd, POLLIN, 0}};
    if (poll(waiting, 2, -1) < 0) {
      if (errno == EINTR) continue;
      error_number_ = errno;
      return Outcome::failed;
    }
    if (waiting[1].revents != 0) return Outcome::stopped;
    const ssize_t octets = ::read(fd_, chunk_.get(), chunk_octets);
    if (octets == 0) return Outcome::end;
    if (octets > 0) {
      *chunk = {chunk_.get(), static_cast<size_t>(octets)};
      return Outcome::octets;
    }
    if (errno == EINTR || errno == EAGAIN) continue;
    error_number_ = errno;
    return Outcome::failed;
  }
}

}  // namespace dnswarm::cli
