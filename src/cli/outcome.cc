#include "cli/outcome.h"

#include <cerrno>
#include <cstdio>

namespace dnswarm::cli {

bool Outcome::nobody_answered() const {
  for (const UpstreamStats& upstream : stats.upstreams) {
    if (upstream.responses > 0) return false;
  }
  if (stats.latency.total() > 0) return false;  // somebody did who is no configured upstream
  // Rows that never needed an upstream, or were stopped before they got to one.
  const uint64_t not_asked = tally.failed(Failure::invalid_name) - before.failed(Failure::invalid_name) +
                             tally.failed(Failure::cancelled) + stats.hosts_hits;
  return rows_of_this_run() > not_asked;
}

int exit_code(const Outcome& outcome, const FailOn& fail_on) {
  if (outcome.output_error == EPIPE) return 141;
  if (outcome.output_error != 0 || outcome.input_error != 0 || outcome.state_error != 0) return 1;
  if (!outcome.adds_up()) return 1;
  if (outcome.stop == Stop::Reason::interrupted) return 130;
  if (outcome.stop == Stop::Reason::terminated) return 143;
  if (outcome.stop == Stop::Reason::no_upstream || outcome.nobody_answered()) return 4;
  const uint64_t unanswered = outcome.tally.rows - outcome.tally.definitive();
  const double share = 100.0 * static_cast<double>(unanswered);
  return share > fail_on.percent_max * static_cast<double>(outcome.tally.rows) ? 3 : 0;
}

std::string end_line(const Outcome& outcome) {
  std::string line = outcome.shard.empty() ? "" : "shard " + outcome.shard + ": ";
  line += "accepted " + std::to_string(outcome.lines_accepted) + " lines x types = " +
                     std::to_string(outcome.rows_accepted) + " rows";
  const char* before = ": ";
  for (const auto& [status, rows] : outcome.tally.statuses()) {
    line += before + std::string(status) + " " + std::to_string(rows);
    before = ", ";
  }
  if (outcome.before.rows > 0) line += "; " + std::to_string(outcome.before.rows) + " rows by earlier runs";
  if (outcome.rows_open() > 0) line += "; open " + std::to_string(outcome.rows_open()) + " rows";
  if (outcome.lines_not_started > 0 || !outcome.not_started_is_complete) {
    line += "; not started " + std::to_string(outcome.lines_not_started) + " lines";
    if (!outcome.not_started_is_complete) line += " and what follows";
  }
  if (!outcome.left_out.empty())
    line += "; left out " + std::to_string(outcome.left_out.size()) + " upstreams";
  const Stats& stats = outcome.stats;
  const double rate =
      outcome.seconds > 0 ? static_cast<double>(outcome.rows_of_this_run()) / outcome.seconds : 0;
  char rest[160];
  std::snprintf(rest, sizeof rest, "; cache hits %llu; queries %llu; %.1f s; %.0f names/s",
                static_cast<unsigned long long>(stats.cache.hits),
                static_cast<unsigned long long>(stats.queries_udp + stats.queries_tcp),
                outcome.seconds, rate);
  line += rest;
  const uint64_t suspects = stats.mismatches.suspects();
  if (suspects > 0) line += "; " + std::to_string(suspects) + " suspect responses";
  return line;
}

}  // namespace dnswarm::cli
