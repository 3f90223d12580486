#include "cli/run.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <optional>

#include "cli/bench_run.h"
#include "cli/bulk_run.h"
#include "cli/check_run.h"
#include "cli/complain.h"
#include "cli/flags.h"
#include "cli/input_file.h"
#include "cli/monitor.h"
#include "cli/outcome.h"
#include "cli/output_file.h"
#include "cli/resumable_job.h"
#include "cli/status_printer.h"
#include "cli/summary.h"
#include "cli/trace_run.h"

namespace dnswarm::cli {
namespace {

// Says what there is to say on stderr and returns the exit code.
int report(const Flags& flags, const Outcome& outcome, const std::string& output_name) {
  const int code = exit_code(outcome, flags.fail_on);
  if (outcome.output_error == EPIPE) return code;  // quietly: head(1) has what it wanted
  if (outcome.output_error != 0) {
    complain("cannot write " + output_name + ": " + std::strerror(outcome.output_error) +
             "; not all rows are in it");
  }
  if (outcome.state_error != 0) {
    complain("cannot keep the progress in " + flags.resume + ": " + std::strerror(outcome.state_error));
  }
  if (outcome.input_error != 0) {
    complain("cannot read " + flags.input + ": " + std::strerror(outcome.input_error));
  }
  if (!outcome.adds_up()) {
    complain("INTERNAL ERROR: " + std::to_string(outcome.rows_accepted) + " rows accepted, " +
             std::to_string(outcome.tally.rows) + " delivered. Please report this.");
  }
  const bool none_left = outcome.stop == Stop::Reason::no_upstream;
  if (code == 4) complain(none_left ? "no upstream is left to ask" : "no upstream answered");
  if (flags.quiet) return code;
  const bool json = flags.status_format == StatusFormat::json;
  std::fputs((json ? end_json(outcome, code) : end_line(outcome) + "\n").c_str(), stderr);
  return code;
}

int resolve(const Flags& flags, InputFile& input, OutputFile& file, std::optional<OutputFile>& summary,
            ResumableJob* job) {
  BulkRun bulk_run(flags, input, file, job);
  if (const auto not_started = bulk_run.execute()) {
    complain(not_started->why);
    return not_started->exit_code;
  }
  int code = report(flags, bulk_run.outcome(), file.name());
  if (!summary) return code;
  int failure = summary->start();
  if (failure == 0) {
    failure = summary->write_all(summary_json(flags, bulk_run.outcome(), bulk_run.facts(code)));
  }
  if (failure == 0) failure = summary->close();
  if (failure != 0) {
    complain("cannot write " + summary->name() + ": " + std::strerror(failure));
    if (code == 0 || code == 3) code = 1;
  }
  return code;
}

// Null where it cannot go on, and it was said why.
std::unique_ptr<ResumableJob> open_job(const Flags& flags, InputFile& input, OutputFile& file,
                                       const std::optional<OutputFile>& summary) {
  std::string error;
  auto job = ResumableJob::open(flags, has_colour(flags, file.is_terminal()), input, file, &error);
  if (job != nullptr && summary && job->state().is_same_file_as(summary->fd())) {
    error = "--resume and --summary must be different files";
    job = nullptr;
  }
  if (job == nullptr) complain(error);
  if (job != nullptr && job->is_finished() && !flags.quiet) {
    complain(flags.resume + ": finished already, " + std::to_string(job->start().tally.rows) + " rows in " +
             file.name() + "; nothing to do");
  }
  return job;
}

}  // namespace

int run(int argc, const char* const* argv) {
  if (argc > 1 && std::string_view(argv[1]) == "bench") return bench_run(argc - 1, argv + 1);
  if (argc > 1 && std::string_view(argv[1]) == "trace") return trace_run(argc - 1, argv + 1);
  if (argc > 1 && std::string_view(argv[1]) == "check-resolvers") return check_run(argc - 1, argv + 1);
  FlagsResult parsed = flags_from_arguments(argc, argv);
  if (!parsed.flags) {
    std::fputs(parsed.text.c_str(), parsed.exit_code == 0 ? stdout : stderr);
    return parsed.exit_code;
  }
  const Flags& flags = *parsed.flags;
  for (const std::string& warning : flags.warnings) complain(warning);
  std::string error;
  const auto input = InputFile::open(flags.input, &error);
  if (input == nullptr) {
    complain(error);
    return 2;
  }
  if (!flags.input_given && input->is_terminal()) {
    std::fputs("dnswarm: no names: give a FILE, or pipe names into it ('-' reads the terminal)\n"
               "Try 'dnswarm -h'.\n", stderr);
    return 2;
  }
  auto file = OutputFile::open(flags.output, &error, !flags.resume.empty());
  std::optional<OutputFile> summary;
  if (file && !flags.summary.empty()) {
    if (auto opened = OutputFile::open(flags.summary, &error)) summary.emplace(std::move(*opened));
  }
  if (!error.empty()) {
    complain(error);
    return 1;
  }
  if (file->is_same_file_as(input->fd()) || (summary && summary->is_same_file_as(input->fd())) ||
      (summary && summary->is_same_file_as(file->fd()))) {
    complain("input, --output and --summary must be different files");
    return 2;
  }
  std::unique_ptr<ResumableJob> job;
  if (!flags.resume.empty()) {
    job = open_job(flags, *input, *file, summary);
    if (job == nullptr) return 2;
    if (job->is_finished()) return 0;
  }
  // Only now: opening a FIFO waits for its other end, and Ctrl-C ends that as usual.
  Monitor::block_signals();
  return resolve(flags, *input, *file, summary, job.get());
}

}  // namespace dnswarm::cli
