// What is shown once a second on stderr: one line, rewritten on a terminal, or one JSON object.
#ifndef DNSWARM_CLI_PROGRESS_H_
#define DNSWARM_CLI_PROGRESS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/tally.h"

namespace dnswarm::cli {

struct ProgressSample {
  double seconds = 0;  // since the start
  uint64_t submitted = 0;
  uint64_t in_flight = 0;
  uint64_t queries = 0;
  uint64_t cache_hits = 0;
  Tally tally;  // finished
  uint64_t octets_read = 0;
  uint64_t octets_expected = 0;  // of the input; 0: not known
  bool input_ended = false;
  uint64_t suspects = 0;  // responses that may be forged
  struct HeldBack {
    std::string address;
    double found_rate = 0;    // queries a second that it bears; 0: not known yet
    std::string_view reason;  // UpstreamStats::held_back
  };
  std::vector<HeldBack> held_back;  // upstreams that get less than they could

  static ProgressSample from_stats(const Stats& stats);
};

// Seconds until the end at the pace so far; nothing where the input's size is not known or it is
// too early to tell. Of what was read, names still in flight count as not done.
std::optional<double> seconds_left(const ProgressSample& now);

// "1234 done, 560/s, 78 in flight, 99.1 % answered, 0:12 left: NOERROR 90.0 %, ...; 192.0.2.1:53 capped
// 950/s, ... and 3 more; 5 suspect", cut to `columns`. Three upstreams at most.
std::string progress_line(const ProgressSample& now, const ProgressSample& before, size_t columns);

// {"seconds":..,"done":..,"rate":..,"in_flight":..,"submitted":..,"answered_percent":..,
// "queries":..,"cache_hits":..,"statuses":{..},"suspects":..,
// "held_back":[{"address":..,"reason":..,"found_rate":..},..],
// "eta_seconds":..|null}
std::string progress_json(const ProgressSample& now, const ProgressSample& before);

}  // namespace dnswarm::cli

#endif  // DNSWARM_CLI_PROGRESS_H_
