// The file rows or the summary go to.
#ifndef DNSWARM_CLI_OUTPUT_FILE_H_
#define DNSWARM_CLI_OUTPUT_FILE_H_

#include <optional>
#include <string>
#include <string_view>

namespace dnswarm::cli {

class OutputFile {
 public:
  // "-" is stdout; else the file is created, or opened as it is: start() empties it, so that a run
  // that never starts leaves it alone. On failure nothing, and *error says why.
  static std::optional<OutputFile> open(const std::string& name, std::string* error);
  OutputFile(OutputFile&& other) noexcept;
  OutputFile& operator=(OutputFile&&) = delete;
  ~OutputFile();

  int fd() const { return fd_; }
  const std::string& name() const { return name_; }  // "standard output" for "-"
  bool is_terminal() const;
  // Writing to the very file that is read would destroy it.
  bool is_same_file_as(int fd) const;

  // 0 or errno.
  [[nodiscard]] int start();
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
