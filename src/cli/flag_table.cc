#include "cli/flag_table.h"

#include <CLI/CLI.hpp>

#include "cli/flag_adder.h"
#include "cli/flag_values.h"
#include "cli/resolver_list.h"

namespace dnswarm::cli {
namespace {

class FlagTable : private FlagAdder {
 public:
  FlagTable(CLI::App& app, Flags& flags, GivenFlags& given)
      : FlagAdder(app), flags_(flags), given_(given) {
    add_upstreams();
    add_question();
    add_amounts();
    add_input_and_output();
    add_progress();
    add_kernel();
  }

 private:
  void add_upstreams() {
    group_ = "Whom to ask";
    app_.add_option_function<std::vector<std::string>>(
            "-r,--resolvers",
            [this](const std::vector<std::string>& texts) {
              for (const std::string& text : texts) take_resolvers(text);
            },
            "ip, ip:port or [ipv6]:port, with commas or one a line of FILE\n"
            "('#' comments, bad lines are skipped); default: the system's")
        ->allow_extra_args(false)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
        ->type_name("LIST|FILE")
        ->group(group_);
    add_switch("--validate-resolvers", &flags_.validate_resolvers,
               "leave out those that lie, at start and in mid-run");
    add("--validate-interval", "S", [this](Text text) {
      std::string rule;
      const auto seconds = number_from_text(text, 0.1, 3600, &rule);
      if (!seconds) refuse("--validate-interval", text, rule);
      flags_.validate_interval = std::chrono::milliseconds(static_cast<int64_t>(*seconds * 1000));
    }, "between two looks at each of them; default 10");
    add_source(&flags_.options.source_address);
    add_switch("--iterative", &flags_.options.iterative,
               "nobody: walk from the root, ask authoritative servers");
    add_hierarchy(&flags_.options);
    add_switch("--nxdomain-cut", &flags_.options.nxdomain_cut,
               "below what does not exist nothing does (RFC 8020)");
    add_switch("--search", &flags_.options.search,
               "apply the system's search list and ndots to every name");
    add_switch("--hosts", &flags_.options.use_hosts_file, "answer from the hosts file first");
    add("--hosts-file", "PATH", [this](Text text) {
      flags_.options.hosts_path = text;
      given_.hosts_file = true;
    }, "")->group("");
    add("--resolv-conf", "PATH", [this](Text text) { flags_.options.resolv_conf_path = text; }, "")
        ->group("");
  }

  void take_resolvers(const std::string& text) {
    ResolverList list = resolver_list_from_text(text);
    if (!list.error.empty()) throw CLI::ValidationError("--resolvers", list.error);
    for (auto& upstream : list.upstreams) flags_.options.upstreams.push_back(std::move(upstream));
    for (auto& warning : list.warnings) flags_.warnings.push_back(std::move(warning));
  }

  void add_question() {
    group_ = "What to ask";
    add_types(&flags_.types);
    add_query_flags(&flags_.options, &given_.edns);
    add_switch("--edns", &given_.edns, "EDNS also where a massdns format turns it off");
    add_switch("--no-edns", &given_.no_edns, "no OPT record in queries");
    add_switch("--no-0x20", &given_.no_mixed_case,
               "letters in lower case, not in a random one against forgers");
    add_switch("--0x20", &given_.mixed_case, "0x20 also where a massdns format turns it off");
    add_switch("--no-cookies", &flags_.options.cookies, "no DNS cookies (RFC 7873)", false);
  }

