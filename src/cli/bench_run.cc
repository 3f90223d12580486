#include "cli/bench_run.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <optional>
#include <string>

#include "cli/bench_flags.h"
#include "cli/bench_names.h"
#include "cli/bench_report.h"
#include "cli/monitor.h"
#include "cli/output_file.h"
#include "dnswarm/load.h"

namespace dnswarm::cli {
namespace {

void complain(const std::string& message) {
  std::fputs(("dnswarm bench: " + message + "\n").c_str(), stderr);
}

// A loss below 1 / queries cannot be told from none: a step should have ten times as many.
void note_short_steps(const LoadOptions& o) {
  if (o.mode != LoadMode::ramp || o.loss_percent_max == 0) return;
  const double seconds = step_seconds(o);
  const double wanted = 10 * 100 / o.loss_percent_max;
  if (o.ramp_from * seconds >= wanted) return;
  complain("note: a step at " + rate_text(o.ramp_from) + " queries/s sends " +
           rate_text(o.ramp_from * seconds) + " queries, few to tell the loss by: --duration " +
           rate_text(wanted / o.ramp_from) + " would do");
}

void show_progress(const Load& load) {
  const Load::Progress progress = load.progress();
  if (!progress.second) return;
  const LoadSecond& second = *progress.second;
  std::string line = std::to_string(second.second + 1) + " s: ";
  if (progress.rate_wanted > 0) line += rate_text(progress.rate_wanted) + " queries/s wanted, ";
  line += count_text(second.sent) + " sent, " + count_text(second.answered) + " answered, " +
          count_text(second.lost) + " lost, 50 % " + rate_text(second.p50_us) + " us, 99 % " +
          rate_text(second.p99_us) + " us";
  // On a terminal the line is written over itself.
  std::fputs((isatty(STDERR_FILENO) == 1 ? "\r\x1b[K" + line : line + "\n").c_str(), stderr);
}

std::string report_text(const BenchFlags& flags, const LoadReport& report, const BenchFacts& facts) {
  switch (flags.format) {
    case BenchFormat::json: return bench_json(flags, report, facts);
    case BenchFormat::csv: return bench_csv(report, flags.options.mode);
    case BenchFormat::text: break;
  }
  return bench_text(flags, report, facts);
}

// 0 or errno.
int write_file(OutputFile& file, const std::string& text) {
  int failure = file.start();
  if (failure == 0) failure = file.write_all(text);
  if (failure == 0) failure = file.close();
  return failure;
}

// Runs, and returns the report, or nothing where it could not start.
std::optional<LoadReport> execute(const BenchFlags& flags, Load& load, Stop& stop) {
  const bool shows = flags.progress == When::always ||
                     (flags.progress == When::automatic && !flags.quiet && isatty(STDERR_FILENO) == 1);
  Monitor monitor(stop, [&] { load.cancel(); },
                  shows ? std::function<void()>([&] { show_progress(load); }) : nullptr);
  std::string error;
  LoadReport report = load.run(&error);
  monitor.finish();
  if (shows && isatty(STDERR_FILENO) == 1) std::fputs("\r\x1b[K", stderr);
  if (error.empty()) return report;
  complain(error);
  return std::nullopt;
}

int exit_code_of(const BenchFlags& flags, const LoadReport& report, const Stop& stop) {
  if (stop.reason() == Stop::Reason::interrupted) return 130;
  if (stop.reason() == Stop::Reason::terminated) return 143;
  return bench_exit_code(flags, report);
}

int bench(const BenchFlags& flags, BenchNames& names, OutputFile& file, std::optional<OutputFile>& plot) {
  BenchFacts facts;
  facts.names = names.names.size();
  facts.bad_lines = names.bad_lines;
  std::string error;
  const auto load = Load::create(flags.options, std::move(names.names), &error);
  if (load == nullptr) {
    complain(error);
    return 2;
  }
  if (!flags.quiet) note_short_steps(flags.options);
  Stop stop;
  facts.started_at = std::chrono::system_clock::now();
  const std::optional<LoadReport> report = execute(flags, *load, stop);
  if (!report) return 2;
  facts.io = load->io_text();
  facts.exit_code = exit_code_of(flags, *report, stop);
  const int failure = write_file(file, report_text(flags, *report, facts));
  if (failure == EPIPE) return 141;
  if (failure != 0) complain("cannot write " + file.name() + ": " + std::strerror(failure));
  const int plot_failure = plot ? write_file(*plot, bench_html(flags, *report, facts)) : 0;
  if (plot_failure != 0) complain("cannot write " + plot->name() + ": " + std::strerror(plot_failure));
  if (failure != 0 || plot_failure != 0) return 1;
  if (facts.exit_code == 4) complain("the server answered nothing");
  return facts.exit_code;
}

}  // namespace

int bench_run(int argc, const char* const* argv) {
  const BenchFlagsResult parsed = bench_flags_from_arguments(argc, argv);
  if (!parsed.flags) {
    std::fputs(parsed.text.c_str(), parsed.exit_code == 0 ? stdout : stderr);
    return parsed.exit_code;
  }
  const BenchFlags& flags = *parsed.flags;
  std::string error;
  auto file = OutputFile::open(flags.output, &error);
  std::optional<OutputFile> plot;
  if (file && !flags.plot.empty()) {
    if (auto opened = OutputFile::open(flags.plot, &error)) plot.emplace(std::move(*opened));
  }
  if (!error.empty()) {
    complain(error);
    return 1;
  }
  if (plot && plot->is_same_file_as(file->fd())) {
    complain("--output and --plot must be different files");
    return 2;
  }
  BenchNames names = read_bench_names(flags);
  if (!flags.quiet || !names.error.empty()) {
    for (const std::string& warning : names.warnings) complain(warning);
  }
  if (!names.error.empty()) {
    complain(names.error);
    return names.exit_code;
  }
  Monitor::block_signals();
  return bench(flags, names, *file, plot);
}

}  // namespace dnswarm::cli
