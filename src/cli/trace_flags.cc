#include "cli/trace_flags.h"

#include "cli/flag_adder.h"
#include "cli/flag_parser.h"
#include "cli/input_line.h"

namespace dnswarm::cli {
namespace {

constexpr std::string_view help_start =
    R"(dnswarm trace walks from the root to a name and shows every step: who was asked, what came back,
how long it took, what was known already, and why a server was left.

Usage: dnswarm trace [options] NAME [TYPE]

Examples:
  dnswarm trace www.example.com
  dnswarm trace example.com MX --all-servers         ask each server of each zone; where do they differ?
  dnswarm trace --ipv6-only example.com AAAA
)";

constexpr std::string_view help_end =
    R"(Mistakes it points out: lame and silent servers, missing glue, name servers without an address,
parent and child with different NS records, servers that differ in NS records, serial or answer, a
CNAME beside other data, a CNAME loop, TTL 0. Those that need more than the walk itself are found with
--all-servers.

Exit codes: 0 NOERROR or NXDOMAIN; 2 wrong usage; 3 no definitive answer; 4 nobody answered anything
)";

class TraceFlagTable : private FlagAdder {
 public:
  TraceFlagTable(CLI::App& app, TraceFlags& flags, std::string& type) : FlagAdder(app) {
    app_.add_option("NAME", flags.name, "")->type_name("")->group("");
    app_.add_option("TYPE", type, "")->type_name("")->group("");
    group_ = "What to do";
    add_switch("--all-servers", &flags.all_servers, "ask each server of each zone, and compare");
    group_ = "How to ask";
    add_hierarchy(&flags.options);
    add_source(&flags.options.source_address);
    add_whole("--deadline", &flags.options.deadline, Limits::timeout_ms_min, Limits::deadline_ms_max, "MS",
              "for the walk; default 15,000");
    add_switch("--dnssec", &flags.options.dnssec_ok, "DO set: with DNSSEC records");
    add_switch("--no-edns", &flags.options.edns, "no OPT record in queries", false);
    group_ = "Other";
    add_io_flags(&flags.options);
    add_switch("-h,--help", &help_, "this text");
  }

 private:
  bool help_ = false;
};

void settle(TraceFlags& flags, const std::string& type) {
  if (flags.name.empty()) throw CLI::ValidationError("NAME", "is missing");
  if (!flags.options.edns && flags.options.dnssec_ok)
    throw CLI::ValidationError("--no-edns", "cannot go with --dnssec, which needs EDNS");
  flags.options.iterative = flags.options.trace = true;
  if (type.empty()) return;
  std::vector<RRType> types;
  std::string_view word;
  if (!types_from_text(type, types, &word).code.empty() || types.size() != 1)
    refuse("TYPE", type, "must be one record type that can be asked for (A, AAAA, TYPE65, ...)");
  flags.type = types.front();
}

}  // namespace

TraceFlagsResult trace_flags_from_arguments(int argc, const char* const* argv) {
  FlagParser parser({"dnswarm trace", help_start, help_end, {}});
  TraceFlagsResult result;
  TraceFlags flags;
  std::string type;
  const TraceFlagTable table(parser.app(), flags, type);
  const auto settled = [&] { settle(flags, type); };
  if (parser.parse(argc, argv, settled, &result.text, &result.exit_code)) result.flags = std::move(flags);
  return result;
}

}  // namespace dnswarm::cli
