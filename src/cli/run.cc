#include "cli/run.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <optional>

#include "cli/bench_run.h"
#include "cli/feeder.h"
#include "cli/flags.h"
#include "cli/input_file.h"
#include "cli/monitor.h"
#include "cli/ordered_window.h"
#include "cli/outcome.h"
#include "cli/output.h"
#include "cli/output_file.h"
#include "cli/row_sink.h"
#include "cli/status_printer.h"
#include "cli/summary.h"
#include "cli/trace_run.h"
#include "dnswarm/resolver.h"

namespace dnswarm::cli {
namespace {

using std::chrono::steady_clock;

void complain(const std::string& message) {
  std::fputs(("dnswarm: " + message + "\n").c_str(), stderr);
}

// Submits to the resolver; with --ordered each line waits for its place first.
class ResolverQuestions : public QuestionSink {
 public:
  ResolverQuestions(Resolver& resolver, OrderedWindow* window)
      : resolver_(resolver), window_(window) {}

  void submit(std::string_view name, std::span<const RRType> types, uint64_t tag) override {
    take_place(types, tag);
    resolver_.submit(name, types, tag);
  }
  void submit_invalid(std::string_view name, std::span<const RRType> types, uint64_t tag,
                      LineError error) override {
    take_place(types, tag);
    resolver_.submit_invalid(name, types, tag, error.code, error.text);
  }
  void flush() override { resolver_.flush(); }

 private:
  void take_place(std::span<const RRType> types, uint64_t tag) {
    if (window_ == nullptr) return;
    if (!window_->has_room(types.size())) {
      resolver_.flush();  // or the row all wait for might still be here
      window_->wait_for_room(types.size());
    }
    window_->announce(tag, types);
  }

  Resolver& resolver_;
  OrderedWindow* const window_;
};

// One run from the first name to the last row. Order of construction: rows must have somewhere to
// go before the resolver can deliver any.
class BulkRun {
 public:
  BulkRun(const Flags& flags, InputFile& input, OutputFile& file)
      : flags_(flags),
        input_(input),
        file_(file),
        printer_(flags, file.is_terminal()),
        output_(file.fd(), flags.ordered ? 1 : Limits::workers_max, [this] { on_write_error(); }),
        sink_(output_, row_style(), window()) {}

  // Null error: it ran, and outcome() says how. Else it did not start.
  std::optional<std::string> execute() {
    std::string error;
    const auto resolver = Resolver::create(flags_.options, sink_, &error);
    if (resolver == nullptr) return error;
    for (const std::string& note : resolver->notes()) complain(note);
    facts_.workers = resolver->workers();
    io_text_ = resolver->io_text();
    if (const int failure = file_.start(); failure != 0) return std::strerror(failure);
    work(*resolver);
    return std::nullopt;
  }

  Outcome& outcome() { return outcome_; }
  const RunFacts& facts(int exit_code) {
    facts_.io = io_text_;
    facts_.exit_code = exit_code;
    return facts_;
  }

 private:
  RowStyle row_style() const {
    RowStyle style = flags_.row_style;
    style.colour = style.format == Format::text && wants_colour(flags_.colour, file_.is_terminal());
    return style;
  }

  OrderedWindow* window() {
    if (flags_.ordered && !window_) {
      window_.emplace([this](std::string_view row) {
        output_.append(0, [row](RowBuffer& out) { out.append(row); });
      });
    }
    return window_ ? &*window_ : nullptr;
  }

  void on_write_error() {
    stop_.request(Stop::Reason::output_failed);
    if (window_) window_->abandon();
  }

  void work(Resolver& resolver) {
    const auto start = steady_clock::now();
    facts_.started_at = std::chrono::system_clock::now();
    ResolverQuestions questions(resolver, window());
    Feeder feeder(questions, stop_, flags_.types, flags_.shard);
    const auto tick = [&] { printer_.print(sample(resolver, feeder, start)); };
    Monitor monitor(stop_, [&] { resolver.cancel(); },
                    printer_.enabled() ? std::function<void()>(tick) : nullptr);
    if (flags_.shard.number == 1) sink_.append_header();  // once where the shards' rows are put together
    if (!feeder.run(input_)) outcome_.input_error = input_.error_number();
    resolver.finish();
    output_.close();
    monitor.finish();
    printer_.finish();
    const std::chrono::duration<double> taken = steady_clock::now() - start;
    outcome_.seconds = taken.count();
    outcome_.stop = stop_.reason();
    outcome_.output_error = output_.failed() ? output_.error_number() : file_.close();
    outcome_.lines_accepted = feeder.lines_accepted();
    outcome_.rows_accepted = feeder.rows_accepted();
    outcome_.lines_not_started = feeder.lines_not_started();
    outcome_.not_started_is_complete = feeder.count_is_complete();
    outcome_.tally = sink_.tally();
    if (!flags_.shard.is_all()) outcome_.shard = shard_text(flags_.shard);
    outcome_.stats = resolver.stats();
  }

  ProgressSample sample(const Resolver& resolver, const Feeder& feeder,
                        steady_clock::time_point start) const {
    ProgressSample sample = ProgressSample::from_stats(resolver.stats());
    sample.seconds = std::chrono::duration<double>(steady_clock::now() - start).count();
    sample.octets_read = feeder.octets_read();
    sample.octets_expected = input_.octets_expected();
    sample.input_ended = feeder.at_end();
    return sample;
  }

  const Flags& flags_;
  InputFile& input_;
  OutputFile& file_;
  Stop stop_;
  StatusPrinter printer_;
  std::optional<OrderedWindow> window_;
  Output output_;
  RowSink sink_;
  Outcome outcome_;
  RunFacts facts_;
  std::string io_text_;
};

// Says what there is to say on stderr and returns the exit code.
int report(const Flags& flags, const Outcome& outcome, const std::string& output_name) {
  const int code = exit_code(outcome, flags.fail_on);
  if (outcome.output_error == EPIPE) return code;  // quietly: head(1) has what it wanted
  if (outcome.output_error != 0) {
    complain("cannot write " + output_name + ": " + std::strerror(outcome.output_error));
  }
  if (outcome.input_error != 0) {
    complain("cannot read " + flags.input + ": " + std::strerror(outcome.input_error));
  }
  if (!outcome.adds_up()) {
    complain("INTERNAL ERROR: " + std::to_string(outcome.rows_accepted) + " rows accepted, " +
             std::to_string(outcome.tally.rows) + " delivered. Please report this.");
  }
  if (code == 4) complain("no upstream answered");
  if (flags.quiet) return code;
  const bool json = flags.status_format == StatusFormat::json;
  std::fputs((json ? end_json(outcome, code) : end_line(outcome) + "\n").c_str(), stderr);
  return code;
}

int resolve(const Flags& flags, InputFile& input, OutputFile& file,
            std::optional<OutputFile>& summary) {
  BulkRun bulk_run(flags, input, file);
  if (const auto error = bulk_run.execute()) {
    complain(*error);
    return 2;
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

}  // namespace

int run(int argc, const char* const* argv) {
  if (argc > 1 && std::string_view(argv[1]) == "bench") return bench_run(argc - 1, argv + 1);
  if (argc > 1 && std::string_view(argv[1]) == "trace") return trace_run(argc - 1, argv + 1);
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
  auto file = OutputFile::open(flags.output, &error);
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
  // Only now: opening a FIFO waits for its other end, and Ctrl-C ends that as usual.
  Monitor::block_signals();
  return resolve(flags, *input, *file, summary);
}

}  // namespace dnswarm::cli
