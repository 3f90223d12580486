#include "cli/flags.h"

#include "cli/flag_adder.h"
#include "cli/flag_parser.h"
#include "cli/flag_table.h"
#include "cli/help_text.h"
#include "cli/upstream_guard.h"

namespace dnswarm::cli {
namespace {

void settle_iterative(const Options& options) {
  const Options defaults;
  const std::pair<const char*, bool> about_servers[] = {
      {"--root-hints", !options.root_hints_path.empty()},
      {"--authoritative-port", options.authoritative_port != defaults.authoritative_port},
      {"--ipv4-only", !options.authoritative_ipv6},
      {"--ipv6-only", !options.authoritative_ipv4},
      {"--rate-per-server", options.rate_per_server != defaults.rate_per_server},
      {"--qname-minimisation", options.qname_minimisation},
      {"--nxdomain-cut", options.nxdomain_cut},
      {"--trace", options.trace}};
  for (const auto& [flag, given_so] : about_servers) {
    if (given_so && !options.iterative) throw CLI::ValidationError(flag, "is for --iterative");
  }
}

// The check's own packets come out of the limits: there must be something left.
void settle_validation(const Flags& flags) {
  const Options& options = flags.options;
  if (!flags.validate_resolvers) return;
  if (options.iterative) throw CLI::ValidationError("--validate-resolvers", "cannot go with --iterative");
  for (const auto& [flag, rate] : {std::pair("--rate", options.rate),
                                   std::pair("--rate-per-upstream", options.rate_per_upstream)}) {
    if (rate > 0 && rate < UpstreamGuard::rate_min)
      throw CLI::ValidationError(flag, "must be 4 or more with --validate-resolvers: its packets count");
  }
}

// What depends on more than one flag.
void settle(Flags& flags, const GivenFlags& given) {
  Options& options = flags.options;
  const bool edns_needed = needs_edns(options);
  if (given.no_edns && (given.edns || edns_needed)) {
    throw CLI::ValidationError(
        "--no-edns",
        "cannot go with --edns, --bufsize, --dnssec, --nsid or --ecs, which need EDNS");
  }
  const bool massdns = flags.row_style.format == Format::massdns;
  options.edns = !given.no_edns && (!massdns || given.edns || edns_needed);
  if (given.mixed_case && given.no_mixed_case) {
    throw CLI::ValidationError("--no-0x20", "cannot go with --0x20");
  }
  options.mixed_case = !given.no_mixed_case && (!massdns || given.mixed_case);
  if (massdns && !given.cache) options.cache_octets = 0;  // massdns asks for every line
  if (given.hosts_file) options.use_hosts_file = true;
  settle_iterative(options);
  if (!flags.resume.empty() && flags.output == "-") {
    throw CLI::ValidationError("--resume", "needs -o FILE: standard output cannot be cut to where it was");
  }
  settle_validation(flags);
  if (options.trace && flags.row_style.format != Format::ndjson) {
    throw CLI::ValidationError("--trace", "is for the ndjson format");
  }
  flags.row_style.all_sections = options.keep_all_sections;
  options.keep_all_sections |= flags.row_style.needs_all_sections();
}

}  // namespace

FlagsResult flags_from_arguments(int argc, const char* const* argv) {
  FlagParser parser({"dnswarm", help_start, help_end, short_help});
  FlagsResult result;
  Flags flags;
  GivenFlags given;
  const auto table = add_flags(parser.app(), flags, given);
  const auto settled = [&] { settle(flags, given); };
  if (parser.parse(argc, argv, settled, &result.text, &result.exit_code)) result.flags = std::move(flags);
  return result;
}

}  // namespace dnswarm::cli
