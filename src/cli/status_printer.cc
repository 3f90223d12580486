#include "cli/status_printer.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace dnswarm::cli {
namespace {

bool terminal_is_dumb() {
  const char* const term = std::getenv("TERM");
  return term == nullptr || std::string_view(term) == "dumb";
}

size_t terminal_columns() {
  winsize size{};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < 20) return 79;
  return size.ws_col - size_t{1};  // the last column would wrap on some terminals
}

bool wants_progress(const Flags& flags, bool stderr_is_terminal, bool output_is_terminal) {
  if (flags.quiet || flags.progress == When::never) return false;
  if (flags.progress == When::always) return true;
  if (flags.status_format == StatusFormat::json) return true;  // never the default
  return stderr_is_terminal && !output_is_terminal;
}

}  // namespace

StatusPrinter::StatusPrinter(const Flags& flags, bool output_is_terminal) {
  const bool stderr_is_terminal = isatty(STDERR_FILENO) == 1;
  enabled_ = wants_progress(flags, stderr_is_terminal, output_is_terminal);
  json_ = flags.status_format == StatusFormat::json;
  rewrite_ = !json_ && stderr_is_terminal && !output_is_terminal && !terminal_is_dumb();
}

void StatusPrinter::print(const ProgressSample& now) {
  constexpr size_t line_octets_max = 4096;  // to a file: all of it
  std::string line = json_ ? progress_json(now, before_)
                           : progress_line(now, before_, rewrite_ ? terminal_columns()
                                                                  : line_octets_max);
  line = rewrite_ ? "\r" + line + "\x1b[K" : line + "\n";
  std::fputs(line.c_str(), stderr);
  line_shown_ = rewrite_;
  before_ = now;
}

void StatusPrinter::finish() {
  if (line_shown_) std::fputs("\r\x1b[K", stderr);
  line_shown_ = false;
}

bool wants_colour(When when, bool output_is_terminal) {
  if (when != When::automatic) return when == When::always;
  const char* const no_color = std::getenv("NO_COLOR");
  return output_is_terminal && (no_color == nullptr || *no_color == '\0') && !terminal_is_dumb();
}

}  // namespace dnswarm::cli
