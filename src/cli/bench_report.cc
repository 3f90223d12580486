// What all formats share: the pace and the verdict in words, the exit code.
#include "cli/bench_report.h"

#include <algorithm>
#include <cstdio>

namespace dnswarm::cli {
namespace {

std::string seconds_text(double seconds) {
  char text[32];
  std::snprintf(text, sizeof text, "%g s", seconds);
  return text;
}

std::string end_text(const LoadOptions& options) {
  std::string text;
  if (options.queries > 0) text = count_text(options.queries) + " queries";
  if (options.queries > 0 && options.duration.count() == 0) return text;
  return text + (text.empty() ? "" : " or ") + seconds_text(step_seconds(options));
}

std::string ramp_text(const BenchFlags& flags, const LoadReport& report) {
  using Verdict = LoadReport::RampVerdict;
  char loss[32];
  std::snprintf(loss, sizeof loss, "%g", flags.options.loss_percent_max);
  if (report.ramp_verdict == Verdict::none) return "The ramp was stopped before its end.\n";
  if (!report.best) {
    const bool ours = report.ramp_verdict == Verdict::client;
    return "No rate passed: already the first one " +
           std::string(ours ? "was more than this client could send or receive.\n"
                            : "lost more than " + std::string(loss) + " %.\n");
  }
  const LoadResult& best = report.results[*report.best];
  std::string text = "Highest rate with at most " + std::string(loss) +
                     " % lost: " + rate_text(best.rate_wanted) + " queries/s";
  switch (report.ramp_verdict) {
    case Verdict::client:
      text += ", and there the CLIENT is the limit: above it this client could not keep up. The server may"
              " well do more.";
      break;
    case Verdict::not_reached:
      text += ", the end of the ramp: the server may do more.";
      break;
    default:
      text += ". Above it the server lost more.";
  }
  return text + "\n";
}

}  // namespace

double step_seconds(const LoadOptions& options) {
  if (options.duration.count() > 0) return std::chrono::duration<double>(options.duration).count();
  const auto seconds =
      options.mode == LoadMode::ramp ? LoadLimits::ramp_step_default : LoadLimits::duration_default;
  return std::chrono::duration<double>(seconds).count();
}

std::string rate_text(double rate) {
  if (rate >= 100) return count_text(static_cast<uint64_t>(rate + 0.5));
  char text[32];
  std::snprintf(text, sizeof text, "%.3g", rate);
  return text;
}

std::string pace_text(const BenchFlags& flags) {
  const LoadOptions& options = flags.options;
  switch (options.mode) {
    case LoadMode::closed: {
      const unsigned in_flight = options.in_flight != 0 ? options.in_flight : LoadLimits::in_flight_closed;
      return "closed loop, " + count_text(in_flight) + " in flight, " + end_text(options);
    }
    case LoadMode::open:
      return "open loop, " + rate_text(options.rate) + " queries/s, " + end_text(options);
    case LoadMode::ramp:
      return "ramp, " + rate_text(options.ramp_from) + " to " + rate_text(options.ramp_to) +
             " queries/s in " + std::to_string(options.ramp_steps) + " steps of " +
             seconds_text(step_seconds(options));
  }
  return {};
}

std::string verdict_text(const BenchFlags& flags, const LoadReport& report) {
  std::string text;
  if (flags.options.mode == LoadMode::ramp) text = ramp_text(flags, report);
  for (const LoadResult& result : report.results) {
    for (const LoadClientLimit& limit : result.client_limits) {
      text += "CLIENT LIMIT";
      if (flags.options.mode == LoadMode::ramp) text += " at " + rate_text(result.rate_wanted) + " queries/s";
      text += ": " + limit.text + "\n";
    }
  }
  if (text.empty()) text = "No sign that the client was the limit.\n";
  return text;
}

int bench_exit_code(const BenchFlags& flags, const LoadReport& report) {
  uint64_t answered = 0, sent = 0, lost = 0;
  for (const LoadResult& result : report.results) {
    answered += result.counts.answered;
    sent += result.counts.sent;
    lost += result.counts.lost();
  }
  if (answered == 0) return 4;
  const double share = 100.0 * static_cast<double>(lost);
  return share > flags.fail_on.percent_max * static_cast<double>(sent) ? 3 : 0;
}

}  // namespace dnswarm::cli
