#include "cli/output_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace dnswarm::cli {

OutputFile::OutputFile(int fd, bool owned, std::string name)
    : fd_(fd), owned_(owned), name_(std::move(name)) {}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : fd_(other.fd_), owned_(std::exchange(other.owned_, false)), name_(std::move(other.name_)) {}

OutputFile::~OutputFile() {
  if (owned_) ::close(fd_);
}

std::optional<OutputFile> OutputFile::open(const std::string& name, std::string* error) {
  if (name == "-") return OutputFile(STDOUT_FILENO, false, "standard output");
  const int fd = ::open(name.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
  if (fd >= 0) return OutputFile(fd, true, name);
  *error = "cannot write " + name + ": " + std::strerror(errno);
  return std::nullopt;
}

bool OutputFile::is_terminal() const { return isatty(fd_) == 1; }

bool OutputFile::is_same_file_as(int fd) const {
  struct stat ours {}, theirs {};
  if (fstat(fd_, &ours) != 0 || fstat(fd, &theirs) != 0) return false;
  return S_ISREG(ours.st_mode) && ours.st_dev == theirs.st_dev && ours.st_ino == theirs.st_ino;
}

int OutputFile::start() {
  struct stat status {};
  // Only a file of our own: what the shell opened for stdout may be meant to be appended to.
  if (!owned_ || fstat(fd_, &status) != 0 || !S_ISREG(status.st_mode)) return 0;
  return ftruncate(fd_, 0) == 0 ? 0 : errno;
}

int OutputFile::write_all(std::string_view text) {
  while (!text.empty()) {
    const ssize_t octets = ::write(fd_, text.data(), text.size());
    if (octets >= 0) text.remove_prefix(static_cast<size_t>(octets));
    else if (errno != EINTR) return errno;
  }
  return 0;
}

// Some file systems report a lack of space only now.
int OutputFile::close() {
  if (!owned_) return 0;
  owned_ = false;
  return ::close(fd_) == 0 ? 0 : errno;
}

}  // namespace dnswarm::cli
