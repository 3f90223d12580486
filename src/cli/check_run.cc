#include "cli/check_run.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "cli/check_flags.h"
#include "cli/check_report.h"
#include "cli/formatted_text.h"
#include "cli/input_file.h"
#include "cli/monitor.h"
#include "cli/output_file.h"
#include "cli/resolver_list.h"

namespace dnswarm::cli {
namespace {

void complain(const std::string& message) {
  std::fputs(("dnswarm check-resolvers: " + message + "\n").c_str(), stderr);
}

// Fills in the resolvers; an exit code, 0 where there are some.
int read_resolvers(CheckFlags& flags) {
  if (!flags.options.resolvers.empty()) return 0;
  const bool is_stdin = flags.input == "-";
  std::string error;
  const auto input = is_stdin ? InputFile::open(flags.input, &error) : nullptr;
  if (is_stdin && input == nullptr) return complain(error), 2;
  if (is_stdin && !flags.input_given && input->is_terminal()) {
    complain("no resolvers: give a FILE, or pipe them into it ('-' reads the terminal)");
    return 2;
  }
  ResolverList list;
  if (is_stdin) {
    std::string contents;
    std::string_view chunk;
    InputFile::Outcome outcome;
    while ((outcome = input->read(-1, &chunk)) == InputFile::Outcome::octets) contents += chunk;
    if (outcome == InputFile::Outcome::failed)
      return complain(std::string("cannot read stdin: ") + std::strerror(input->error_number())), 1;
    list = resolver_list_from_lines(contents, "stdin");
  } else {
    list = resolver_list_from_text(flags.input);
  }
  if (!list.error.empty()) return complain(list.error), 2;
  flags.options.resolvers = std::move(list.upstreams);
  for (auto& warning : list.warnings) flags.warnings.push_back(std::move(warning));
  return 0;
}

std::string report_text(const CheckFlags& flags, const ResolverCheckReport& report) {
  switch (flags.format) {
    case CheckFormat::text: return check_table(report);
    case CheckFormat::json: return check_json(report);
    case CheckFormat::list: break;
  }
  return check_list(report);
}

void show_progress(const ResolverCheck& check) {
  const ResolverCheck::Progress progress = check.progress();
  const std::string line = count_text(progress.finished) + " of " + count_text(progress.resolvers) +
                           " resolvers, " + count_text(progress.queries) + " queries";
  std::fputs((isatty(STDERR_FILENO) == 1 ? "\r\x1b[K" + line : line + "\n").c_str(), stderr);
}

ResolverCheckReport execute(const CheckFlags& flags, ResolverCheck& check, Stop& stop, std::string* error) {
  const bool is_terminal = isatty(STDERR_FILENO) == 1;
  const bool shows =
      flags.progress == When::always || (flags.progress == When::automatic && !flags.quiet && is_terminal);
  Monitor monitor(
      stop, [&] { check.cancel(); }, shows ? std::function<void()>([&] { show_progress(check); }) : nullptr);
  ResolverCheckReport report = check.run(error);
  monitor.finish();
  if (shows && is_terminal) std::fputs("\r\x1b[K", stderr);
  return report;
}

int write_report(const CheckFlags& flags, OutputFile& file, const ResolverCheckReport& report,
                 const Stop& stop) {
  int failure = file.start();
  if (failure == 0) failure = file.write_all(report_text(flags, report));
  if (failure == 0) failure = file.close();
  if (failure == EPIPE) return 141;
  if (failure != 0) return complain("cannot write " + file.name() + ": " + std::strerror(failure)), 1;
  if (!flags.quiet) {
    for (const std::string& note : report.notes) complain("note: " + note);
    std::fputs((check_end_line(report) + "\n").c_str(), stderr);
  }
  if (stop.reason() == Stop::Reason::interrupted) return 130;
  if (stop.reason() == Stop::Reason::terminated) return 143;
  return check_exit_code(report);
}

}  // namespace

int check_run(int argc, const char* const* argv) {
  CheckFlagsResult parsed = check_flags_from_arguments(argc, argv);
  if (!parsed.flags) {
    std::fputs(parsed.text.c_str(), parsed.exit_code == 0 ? stdout : stderr);
    return parsed.exit_code;
  }
  CheckFlags& flags = *parsed.flags;
  if (const int code = read_resolvers(flags); code != 0) return code;
  if (!flags.quiet) {
    for (const std::string& warning : flags.warnings) complain(warning);
  }
  std::string error;
  auto file = OutputFile::open(flags.output, &error);
  if (!file) return complain(error), 1;
  Monitor::block_signals();
  const auto check = ResolverCheck::create(flags.options, &error);
  if (check == nullptr) return complain(error), 2;
  Stop stop;
  const ResolverCheckReport report = execute(flags, *check, stop, &error);
  if (!error.empty()) return complain(error), 2;
  return write_report(flags, *file, report, stop);
}

}  // namespace dnswarm::cli
