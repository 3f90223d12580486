// One run of the main job, from the first name to the last row.
#ifndef DNSWARM_CLI_BULK_RUN_H_
#define DNSWARM_CLI_BULK_RUN_H_

#include <optional>
#include <string>

#include "cli/feeder.h"
#include "cli/flags.h"
#include "cli/input_file.h"
#include "cli/monitor.h"
#include "cli/ordered_window.h"
#include "cli/outcome.h"
#include "cli/output.h"
#include "cli/output_file.h"
#include "cli/resumable_job.h"
#include "cli/row_sink.h"
#include "cli/status_printer.h"
#include "cli/summary.h"
#include "dnswarm/resolver.h"

namespace dnswarm::cli {

// Why a run did not start: a sentence, and what to exit with.
struct NotStarted {
  std::string why;
  int exit_code;
};

// The order of construction: rows must have somewhere to go before the resolver can deliver any.
class BulkRun {
 public:
  // `job`: null, or the one that is to be resumed.
  BulkRun(const Flags& flags, InputFile& input, OutputFile& file, ResumableJob* job);

  // Nothing: it ran, and outcome() says how.
  std::optional<NotStarted> execute();

  Outcome& outcome() { return outcome_; }
  const RunFacts& facts(int exit_code);

 private:
  RowStyle row_style() const;
  OrderedWindow* window();
  void on_write_error();
  std::string start_files();
  void work(Resolver& resolver);
  void take_counts(const Resolver& resolver, const Feeder& feeder);
  void take_job_counts(const Feeder& feeder);
  ProgressSample sample(const Resolver& resolver, const Feeder& feeder,
                        std::chrono::steady_clock::time_point start) const;

  const Flags& flags_;
  InputFile& input_;
  OutputFile& file_;
  ResumableJob* const job_;
  Stop stop_;
  StatusPrinter printer_;
  std::optional<OrderedWindow> window_;
  Output output_;
  RowSink sink_;
  Outcome outcome_;
  RunFacts facts_;
  std::string io_text_;
};

}  // namespace dnswarm::cli

#endif  // DNSWARM_CLI_BULK_RUN_H_
