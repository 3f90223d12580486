#include "cli/flag_table.h"

#include <CLI/CLI.hpp>

#include "cli/flag_values.h"
#include "cli/input_line.h"
#include "cli/json_text.h"
#include "cli/resolver_list.h"

namespace dnswarm::cli {
namespace {

// A value in a message: any octets, fit for a terminal.
std::string quoted(std::string_view value) {
  RowBuffer out;
  append_printable(out, value);
  return "'" + std::string(out.text()) + "'";
}

[[noreturn]] void refuse(const char* flag, std::string_view value, const std::string& rule) {
  throw CLI::ValidationError(flag, quoted(value) + " " + rule);
}

class FlagTable {
 public:
  FlagTable(CLI::App& app, Flags& flags, GivenFlags& given)
      : app_(app), flags_(flags), given_(given) {
    // As shells and scripts expect it: the last one wins.
    app_.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
    add_upstreams();
    add_question();
    add_amounts();
    add_input_and_output();
    add_progress();
    add_kernel();
  }

 private:
  using Text = const std::string&;

  CLI::Option* add(const char* names, const char* type_name, std::function<void(Text)> take,
                   const char* words) {
    return app_.add_option_function<std::string>(names, std::move(take), words)
        ->type_name(type_name)
        ->group(group_);
  }

  CLI::Option* add_switch(const char* names, bool* target, const char* words, bool value = true) {
    return app_.add_flag_callback(names, [=] { *target = value; }, words)->group(group_);
  }

  template <typename T>
  void add_whole(const char* name, T* target, uint64_t min, uint64_t max, const char* type_name,
                 const char* words) {
    add(name, type_name, [=](Text text) {
      std::string rule;
      const auto number = whole_number_from_text(text, min, max, &rule);
      if (!number) refuse(name, text, rule);
      *target = T(*number);
    }, words);
  }

  void add_rate(const char* name, double* target, const char* words) {
    add(name, "QPS", [=](Text text) {
      std::string rule;
      const auto number = number_from_text(text, Limits::rate_min, Limits::rate_max, &rule);
      if (!number) refuse(name, text, rule);
      *target = *number;
    }, words);
  }

  template <typename T>
  void add_choice(const char* name, T* target, std::vector<std::pair<std::string, T>> choices,
                  const char* words) {
    std::string names;
    for (const auto& choice : choices) names += (names.empty() ? "" : "|") + choice.first;
    add(name, names.c_str(), [=](Text text) {
      for (const auto& [choice, value] : choices) {
        if (choice == text) {
          *target = value;
          return;
        }
      }
      refuse(name, text, "must be one of " + names);
    }, words);
  }

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
    add("--source", "ADDR", [this](Text text) {
      if (!is_ip_address(text)) refuse("--source", text, "must be an IP address");
      flags_.options.source_address = text;
    }, "local address to send from");
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
    app_.add_option_function<std::vector<std::string>>(
            "-t,--type", [this](const std::vector<std::string>& texts) { take_types(texts); },
            "IANA mnemonics or TYPEnnn, with commas; default A")
        ->allow_extra_args(false)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
        ->type_name("LIST")
        ->group(group_);
    add("--class", "CLASS", [this](Text text) {
      const auto rrclass = rrclass_from_text(text);
      if (!rrclass) refuse("--class", text, "must be IN, CH, HS or CLASSnnn");
      flags_.options.rrclass = *rrclass;
    }, "IN, CH, HS; default IN");
    Options& options = flags_.options;
    add_switch("--norecurse", &options.recursion_desired, "RD clear: no recursion asked for",
               false);
    add_switch("--dnssec", &options.dnssec_ok, "DO set: with DNSSEC records");
    add_switch("--cd", &options.checking_disabled, "CD set: no validation asked for");
    add_switch("--ad", &options.authentic_data, "AD set: whether it validated is asked for");
    add_switch("--nsid", &options.nsid, "ask for the server's identifier (RFC 5001)");
    add("--ecs", "NET", [this](Text text) {
      if (!is_network(text)) refuse("--ecs", text, "must be address/prefix, as 192.0.2.0/24");
      flags_.options.client_subnet = text;
    }, "client subnet (RFC 7871), as 192.0.2.0/24");
    add("--bufsize", "OCTETS", [this](Text text) {
      std::string rule;
      const auto octets = whole_number_from_text(text, Limits::udp_payload_octets_min,
                                                 Limits::udp_payload_octets_max, &rule);
      if (!octets) refuse("--bufsize", text, rule);
      flags_.options.udp_payload_octets = static_cast<uint16_t>(*octets);
      given_.edns = true;
    }, "largest UDP response taken, 512-4096; default 1232");
    add_switch("--edns", &given_.edns, "EDNS also where a massdns format turns it off");
    add_switch("--no-edns", &given_.no_edns, "no OPT record in queries");
  }

  void take_types(const std::vector<std::string>& texts) {
    flags_.types.clear();
    for (const std::string& text : texts) {
      std::string_view word;
      const LineError error = types_from_text(text, flags_.types, &word);
      if (error.code == "too_many_types") refuse("--type", text, "has more than 100 types");
      if (!error.code.empty()) {
        refuse("--type", word,
               "must be a record type that can be asked for (A, AAAA, TYPE65, ...)");
      }
    }
  }

  void add_amounts() {
    group_ = "How much and how long";
    Options& options = flags_.options;
    add_rate("--rate", &options.rate, "packets a second at most, over all upstreams");
    add_rate("--rate-per-upstream", &options.rate_per_upstream,
             "packets a second to each upstream");
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
    add_choice<When>("--color", &flags_.colour,
                     {{"auto", When::automatic}, {"always", When::always}, {"never", When::never}},
                     "for the text format");
    add("--summary", "FILE", [this](Text text) { flags_.summary = text; },
        "final JSON: configuration, counts, upstreams, latency");
    add("--fail-on", "none|any|PCT", [this](Text text) {
      std::string rule;
      const auto fail_on = fail_on_from_text(text, &rule);
      if (!fail_on) refuse("--fail-on", text, rule);
      flags_.fail_on = *fail_on;
    }, "exit with 3 where more names than this are unanswered; default any");
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
    add_choice<Io>("--io", &flags_.options.io,
                   {{"auto", Io::automatic}, {"uring", Io::uring}, {"mmsg", Io::mmsg}},
                   "how datagrams reach the kernel");
    add("--io-mask", "LIST", [this](Text text) {
      std::string rule;
      const auto mask = io_mask_from_text(text, &rule);
      if (!mask) refuse("--io-mask", text, rule);
      flags_.options.io_features = *mask;
    }, "leave kernel features unused:\nno-min-wait,no-gso,no-defer-taskrun");
    // Looked for before everything else; listed here for the help text.
    add_switch("-h", &given_.help, "the most important options");
    add_switch("--help", &given_.help, "this text");
    add_switch("--version", &given_.help, "version, kernel features, libraries");
  }

  CLI::App& app_;
  Flags& flags_;
  GivenFlags& given_;
  const char* group_ = "";
};

}  // namespace

std::shared_ptr<void> add_flags(CLI::App& app, Flags& flags, GivenFlags& given) {
  return std::make_shared<FlagTable>(app, flags, given);
}

}  // namespace dnswarm::cli
