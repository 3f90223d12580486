#include "load/client_limits.h"

#include <algorithm>
#include <cstdio>

namespace dnswarm {
namespace {

// A worker that runs all the time cannot do more; 5 % are for the moments between two turns.
constexpr double busy_max = 0.95;
// What a worker waits for its core, answers wait too.
constexpr double waiting_max = 0.05;
// Later than this, and the load is not the one that was asked for. Sleeps end within 0.1 ms on an idle
// core.
constexpr double lateness_max_us = 1000;
constexpr double not_sent_max = 0.001;

std::string percent(double share) {
  char text[32];
  std::snprintf(text, sizeof text, "%.0f %%", 100 * share);
  return text;
}

std::string milliseconds(double us) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f ms", us / 1000);
  return text;
}

}  // namespace

std::vector<LoadClientLimit> find_client_limits(const LoadResult& result, const ClientSigns& signs) {
  std::vector<LoadClientLimit> limits;
  const LoadCounts& counts = result.counts;
  const bool open_loop = result.rate_wanted > 0;
  // An open loop turns more often while it has little to do: there only late sends show the limit.
  if (result.core_busy >= busy_max && !signs.busy_poll && !open_loop) {
    limits.push_back({"core_busy", "a worker was busy for " + percent(result.core_busy) +
                                       " of the time: it could not have sent more (more --workers?)"});
  }
  if (result.core_waiting >= waiting_max) {
    limits.push_back(
        {"core_shared", "a worker waited for a core for " + percent(result.core_waiting) +
                            " of the time: other processes have it, and latencies include that"});
  }
  const double late_us = result.lateness.quantile_us[4];  // 0.99
  const bool left_out =
      static_cast<double>(counts.not_sent) > not_sent_max * static_cast<double>(counts.sent);
  const bool late = late_us > lateness_max_us || left_out;
  std::string lateness = "1 % of the sends were late by more than " + milliseconds(late_us);
  if (counts.not_sent > 0) lateness += ", and " + std::to_string(counts.not_sent) + " were due and not sent";
  if (signs.in_flight_was_full) {
    limits.push_back({"in_flight_full", "queries that were due waited because " +
                                            std::to_string(signs.in_flight) +
                                            " were open (a higher --in-flight?): " + lateness});
  } else if (late) {
    lateness += "; a worker was busy for " + percent(result.core_busy) + " of the time";
    limits.push_back({"sends_late", lateness});
  }
  if (counts.socket_drops > 0) {
    limits.push_back({"socket_drops", "the kernel dropped " + std::to_string(counts.socket_drops) +
                                          " responses at our own sockets, whose buffers hold " +
                                          std::to_string(signs.receive_octets) +
                                          " octets each: they count as lost (more --sockets?)"});
  }
  if (signs.send_buffer_full > 0) {
    limits.push_back({"send_buffer", std::to_string(signs.send_buffer_full) +
                                         " queries did not leave: the send buffers were full"});
  }
  return limits;
}

bool client_fell_behind(const std::vector<LoadClientLimit>& limits) {
  return std::any_of(limits.begin(), limits.end(),
                     [](const LoadClientLimit& limit) { return limit.code != "in_flight_full"; });
}

}  // namespace dnswarm
