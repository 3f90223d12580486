// All flags with their groups, words and checks.
#ifndef DNSWARM_CLI_FLAG_TABLE_H_
#define DNSWARM_CLI_FLAG_TABLE_H_

#include <memory>

#include "cli/flags.h"

namespace CLI {
class App;
}

namespace dnswarm::cli {

// What was given, where that matters beyond the value.
struct GivenFlags {
  bool cache = false;
  bool edns = false;     // --edns or an option that needs it
  bool no_edns = false;
  bool mixed_case = false;
  bool no_mixed_case = false;
  bool hosts_file = false;
  bool help = false;  // one of -h, --help, --version
};

// Adds the flags to `app`; parsing fills in `flags` and `given`, which must outlive it. A value
// that does not fit is thrown as CLI::ValidationError. Keep what is returned until then.
[[nodiscard]] std::shared_ptr<void> add_flags(CLI::App& app, Flags& flags, GivenFlags& given);

}  // namespace dnswarm::cli

#endif  // DNSWARM_CLI_FLAG_TABLE_H_
