// The file rows or the summary go to.
#ifndef DNSWARM_CLI_OUTPUT_FILE_H_
#define DNSWARM_CLI_OUTPUT_FILE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dnswarm::cli {

class OutputFile {
 public:
  // "-" is stdout; else the file is created, or opened as it is: start() empties it, so that a run
  // that never starts leaves it alone. On failure nothing, and *error says why.
  // `readable`: for checksum_before().
  static std::optional<OutputFile> open(const std::string& name, std::string* error, bool readable = false);
  OutputFile(OutputFile&& other) noexcept;
  OutputFile& operator=(OutputFile&&) = delete;
  ~OutputFile();

  int fd() const { return fd_; }
  const std::string& name() const { return name_; }  // "standard output" for "-"
  bool is_terminal() const;
  // Writing to the very file that is read would destroy it.
  bool is_same_file_as(int fd) const;

  bool is_regular() const;
  uint64_t size() const;  // of a regular file
  // The checksum of its `octets` octets that end at `end`, by number; nothing where they cannot be read.
  std::optional<uint64_t> checksum_before(uint64_t end, uint64_t octets) const;

  // 0 or errno. start() leaves the first `octets` octets of a file of ours and goes on behind them; sync()
  // returns once all that was written is on the disk.
  [[nodiscard]] int start(uint64_t octets = 0);
  [[nodiscard]] int sync();
  [[nodiscard]] int write_all(std::string_view text);
  [[nodiscard]] int close();

 private:
  OutputFile(int fd, bool owned, std::string name);
  int fd_;
  bool owned_;
  std::string name_;
};

}  // namespace dnswarm::cli

#endif  // DNSWARM_CLI_OUTPUT_FILE_H_
