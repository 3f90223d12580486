#include "cli/flags.h"

#include <CLI/CLI.hpp>

#include "cli/flag_table.h"
#include "cli/help_text.h"

namespace dnswarm::cli {
namespace {

// What depends on more than one flag.
void settle(Flags& flags, const GivenFlags& given) {
  Options& options = flags.options;
  const bool edns_needed = options.dnssec_ok || options.nsid || !options.client_subnet.empty();
  if (given.no_edns && (given.edns || edns_needed)) {
    throw CLI::ValidationError(
        "--no-edns",
        "cannot go with --edns, --bufsize, --dnssec, --nsid or --ecs, which need EDNS");
  }
  const bool massdns = flags.row_style.format == Format::massdns;
  options.edns = !given.no_edns && (!massdns || given.edns || edns_needed);
  if (massdns && !given.cache) options.cache_octets = 0;  // massdns asks for every line
  if (given.hosts_file) options.use_hosts_file = true;
  flags.row_style.all_sections = options.keep_all_sections;
  options.keep_all_sections |= flags.row_style.needs_all_sections();
}

class Formatter : public CLI::Formatter {
 public:
  std::string make_usage(const CLI::App*, std::string) const override { return {}; }
  std::string make_positionals(const CLI::App*) const override { return {}; }
};

}  // namespace

FlagsResult flags_from_arguments(int argc, const char* const* argv) {
  CLI::App app{std::string(help_start)};
  app.set_help_flag();
  const auto formatter = std::make_shared<Formatter>();
  formatter->column_width(32);
  app.formatter(formatter);
  app.footer(std::string(help_end));
  FlagsResult result;
  Flags flags;
  GivenFlags given;
  const auto table = add_flags(app, flags, given);
  for (int i = 1; i < argc && std::string_view(argv[i]) != "--"; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "-h") result.text = short_help;
    else if (argument == "--help") result.text = app.help();
    else if (argument == "--version") result.text = version_text();
    if (!result.text.empty()) return result;
  }
  try {
    app.parse(argc, argv);
    settle(flags, given);
    result.flags = std::move(flags);
  } catch (const CLI::ParseError& error) {
    result.exit_code = 2;
    result.text = std::string("dnswarm: ") + error.what() + "\nTry 'dnswarm --help'.\n";
  }
  return result;
}

}  // namespace dnswarm::cli
