// Rows counted by status, and what they amount to.
#ifndef DNSWARM_CLI_TALLY_H_
#define DNSWARM_CLI_TALLY_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dnswarm/resolver.h"

namespace dnswarm::cli {

struct Tally {
  uint64_t rows = 0;
  uint64_t by_rcode[24] = {};   // as in Stats: [23] counts RCODEs above 22
  uint64_t by_failure[8] = {};  // indexed by Failure

  // Under which of the 32 counts a response is: RCODEs first. Stable within a build only.
  static uint8_t status_of(const Response& response);
  void add(uint8_t status);
  void add(const Response& response) { add(status_of(response)); }
  void merge(const Tally& other);
  static Tally from_stats(const Stats& stats);

  uint64_t sum() const;  // over the statuses
  uint64_t definitive() const;
  uint64_t failed(Failure failure) const { return by_failure[static_cast<size_t>(failure)]; }
  // The statuses that occurred, RCODEs first; RCODEs above 22 together as "OTHER".
  std::vector<std::pair<std::string_view, uint64_t>> statuses() const;
};

}  // namespace dnswarm::cli

#endif  // DNSWARM_CLI_TALLY_H_
