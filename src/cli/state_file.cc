#include "cli/state_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace dnswarm::cli {
namespace {

bool is_same_file(const struct stat& a, const struct stat& b) {
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

int write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t octets = write(fd, text.data(), text.size());
    if (octets >= 0)
      text.remove_prefix(static_cast<size_t>(octets));
    else if (errno != EINTR)
      return errno;
  }
  return 0;
}

// A new file at `path`, locked, with that text on the disk. -1 and errno in *error where it cannot be.
int write_new(const std::string& path, std::string_view text, int* error) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  *error = fd < 0 || flock(fd, LOCK_EX | LOCK_NB) != 0 ? errno : write_all(fd, text);
  if (*error == 0 && fsync(fd) != 0) *error = errno;
  if (*error == 0) return fd;
  if (fd >= 0) close(fd);
  return -1;
}

}  // namespace

StateFile::StateFile(StateFile&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      path_(std::move(other.path_)),
      text_(std::move(other.text_)),
      created_(std::exchange(other.created_, false)) {}

StateFile::~StateFile() {
  if (created_) unlink(path_.c_str());
  if (fd_ >= 0) close(fd_);
}

std::optional<StateFile> StateFile::open(const std::string& path, std::string* error) {
  while (true) {
    int fd = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
    const bool created = fd < 0 && errno == ENOENT;
    if (created) fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    struct stat ours {
    }, named{};
    if (fd < 0 || fstat(fd, &ours) != 0) {
      *error = "cannot open " + path + ": " + std::strerror(errno);
      if (fd >= 0) close(fd);
      return std::nullopt;
    }
    StateFile file(fd, path);
    if (!S_ISREG(ours.st_mode)) {
      *error = path + " is no regular file";
      return std::nullopt;
    }
    if (*error = lock_file(fd, path); !error->empty()) return std::nullopt;
    // Between open and flock the run that had it may have put a new one in its place.
    if (stat(path.c_str(), &named) != 0 || !is_same_file(ours, named)) continue;
    if (const int failure = file.read(); failure != 0) {
      *error = "cannot read " + path + ": " + std::strerror(failure);
      return std::nullopt;
    }
    file.created_ = created && file.text_.empty();
    return file;
  }
}

int StateFile::read() {
  char part[1 << 16];
  while (true) {
    const ssize_t octets = ::read(fd_, part, sizeof part);
    if (octets == 0) return 0;
    if (octets > 0)
      text_.append(part, static_cast<size_t>(octets));
    else if (errno != EINTR)
      return errno;
  }
}

bool StateFile::is_same_file_as(int fd) const {
  struct stat ours {
  }, theirs{};
  return fstat(fd_, &ours) == 0 && fstat(fd, &theirs) == 0 && is_same_file(ours, theirs);
}

int StateFile::replace(std::string_view text) {
  const std::string new_path = path_ + ".new";
  int error = 0;
  const int fd = write_new(new_path, text, &error);
  if (fd < 0) return error;
  if (rename(new_path.c_str(), path_.c_str()) != 0) {
    error = errno;
    close(fd);
    return error;
  }
  close(std::exchange(fd_, fd));
  created_ = false;
  return sync_folder_of(path_);
}

std::string lock_file(int fd, const std::string& name) {
  if (flock(fd, LOCK_EX | LOCK_NB) == 0) return {};
  if (errno == EWOULDBLOCK) return name + " is in use by another run";
  return "cannot lock " + name + ": " + std::strerror(errno);
}

int sync_folder_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  const std::string folder = slash == path.npos ? "." : path.substr(0, slash + 1);
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return errno;
  // Some file systems have nothing to sync for a folder, and say so.
  const int error = fsync(fd) == 0 || errno == EINVAL ? 0 : errno;
  close(fd);
  return error;
}

}  // namespace dnswarm::cli