  void add_amounts() {
    group_ = "How much and how long";
    Options& options = flags_.options;
    add_rate("--rate", &options.rate, "packets a second at most, over all upstreams");
    add_rate("--rate-per-upstream", &options.rate_per_upstream,
             "packets a second to each upstream");
    add_number("--rate-per-server", &flags_.options.rate_per_server, 0, Limits::rate_max, "QPS",
               "to each authoritative server; 0: no limit; default 1,000");
    add_whole("--in-flight", &options.in_flight, 1, Limits::in_flight_max, "N",
              "lookups at once; default 4,000 per worker, or 100 per\n"
              "upstream where the system's own are asked");
    add_whole("--workers", &options.workers, 1, Limits::workers_max, "N",
              "threads, 1-256; default: one per core");
    add_whole("--timeout", &options.timeout, Limits::timeout_ms_min, Limits::timeout_ms_max, "MS",
              "until the first retry, 50-60,000; default 1,000");
    add_whole("--attempts", &options.attempts, 1, Limits::attempts_max, "N",
              "queries for one name, 1-20; default 4");
    add_whole("--deadline", &options.deadline, Limits::timeout_ms_min, Limits::deadline_ms_max,
              "MS",
              "for one name from its first query on; default 15,000");
    constexpr uint64_t mebibytes_max = uint64_t{1} << 20;  // 1 TiB
    add("--cache-size", "MiB", [this](Text text) {
      std::string rule;
      const auto mebibytes = whole_number_from_text(text, 0, mebibytes_max, &rule);
      if (!mebibytes) refuse("--cache-size", text, rule);
      flags_.options.cache_octets = size_t{*mebibytes} << 20;
      given_.cache = true;
    }, "0: no cache; default 64");
  }

  void add_input_and_output() {
    group_ = "Input and output";
    app_.add_option_function<std::string>("FILE", [this](Text text) {
      flags_.input = text;
      flags_.input_given = true;
    }, "names, one a line; '-' or none: stdin")->type_name("")->group(group_);
    add("-f,--format", "FORMAT", [this](Text text) {
      std::string rule;
      const auto style = row_style_from_text(text, &rule);
      if (!style) refuse("--format", text, rule);
      flags_.row_style = *style;
      flags_.format_text = text;
    }, "ndjson, text, csv, list, massdns-X; default ndjson");
    add("-o,--output", "FILE", [this](Text text) { flags_.output = text; }, "default stdout");
    add_switch("--ordered", &flags_.ordered, "rows in the order of the input");
    add_choice<bool>("--sections", &flags_.options.keep_all_sections,
                     {{"answer", false}, {"all", true}},
                     "all: authority and additional records in rows too");
    add_switch("--trace", &flags_.options.trace, "ndjson rows tell each step of the walk (--iterative)");
    add_choice<When>("--color", &flags_.colour,
                     {{"auto", When::automatic}, {"always", When::always}, {"never", When::never}},
                     "for the text format");
    add("--shard", "i/n", [this](Text text) {
      std::string rule;
      const auto shard = shard_from_text(text, &rule);
      if (!shard) refuse("--shard", text, rule);
      flags_.shard = *shard;
    }, "the i-th of n parts of the names, by a hash of the name");
    add("--resume", "STATE", [this](Text text) { flags_.resume = text; },
        "keep progress in STATE: the same command again goes on;\nneeds --output");
    add("--summary", "FILE", [this](Text text) { flags_.summary = text; },
        "final JSON: configuration, counts, upstreams, latency");
    add_fail_on(&flags_.fail_on, "exit with 3 where more names than this are unanswered; default any");
  }

  void add_progress() {
    group_ = "Progress (on stderr)";
    add_switch("-q,--quiet", &flags_.quiet, "no progress, no end line");
    add_choice<When>("--progress", &flags_.progress,
                     {{"auto", When::automatic}, {"always", When::always}, {"never", When::never}},
                     "once a second; auto: only on a terminal");
    add_choice<StatusFormat>("--status-format", &flags_.status_format,
                             {{"text", StatusFormat::text}, {"json", StatusFormat::json}},
                             "json: one JSON line a second");
  }

  void add_kernel() {
    group_ = "Other";
    add_io_flags(&flags_.options);
    // Looked for before everything else; listed here for the help text.
    add_switch("-h", &given_.help, "the most important options");
    add_switch("--help", &given_.help, "this text");
    add_switch("--version", &given_.help, "version, kernel features, libraries");
  }

  Flags& flags_;
  GivenFlags& given_;
};

}  // namespace

std::shared_ptr<void> add_flags(CLI::App& app, Flags& flags, GivenFlags& given) {
  return std::make_shared<FlagTable>(app, flags, given);
}

}  // namespace dnswarm::cli
