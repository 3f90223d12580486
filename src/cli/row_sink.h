// Takes the resolver's responses, makes rows of them and counts them.
#ifndef DNSWARM_CLI_ROW_SINK_H_
#define DNSWARM_CLI_ROW_SINK_H_

#include <memory>
#include <vector>

#include "cli/ordered_window.h"
#include "cli/output.h"
#include "cli/row_format.h"
#include "cli/tally.h"
#include "dnswarm/resolver.h"

namespace dnswarm::cli {

class RowSink : public ResponseHandler {
 public:
  // With a window, rows go through it, and it writes to channel 0 of `output`. `resumable`: rows go with
  // their numbers, which are the responses' tags, and what was cancelled is no row.
  RowSink(Output& output, const RowStyle& style, OrderedWindow* window, bool resumable = false);

  void append_header();  // before the first response

  void on_response(unsigned worker, const Response& response) override;
  void on_wait(unsigned worker, size_t in_flight) override;

  // After Resolver::finish().
  Tally tally() const;

 private:
  struct alignas(64) Worker {  // a cache line of its own: the tally is written for every row
    std::unique_ptr<RowFormat> format;
    RowBuffer row;  // for the window
    Tally tally;
  };

  Output& output_;
  const RowStyle style_;
  OrderedWindow* const window_;
  const bool resumable_;
  std::vector<Worker> workers_;
};

}  // namespace dnswarm::cli

#endif  // DNSWARM_CLI_ROW_SINK_H_
