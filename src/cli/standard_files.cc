#include "cli/standard_files.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace dnswarm::cli {

void keep_closed_standard_files_closed() {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
    if (fcntl(fd, F_GETFD) >= 0 || errno != EBADF) continue;
    // Gets the lowest number that is free: this one. What was to be read can only be written, what was to
    // be written only be read.
    if (open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd) return;
  }
}

}  // namespace dnswarm::cli
