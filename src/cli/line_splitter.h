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
  LineSplitter() { carry_.reserve(line_octets_max); }

  // Calls on_line(line, cut) for every line that ends in `chunk`; `cut`: it was too long and this
  // is its start. The line lives during the call.
  template <typename OnLine>
  void feed(std::string_view chunk, OnLine&& on_line) {
    while (true) {
      const void* const newline =
          chunk.empty() ? nullptr : std::memchr(chunk.data(), '\n', chunk.size());
      if (newline == nullptr) return keep(chunk);
      const auto length = static_cast<size_t>(static_cast<const char*>(newline) - chunk.data());
      if (carried_octets_ > 0) {
        keep(chunk.substr(0, length));
        deliver(carry_, carried_octets_, on_line);
        carry_.clear();
        carried_octets_ = 0;
      } else {
        const std::string_view line = without_leading_blanks(chunk.substr(0, length));
        deliver(line.substr(0, std::min(line.size(), line_octets_max)), line.size(), on_line);
      }
      chunk.remove_prefix(length + 1);
    }
  }

  // The input ended.
  template <typename OnLine>
  void finish(OnLine&& on_line) {
    if (carried_octets_ > 0) deliver(carry_, carried_octets_, on_line);
    carry_.clear();
    carried_octets_ = 0;
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
  bool first_line_ = true;
};

}  // namespace dnswarm::cli

#endif  // DNSWARM_CLI_LINE_SPLITTER_H_
