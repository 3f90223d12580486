// The command line of `dnswarm check-resolvers`.
#ifndef DNSWARM_CLI_CHECK_FLAGS_H_
#define DNSWARM_CLI_CHECK_FLAGS_H_

#include <optional>
#include <string>
#include <vector>

#include "cli/flags.h"
#include "dnswarm/resolver_check.h"

namespace dnswarm::cli {

enum class CheckFormat : uint8_t { list, text, json };

struct CheckFlags {
  ResolverCheckOptions options;  // resolvers aside, where they come from `input`
  std::string input = "-";       // a file of resolvers; "-": stdin
  bool input_given = false;
  CheckFormat format = CheckFormat::list;
  std::string output = "-";
  bool quiet = false;
  When progress = When::automatic;
  std::vector<std::string> warnings;  // for stderr, before the run
};

// Either flags to run with, or a text for stdout (exit 0) or for stderr (exit 2).
struct CheckFlagsResult {
  std::optional<CheckFlags> flags;
  int exit_code = 0;
  std::string text;
};

// argv[0] is "check-resolvers".
CheckFlagsResult check_flags_from_arguments(int argc, const char* const* argv);

// "dns.google", "dns.google,AAAA", "dns.google,A=8.8.8.8+8.8.4.4". Where it is none, *rule says what it must
// be.
std::optional<KnownName> known_name_from_text(std::string_view text, std::string* rule);

}  // namespace dnswarm::cli

#endif  // DNSWARM_CLI_CHECK_FLAGS_H_
