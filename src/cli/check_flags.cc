#include "cli/check_flags.h"

#include <algorithm>

#include "cli/check_help.h"
#include "cli/flag_adder.h"
#include "cli/flag_parser.h"
#include "cli/input_line.h"
#include "cli/resolver_list.h"

namespace dnswarm::cli {
namespace {

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> items;
  while (true) {
    const size_t end = std::min(text.find(separator), text.size());
    items.emplace_back(text.substr(0, end));
    if (end == text.size()) return items;
    text.remove_prefix(end + 1);
  }
}

class CheckFlagTable : private FlagAdder {
 public:
  CheckFlagTable(CLI::App& app, CheckFlags& flags) : FlagAdder(app), flags_(flags), options_(flags.options) {
    options_.trusted = default_trusted();
    add_whom();
    add_questions();
    add_amounts();
    add_demands();
    add_output();
  }

 private:
  void add_whom() {
    group_ = "Whom to check";
    app_.add_option_function<std::string>(
            "FILE",
            [this](Text text) {
              flags_.input = text;
              flags_.input_given = true;
            },
            "resolvers, one a line; '-' or none: stdin")
        ->type_name("")
        ->group(group_);
    add(
        "-r,--resolvers", "LIST|FILE", [this](Text text) { take(text, "--resolvers", options_.resolvers); },
        "the same as for the main job, in the place of FILE");
    add(
        "--trusted", "LIST|FILE",
        [this](Text text) {
          options_.trusted.clear();
          if (text != "none") take(text, "--trusted", options_.trusted);
        },
        "whose answers are the standard; 'none': the list's own\n"
        "majority; default 1.1.1.1,8.8.8.8,9.9.9.9");
    add_source(&options_.source_address);
  }

  void take(Text text, const char* flag, std::vector<std::string>& to) {
    ResolverList list = resolver_list_from_text(text);
    if (!list.error.empty()) throw CLI::ValidationError(flag, list.error);
    to = std::move(list.upstreams);
    for (auto& warning : list.warnings) flags_.warnings.push_back(std::move(warning));
  }

  void add_questions() {
    group_ = "What to ask";
    app_.add_option_function<std::vector<std::string>>(
            "--known",
            [this](const std::vector<std::string>& texts) {
              options_.known.clear();
              for (const std::string& text : texts) take_known(text);
            },
            "a name with one answer everywhere; repeatable; default\n"
            "one.one.one.one, dns.google, dns.quad9.net,\n"
            "a.root-servers.net, k.root-servers.net")
        ->allow_extra_args(false)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
        ->type_name("NAME[,TYPE][=DATA[+DATA...]]")
        ->group(group_);
    add(
        "--probe-zones", "LIST", [this](Text text) { options_.absent_zones = split(text, ','); },
        "zones without a wildcard; default com,net,org,google.com,\nfacebook.com");
    add(
        "--signed", "NAME", [this](Text text) { options_.signed_name = text; },
        "a signed zone, asked for its SOA with DO; default the root");
  }

  void take_known(Text text) {
    std::string rule;
    auto known = known_name_from_text(text, &rule);
    if (!known) refuse("--known", text, rule);
    options_.known.push_back(std::move(*known));
  }

