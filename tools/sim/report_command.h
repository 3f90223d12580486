// `dnswarm-sim report`: tells the story of clients, resolvers and authoritative servers, and what each cache
// and server had to do with it.
#ifndef DNSWARM_SIM_REPORT_COMMAND_H_
#define DNSWARM_SIM_REPORT_COMMAND_H_

#include <optional>
#include <string>

#include "story_options.h"

namespace dnswarm::sim {

enum class ReportFormat : uint8_t { text, json };

struct ReportFlags {
  StoryOptions story;
  ReportFormat format = ReportFormat::text;
  std::string plot;   // a file; empty: none
  bool live = false;  // on the wall clock and on sockets; story.hours says for how long
};

// argv[0] is "report". Nothing where there is nothing to run: *exit_code says whether that is an error (2),
// and what to say about it was printed.
std::optional<ReportFlags> parse_report_flags(int argc, const char* const* argv, int* exit_code);

// Runs it, prints the report on standard output, errors on standard error. 0, 1 (the plot could not be
// written) or 2 (wrong flags).
int report_command(int argc, const char* const* argv);

}  // namespace dnswarm::sim

#endif  // DNSWARM_SIM_REPORT_COMMAND_H_
