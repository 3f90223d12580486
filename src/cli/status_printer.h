// Progress on stderr: whether, how, and how the line is wiped.
#ifndef DNSWARM_CLI_STATUS_PRINTER_H_
#define DNSWARM_CLI_STATUS_PRINTER_H_

#include "cli/flags.h"
#include "cli/progress.h"

namespace dnswarm::cli {

class StatusPrinter {
 public:
  // `output_is_terminal`: rows appear on a terminal, where a line that is rewritten between them
  // would be in the way.
  StatusPrinter(const Flags& flags, bool output_is_terminal);

  bool enabled() const { return enabled_; }
  void print(const ProgressSample& now);
  void finish();  // wipes the line

 private:
  bool enabled_ = false;
  bool json_ = false;
  bool rewrite_ = false;  // one line on a terminal, not one after the other
  bool line_shown_ = false;
  ProgressSample before_;
};

// Colour where it is wanted: --color, else a terminal, no NO_COLOR (any non-empty value counts:
// no-color.org) and a TERM that is not "dumb".
bool wants_colour(When when, bool output_is_terminal);
// Whether rows are in colour.
inline bool has_colour(const Flags& flags, bool output_is_terminal) {
  return flags.row_style.format == Format::text && wants_colour(flags.colour, output_is_terminal);
}

}  // namespace dnswarm::cli

#endif  // DNSWARM_CLI_STATUS_PRINTER_H_
