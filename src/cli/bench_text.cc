// The result for reading.
#include <cstdio>

#include "cli/bench_report.h"
#include "cli/formatted_text.h"

namespace dnswarm::cli {
namespace {

void add_run(const BenchFlags& flags, const BenchFacts& facts, std::string& out) {
  const LoadOptions& options = flags.options;
  out += "server     " + options.server;
  print(out, " over %s, %u worker%s, %s\n", options.tcp ? "TCP" : "UDP", options.workers,
        options.workers == 1 ? "" : "s", facts.io.c_str());
  print(out, "pace       %s\n", pace_text(flags).c_str());
  if (!flags.pattern.empty()) {
    print(out, "names      to the pattern ");
    out += flags.pattern + "\n";
  } else {
    print(out, "names      %s questions", count_text(facts.names).c_str());
    if (facts.bad_lines > 0) print(out, ", %s bad lines left out", count_text(facts.bad_lines).c_str());
    out += "\n";
  }
}

void add_nonzero(std::string& out, const char* name, uint64_t count, const char*& before) {
  if (count == 0) return;
  print(out, "%s%s %s", before, name, count_text(count).c_str());
  before = ", ";
}

void add_counts(const LoadResult& result, bool tcp, std::string& out) {
  const LoadCounts& c = result.counts;
  print(out, "\nsent       %15s  %15s/s\n", count_text(c.sent).c_str(),
        rate_text(result.send_rate()).c_str());
  print(out, "answered   %15s  %15s/s  %8.3f %%\n", count_text(c.answered).c_str(),
        rate_text(result.answer_rate()).c_str(), percent(c.answered, c.sent));
  print(out, "lost       %15s  %17s  %8.3f %%", count_text(c.lost()).c_str(), "", result.loss_percent());
  if (tcp && c.lost() > 0) {
    print(out, "  (%s timed out, %s with a connection)", count_text(c.timed_out).c_str(),
          count_text(c.connection_lost).c_str());
  }
  out += "\n";
  if (c.unfinished > 0) print(out, "unfinished %15s\n", count_text(c.unfinished).c_str());
  if (c.send_errors > 0) print(out, "not taken  %15s  send errors\n", count_text(c.send_errors).c_str());
  if (c.not_sent > 0) print(out, "not sent   %15s  were due\n", count_text(c.not_sent).c_str());
  std::string others;
  const char* before = "";
  add_nonzero(others, "late", c.late, before);
  add_nonzero(others, "duplicate", c.duplicate, before);
  add_nonzero(others, "unmatched", c.unmatched, before);
  add_nonzero(others, "malformed", c.malformed, before);
  if (!others.empty()) print(out, "ignored    %s\n", others.c_str());
  std::string network;
  before = "";
  add_nonzero(network, "truncated", c.truncated, before);
  add_nonzero(network, "ICMP errors", c.icmp_errors, before);
  add_nonzero(network, "dropped at our sockets", c.socket_drops, before);
  add_nonzero(network, "connections", c.connects, before);
  add_nonzero(network, "of them reconnects", c.reconnects, before);
  if (!network.empty()) print(out, "network    %s\n", network.c_str());
}

void add_rcodes(const LoadCounts& c, std::string& out) {
  const char* before = "RCODEs     ";
  for (uint16_t rcode = 0; rcode < 16; ++rcode) {
    if (c.by_rcode[rcode] == 0) continue;
    print(out, "%s%s %s (%.2f %%)", before, std::string(to_text(static_cast<Rcode>(rcode))).c_str(),
          count_text(c.by_rcode[rcode]).c_str(), percent(c.by_rcode[rcode], c.answered));
    before = ", ";
  }
  if (c.answered > 0) out += "\n";
}

void add_cost(const LoadResult& result, std::string& out) {
  const double answered = static_cast<double>(result.counts.answered);
  const double sent = static_cast<double>(result.counts.sent), received = answered > 0 ? answered : 1;
  print(out, "sizes      query %.1f octets, response %.1f octets on average\n",
        sent > 0 ? static_cast<double>(result.counts.octets_sent) / sent : 0,
        static_cast<double>(result.counts.octets_received) / received);
  print(out, "time       %.3f s of sending, %.3f s in all\n", result.seconds, result.seconds_in_all);
  print(out, "CPU        %.3f s: %s answers per CPU second; busiest worker %.0f %% busy\n",
        result.cpu_seconds, rate_text(result.cpu_seconds > 0 ? answered / result.cpu_seconds : 0).c_str(),
        100 * result.core_busy);
}

std::string milliseconds(double us) {
  char text[32];
  const double ms = us / 1000;
  std::snprintf(text, sizeof text, ms >= 100 ? "%.1f" : ms >= 10 ? "%.2f" : "%.3f", ms);
  return text;
}

void add_latency_row(const char* name, const LoadLatency& latency, std::string& out) {
  print(out, "%-11s", name);
  for (const double us : {latency.min_us, latency.mean_us, latency.stddev_us})
    print(out, " %8s", milliseconds(us).c_str());
  for (const double us : latency.quantile_us) print(out, " %8s", milliseconds(us).c_str());
  print(out, " %8s\n", milliseconds(latency.max_us).c_str());
}

void add_latencies(const LoadResult& result, std::string& out) {
  if (result.latency.count == 0) return;
  const bool open_loop = result.rate_wanted > 0;
  print(out, "\n%-11s %8s %8s %8s %8s %8s %8s %8s %8s %8s %8s %8s\n", "ms", "min", "mean", "stddev", "50 %",
        "75 %", "90 %", "95 %", "99 %", "99.9 %", "99.99 %", "max");
  add_latency_row("latency", result.latency, out);
  if (!open_loop) return;
  add_latency_row("from send", result.from_send, out);
  add_latency_row("sent late", result.lateness, out);
}

void add_steps(const LoadReport& report, std::string& out) {
  print(out, "\n%12s %12s %12s %9s %9s %9s %9s %9s %5s\n", "queries/s", "sent/s", "answers/s", "lost %",
        "50 % ms", "99 % ms", "99.9 % ms", "max ms", "");
  for (const LoadResult& step : report.results) {
    print(out, "%12s %12s %12s %9.4f %9s %9s %9s %9s %5s\n", rate_text(step.rate_wanted).c_str(),
          rate_text(step.send_rate()).c_str(), rate_text(step.answer_rate()).c_str(), step.loss_percent(),
          milliseconds(step.latency.quantile_us[0]).c_str(),
          milliseconds(step.latency.quantile_us[4]).c_str(),
          milliseconds(step.latency.quantile_us[5]).c_str(), milliseconds(step.latency.max_us).c_str(),
          step.passed ? "ok" : "-");
  }
}

}  // namespace

std::string bench_text(const BenchFlags& flags, const LoadReport& report, const BenchFacts& facts) {
  std::string out;
  add_run(flags, facts, out);
  if (flags.options.mode == LoadMode::ramp) {
    add_steps(report, out);
  } else {
    for (const LoadResult& result : report.results) {
      add_counts(result, flags.options.tcp, out);
      add_rcodes(result.counts, out);
      add_cost(result, out);
      add_latencies(result, out);
    }
  }
  if (report.cancelled) out += "\nStopped by a signal.";
  return out + "\n" + verdict_text(flags, report);
}

}  // namespace dnswarm::cli