  void add_amounts() {
    group_ = "How much and how long";
    add_whole("--timeout", &options_.timeout, Limits::timeout_ms_min, Limits::timeout_ms_max, "MS",
              "for each query; default 2,000");
    add_whole("--attempts", &options_.attempts, 1, Limits::attempts_max, "N",
              "queries for each question; default 3");
    add_whole("--in-flight", &options_.in_flight, 1, 30'000, "N", "queries open at once; default 1,000");
    add(
        "--rate", "QPS", [this](Text text) { options_.rate = rate(text, "--rate", 0); },
        "packets a second at most, over all; 0: no limit;\ndefault 5,000");
    add_rate("--rate-per-resolver", &options_.rate_per_resolver, "queries a second to each; default 50");
    add_whole(
        "--rate-test", &options_.rate_test, 1, 10'000, "N",
        "ask each good one N times within a second, to see what\nrate it bears; not polite: default off");
  }

  double rate(Text text, const char* flag, double min) {
    std::string rule;
    const auto number = number_from_text(text, min, Limits::rate_max, &rule);
    if (!number) refuse(flag, text, rule);
    return *number > 0 ? std::max(*number, Limits::rate_min) : 0;
  }

  void add_demands() {
    group_ = "What a good one must have (it is honest and answers anyway)";
    add(
        "--require", "LIST", [this](Text text) { take_demands(text); }, "of edns,tcp,dnssec,0x20");
    add_number("--max-loss", &options_.loss_percent_max, 0, 100, "PCT", "default 30");
    add_number("--max-latency", &options_.latency_ms_max, 0, 60'000, "MS", "median; default any");
    add_number("--min-score", &options_.score_min, 0, 100, "N", "0-100; see below; default 0");
  }

  void take_demands(Text text) {
    for (const std::string& item : split(text, ',')) {
      if (item == "edns")
        options_.require_edns = true;
      else if (item == "tcp")
        options_.require_tcp = true;
      else if (item == "dnssec")
        options_.require_dnssec = true;
      else if (item == "0x20")
        options_.require_0x20 = true;
      else
        refuse("--require", item, "must be edns, tcp, dnssec or 0x20");
    }
  }

  void add_output() {
    group_ = "Output";
    add_choice<CheckFormat>(
        "-f,--format", &flags_.format,
        {{"list", CheckFormat::list}, {"text", CheckFormat::text}, {"json", CheckFormat::json}},
        "default list");
    add(
        "-o,--output", "FILE", [this](Text text) { flags_.output = text; }, "default stdout");
    add_switch("-q,--quiet", &flags_.quiet, "no progress, no notes, no end line");
    add_choice<When>("--progress", &flags_.progress,
                     {{"auto", When::automatic}, {"always", When::always}, {"never", When::never}},
                     "once a second on stderr; auto: only on a terminal");
    group_ = "Other";
    add_io_flags(&options_);
    add_switch("-h,--help", &help_, "this text");
  }

  CheckFlags& flags_;
  ResolverCheckOptions& options_;
  bool help_ = false;
};

void settle(const CheckFlags& flags) {
  if (!flags.options.resolvers.empty() && flags.input_given)
    throw CLI::ValidationError("FILE", "cannot go with --resolvers");
}

}  // namespace

std::optional<KnownName> known_name_from_text(std::string_view text, std::string* rule) {
  *rule = "must be NAME, NAME,TYPE or NAME,TYPE=DATA+DATA (a record type that can be asked for, and RDATA)";
  KnownName known;
  const size_t equals = text.find('=');
  if (equals != text.npos) {
    known.data = split(text.substr(equals + 1), '+');
    text = text.substr(0, equals);
    for (const std::string& data : known.data) {
      if (data.empty()) return std::nullopt;
    }
  }
  const size_t comma = text.find(',');
  known.name = text.substr(0, comma);
  if (known.name.empty()) return std::nullopt;
  if (comma == text.npos) return known;
  std::vector<RRType> types;
  if (!types_from_text(text.substr(comma + 1), types).code.empty() || types.size() != 1) return std::nullopt;
  known.type = types.front();
  return known;
}

CheckFlagsResult check_flags_from_arguments(int argc, const char* const* argv) {
  FlagParser parser({"dnswarm check-resolvers", check_help_start, check_help_end, {}});
  CheckFlagsResult result;
  CheckFlags flags;
  const CheckFlagTable table(parser.app(), flags);
  const auto settled = [&] { settle(flags); };
  if (parser.parse(argc, argv, settled, &result.text, &result.exit_code)) result.flags = std::move(flags);
  return result;
}

}  // namespace dnswarm::cli
