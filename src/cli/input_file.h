// The file or pipe names come from: large reads, and a wait that a stop ends.
//
// O_NONBLOCK is never set: on stdin it would belong to the shell and to other processes too.
#ifndef DNSWARM_CLI_INPUT_FILE_H_
#define DNSWARM_CLI_INPUT_FILE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace dnswarm::cli {

class InputFile {
 public:
  enum class Outcome : uint8_t { octets, end, stopped, failed };

  // Opens the file of that name; "-" is stdin. On failure null, and *error says why.
  static std::unique_ptr<InputFile> open(const std::string& name, std::string* error);
  // Takes `fd`, and closes it at the end if `owned`.
  InputFile(int fd, bool owned);
  ~InputFile();
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  // Waits for octets or until `stop_fd` is readable (-1: does not look). *chunk is valid until the
  // next call.
  Outcome read(int stop_fd, std::string_view* chunk);
  // A regular file is read from there on. 0 or errno.
  [[nodiscard]] int seek(uint64_t offset);
  int error_number() const { return error_number_; }  // of a failed read

  int fd() const { return fd_; }
  bool is_regular() const { return regular_; }
  bool is_terminal() const { return terminal_; }
  // Of a regular file, when it was opened: its octets, and the offset that reading begins at (the shell may
  // have read a part of stdin). 0 for others.
  uint64_t size() const { return size_; }
  uint64_t start() const { return start_; }
  // Octets from here to the end of a regular file; 0 where that is not known.
  uint64_t octets_expected() const { return octets_expected_; }

 private:
  static constexpr size_t chunk_octets = size_t{1} << 18;  // 256 KiB: far above the cost of a call

  const int fd_;
  const bool owned_;
  bool regular_ = false;
  bool terminal_ = false;
  uint64_t size_ = 0;
  uint64_t start_ = 0;
  uint64_t octets_expected_ = 0;
  int error_number_ = 0;
  std::unique_ptr<char[]> chunk_;
};

}  // namespace dnswarm::cli

#endif  // DNSWARM_CLI_INPUT_FILE_H_
