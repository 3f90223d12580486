#include "cli/trace_run.h"

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "cli/heard.h"
#include "cli/monitor.h"
#include "cli/output_file.h"
#include "cli/server_survey.h"
#include "cli/trace_flags.h"
#include "cli/trace_text.h"
#include "cli/zone_mistakes.h"

namespace dnswarm::cli {
namespace {

int complain(const std::string& message) {
  std::fputs(("dnswarm trace: " + message + "\n").c_str(), stderr);
  return 2;
}

int exit_code_of(const Heard& walk) {
  if (walk.failure == Failure::none && (walk.rcode == Rcode::NOERROR || walk.rcode == Rcode::NXDOMAIN))
    return 0;
  for (const TraceStep& step : walk.trace) {
    if (step.rtt) return 3;
  }
  return walk.failure == Failure::invalid_name ? 3 : 4;
}

Heard walk_to(Asker& asker, const TraceFlags& flags, Stop& stop) {
  Monitor monitor(
      stop, [&] { asker.cancel(); }, nullptr);
  asker.add(flags.name, flags.type);
  asker.ask();
  Heard walk = asker.heard().front();
  monitor.finish();
  return walk;
}

}  // namespace

int trace_run(int argc, const char* const* argv) {
  const TraceFlagsResult parsed = trace_flags_from_arguments(argc, argv);
  if (!parsed.flags) {
    std::fputs(parsed.text.c_str(), parsed.exit_code == 0 ? stdout : stderr);
    return parsed.exit_code;
  }
  const TraceFlags& flags = *parsed.flags;
  std::string error;
  auto file = OutputFile::open("-", &error);
  Monitor::block_signals();
  const auto asker = Asker::create(flags.options, &error);
  if (asker == nullptr) return complain(error);
  Stop stop;
  const Heard walk = walk_to(*asker, flags, stop);
  std::vector<SurveyedZone> zones = zones_of(walk);
  std::string text = walk_text(walk) + "\n" + result_text(flags.name, flags.type, walk) + "\n";
  if (flags.all_servers) {
    if (!survey(zones, flags.options, &error)) return complain(error);
    text += survey_text(zones) + "\n";
  }
  text += mistakes_text(mistakes_in(walk, zones));
  int failure = file->start();
  if (failure == 0) failure = file->write_all(text);
  if (failure == EPIPE) return 141;
  if (failure != 0) return complain("cannot write " + file->name() + ": " + std::strerror(failure)), 1;
  if (stop.reason() == Stop::Reason::interrupted) return 130;
  if (stop.reason() == Stop::Reason::terminated) return 143;
  return exit_code_of(walk);
}

}  // namespace dnswarm::cli
