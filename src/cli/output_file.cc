#include "cli/output_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "cli/checksum.h"

namespace dnswarm::cli {

OutputFile::OutputFile(int fd, bool owned, std::string name)
    : fd_(fd), owned_(owned), name_(std::move(name)) {}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : fd_(other.fd_), owned_(std::exchange(other.owned_, false)), name_(std::move(other.name_)) {}

OutputFile::~OutputFile() {
  if (owned_) ::close(fd_);
}

std::optional<OutputFile> OutputFile::open(const std::string& name, std::string* error, bool readable) {
  if (name == "-") return OutputFile(STDOUT_FILENO, false, "standard output");
  const int fd = ::open(name.c_str(), (readable ? O_RDWR : O_WRONLY) | O_CREAT | O_CLOEXEC, 0666);
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

bool OutputFile::is_regular() const {
  struct stat status {};
  return fstat(fd_, &status) == 0 && S_ISREG(status.st_mode);
}

uint64_t OutputFile::size() const {
  struct stat status {};
  return fstat(fd_, &status) == 0 ? static_cast<uint64_t>(status.st_size) : 0;
}

std::optional<uint64_t> OutputFile::checksum_before(uint64_t end, uint64_t octets) const {
  Checksum checksum;
  char part[1 << 16];
  for (uint64_t at = end - std::min(octets, end); at < end;) {
    const ssize_t read = pread(fd_, part, std::min<uint64_t>(sizeof part, end - at), static_cast<off_t>(at));
    if (read < 0 && errno == EINTR) continue;
    if (read <= 0) return std::nullopt;
    checksum.add({part, static_cast<size_t>(read)});
    at += static_cast<uint64_t>(read);
  }
  return checksum.value();
}

int OutputFile::start(uint64_t octets) {
  // Only a file of our own: what the shell opened for stdout may be meant to be appended to.
  if (!owned_ || !is_regular()) return 0;
  const auto offset = static_cast<off_t>(octets);
  return ftruncate(fd_, offset) == 0 && lseek(fd_, offset, SEEK_SET) == offset ? 0 : errno;
}

int OutputFile::sync() { return fdatasync(fd_) == 0 ? 0 : errno; }

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
