// The flags of `dnswarm-sim world`.
#ifndef DNSWARM_SIM_WORLD_FLAGS_H_
#define DNSWARM_SIM_WORLD_FLAGS_H_

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "check.h"
#include "listen.h"
#include "rule_zones.h"

namespace dnswarm::sim {

struct WorldFlags {
  // The world: by the rule, or from zone files where there are any.
  RuleZonesOptions zones;   // less the names
  std::string domain_list;  // a file of them; "-": standard input; empty: made up
  std::vector<std::string> zone_files;

  // Serving it.
  uint16_t port = default_port;  // 0: a free one
  unsigned workers = 1;
  std::vector<std::string> faults;
  std::string counts_file;
  bool no_serve = false;  // true as well where files for other servers are written

  // Files about it; none where empty.
  std::string hints_file;
  std::string names_file;
  unsigned names_per_domain = 5;
  std::string write_folder;

  CheckOptions check;  // a check is wanted where there is a results_path
};

// Reads the flags; argv[0] is no flag. An exit code where the program has to end: help went to `out`, or a
// sentence that names the wrong flag to `err`.
std::optional<int> parse_world_flags(int argc, const char* const* argv, WorldFlags& flags, std::ostream& out,
                                     std::ostream& err);

}  // namespace dnswarm::sim

#endif  // DNSWARM_SIM_WORLD_FLAGS_H_
