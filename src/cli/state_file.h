// The file that a job's checkpoints are kept in: one process uses it at a time, and it is replaced as a
// whole.
//
// The lock (flock) lies on the file itself, and on each new one before it gets the name, so the name is
// locked as long as this object lives, and nothing else lies about. While a new one is written it is called
// PATH.new.
#ifndef DNSWARM_CLI_STATE_FILE_H_
#define DNSWARM_CLI_STATE_FILE_H_

#include <optional>
#include <string>
#include <string_view>

namespace dnswarm::cli {

class StateFile {
 public:
  // Opens, locks and reads it; where there is none an empty one is created, to be locked. Nothing, and a
  // sentence in *error, where that fails or another process has it.
  static std::optional<StateFile> open(const std::string& path, std::string* error);
  StateFile(StateFile&& other) noexcept;
  StateFile& operator=(StateFile&&) = delete;
  // An empty file that was created goes away.
  ~StateFile();

  const std::string& path() const { return path_; }
  const std::string& text() const { return text_; }  // as it was opened; empty: nothing was ever kept
  bool is_same_file_as(int fd) const;

  // On return the new text is on the disk under the file's name; whatever happens meanwhile, either the old
  // or the new one is there whole. 0 or errno: then the old one is.
  [[nodiscard]] int replace(std::string_view text);

 private:
  StateFile(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}
  int read();

  int fd_;
  std::string path_;
  std::string text_;
  bool created_ = false;  // and still empty
};

// Locks the file for this process; empty, or a sentence that says why it cannot be.
[[nodiscard]] std::string lock_file(int fd, const std::string& name);

// So that the names in the folder of `path` are on the disk. 0 or errno.
[[nodiscard]] int sync_folder_of(const std::string& path);

}  // namespace dnswarm::cli

#endif  // DNSWARM_CLI_STATE_FILE_H_
