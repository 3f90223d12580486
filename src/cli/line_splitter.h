// Chunks of octets into lines, whatever the chunks' borders are.
//
// Memory is bounded: of a line that does not end within its chunk the first line_octets_max octets
// behind leading blanks are kept, the rest is counted and dropped. A UTF-8 byte order mark at the
// start of the input is dropped too. The last line need not have a newline.
#ifndef DNSWARM_CLI_LINE_SPLITTER_H_
#define DNSWARM_CLI_LINE_SPLITTER_H_

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>

#include "cli/input_line.h"

namespace dnswarm::cli {

class LineSplitter {
 public:
  // `offset`: where the first octet stands in the input; a byte order mark is dropped at 0 only.
  explicit LineSplitter(uint64_t offset = 0) : line_start_(offset), first_line_(offset == 0) {
    carry_.reserve(line_octets_max);
  }

  // During on_line: where in the input the line begins, and where the next one does.
  uint64_t line_start() const { return line_start_; }
  uint64_t line_end() const { return line_end_; }

  // Calls on_line(line, cut) for every line that ends in `chunk`; `cut`: it was too long and this
  // is its start. The line lives during the call.
  template <typename OnLine>
  void feed(std::string_view chunk, OnLine&& on_line) {
    while (true) {
      const void* const newline =
          chunk.empty() ? nullptr : std::memchr(chunk.data(), '\n', chunk.size());
      if (newline == nullptr) {
        line_end_ += chunk.size();
        return keep(chunk);
      }
      const auto length = static_cast<size_t>(static_cast<const char*>(newline) - chunk.data());
      line_end_ += length + 1;
      if (carried_octets_ > 0) {
        keep(chunk.substr(0, length));
        deliver(carry_, carried_octets_, on_line);
        carry_.clear();
        carried_octets_ = 0;
      } else {
        const std::string_view line = without_leading_blanks(chunk.substr(0, length));
        deliver(line.substr(0, std::min(line.size(), line_octets_max)), line.size(), on_line);
      }
      line_start_ = line_end_;
      chunk.remove_prefix(length + 1);
    }
  }

  // The input ended.
  template <typename OnLine>
  void finish(OnLine&& on_line) {
    if (carried_octets_ > 0) deliver(carry_, carried_octets_, on_line);
    carry_.clear();
    carried_octets_ = 0;
    line_start_ = line_end_;
  }

 private:
  void keep(std::string_view part) {
    if (carried_octets_ == 0) part = without_leading_blanks(part);
    carried_octets_ += part.size();
    carry_.append(part.substr(0, line_octets_max - carry_.size()));
  }

  template <typename OnLine>
  void deliver(std::string_view line, size_t octets, OnLine&& on_line) {
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    if (first_line_) {
      first_line_ = false;
      if (line.starts_with(byte_order_mark)) {
        line = without_leading_blanks(line.substr(byte_order_mark.size()));
      }
    }
    on_line(line, octets > line_octets_max);
  }

  std::string carry_;          // the start of a line whose end has not come
  size_t carried_octets_ = 0;  // of that line, dropped ones included
  uint64_t line_start_;
  uint64_t line_end_ = line_start_;  // of what was fed of that line
  bool first_line_;
};

}  // namespace dnswarm::cli

#endif  // DNSWARM_CLI_LINE_SPLITTER_H_
