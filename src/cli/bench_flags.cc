#include "cli/bench_flags.h"

#include "cli/bench_help.h"
#include "cli/flag_adder.h"
#include "cli/flag_parser.h"
#include "cli/resolver_list.h"

namespace dnswarm::cli {
namespace {

struct Given {
  bool server = false, rate = false, ramp = false, steps = false, max_loss = false;
  bool payload = false, no_edns = false, help = false;
  std::string random_suffix;
  double duration_s = 0;
};

class BenchFlagTable : private FlagAdder {
 public:
  BenchFlagTable(CLI::App& app, BenchFlags& flags, Given& given)
      : FlagAdder(app), flags_(flags), options_(flags.options), given_(given) {
    add_server();
    add_pace();
    add_names();
    add_question();
    add_output();
    add_other();
  }

 private:
  void add_server() {
    group_ = "Whom to ask";
    add("-r,--server", "IP[:PORT]", [this](Text text) {
      if (!is_upstream_address(text)) {
        refuse("--server", text,
               "must be one ip, ip:port, ipv6 or [ipv6]:port (ports 1-65535; no host names)");
      }
      options_.server = text;
      given_.server = true;
    }, "the server; port 53 where none is given");
    add_switch("--tcp", &options_.tcp, "over TCP, pipelined; lost connections are opened again");
    add_whole("--sockets", &options_.sockets, 1, LoadLimits::sockets_max, "N",
              "UDP sockets or TCP connections of each worker, 1-1,000;\n"
              "default: UDP what is in flight needs, TCP 4");
    add_whole("--workers", &options_.workers, 1, Limits::workers_max, "N",
              "threads, 1-256; default 1");
    add_source(&options_.source_address);
    add_switch("--busy-poll", &options_.busy_poll,
               "never sleep: latencies to a few microseconds, for a core\nof each worker");
  }

  void add_pace() {
    group_ = "At what pace";
    add_whole("--in-flight", &options_.in_flight, 1, LoadLimits::in_flight_max, "N",
              "closed loop: queries open at once; default 1,000.\n"
              "With --rate and --ramp: at most so many; default 100,000");
    add("--rate", "QPS", [this](Text text) {
      std::string rule;
      const auto rate = number_from_text(text, Limits::rate_min, Limits::rate_max, &rule);
      if (!rate) refuse("--rate", text, rule);
      options_.rate = *rate;
      given_.rate = true;
    }, "open loop: queries a second");
    add("--ramp", "FROM:TO[:STEPS]", [this](Text text) {
      std::string rule;
      const auto range = ramp_range_from_text(text, &rule);
      if (!range) refuse("--ramp", text, rule);
      options_.ramp_from = range->from;
      options_.ramp_to = range->to;
      if (range->steps != 0) options_.ramp_steps = range->steps;
      given_.ramp = true;
    }, "open loop at rising rates; default 10 steps");
    add("--max-loss", "PCT", [this](Text text) {
      std::string rule;
      const auto percent = number_from_text(text.ends_with('%') ? text.substr(0, text.size() - 1) : text, 0,
                                            100, &rule);
      if (!percent) refuse("--max-loss", text, rule + " percent");
      options_.loss_percent_max = *percent;
      given_.max_loss = true;
    }, "loss that a step of a ramp may have; default 0.1");
    const double duration_max = std::chrono::duration<double>(LoadLimits::duration_max).count();
    add_number("--duration", &given_.duration_s, 0.001, duration_max, "S",
               "seconds of sending; default 10, without --queries;\n"
               "of each step of a ramp; default 5");
    add_whole("--queries", &options_.queries, 1, uint64_t{1} << 53, "N", "end after so many");
    add_whole("--timeout", &options_.timeout, 1, LoadLimits::timeout_ms_max, "MS",
              "until a query counts as lost, 1-600,000; default 5,000");
  }

  void add_names() {
    group_ = "Names";
    app_.add_option_function<std::string>("FILE", [this](Text text) { flags_.input = text; },
                                          "names, one a line; '-': stdin")
        ->type_name("")
        ->group(group_);
    add("--pattern", "TEXT", [this](Text text) { flags_.pattern = text; }, "names to a pattern; see above");
    add("--random", "SUFFIX", [this](Text text) { given_.random_suffix = text; },
        "12 random letters and digits under SUFFIX");
    add("--seed", "N", [this](Text text) {
      std::string rule;
      const auto seed = whole_number_from_text(text, 0, UINT64_MAX, &rule);
      if (!seed) refuse("--seed", text, rule);
      options_.seed = *seed;
    }, "of random names: the same names again");
  }

  void add_question() {
    group_ = "What to ask";
    add_types(&flags_.types);
    add_query_flags(&options_, &given_.payload);
    add_switch("--no-edns", &given_.no_edns, "no OPT record in queries");
  }

  void add_output() {
    group_ = "Output";
    add_choice<BenchFormat>(
        "-f,--format", &flags_.format,
        {{"text", BenchFormat::text}, {"json", BenchFormat::json}, {"csv", BenchFormat::csv}},
        "default text");
    add("-o,--output", "FILE", [this](Text text) { flags_.output = text; }, "default stdout");
    add("--plot", "FILE.html", [this](Text text) { flags_.plot = text; }, "a plot for a browser");
    add_fail_on(&flags_.fail_on, "exit with 3 where more queries than this are lost; default none");
    add_switch("-q,--quiet", &flags_.quiet, "no progress, no notes");
    add_choice<When>("--progress", &flags_.progress,
                     {{"auto", When::automatic}, {"always", When::always}, {"never", When::never}},
                     "once a second on stderr; auto: only on a terminal");
  }

  void add_other() {
    group_ = "Other";
    add_io_flags(&options_);
    add_switch("-h,--help", &given_.help, "this text");
  }

  BenchFlags& flags_;
  LoadOptions& options_;
  Given& given_;
};

// What depends on more than one flag.
void settle(BenchFlags& flags, const Given& given) {
  LoadOptions& options = flags.options;
  if (!given.server) throw CLI::ValidationError("--server", "is missing: -r IP[:PORT] names whom to ask");
  if (given.rate && given.ramp) throw CLI::ValidationError("--rate", "cannot go with --ramp");
  if (given.max_loss && !given.ramp) throw CLI::ValidationError("--max-loss", "is for --ramp");
  if (given.ramp && options.queries != 0) {
    throw CLI::ValidationError("--queries", "cannot go with --ramp, whose steps last for --duration");
  }
  options.mode = given.ramp ? LoadMode::ramp : given.rate ? LoadMode::open : LoadMode::closed;
  options.duration = std::chrono::milliseconds(static_cast<int64_t>(given.duration_s * 1000 + 0.5));
  if (given.no_edns && (given.payload || needs_edns(options))) {
    throw CLI::ValidationError("--no-edns",
                               "cannot go with --bufsize, --dnssec, --nsid or --ecs, which need EDNS");
  }
  options.edns = !given.no_edns;
  const int sources = !flags.input.empty() + !flags.pattern.empty() + !given.random_suffix.empty();
  if (sources != 1) {
    throw CLI::ValidationError("names", sources == 0 ? "are missing: give a FILE, --pattern or --random"
                                                     : "must come from one of FILE, --pattern and --random");
  }
  if (!given.random_suffix.empty()) {
    const bool is_root = given.random_suffix == ".";
    flags.pattern = "{x:12}." + (is_root ? "" : given.random_suffix);
  }
}

}  // namespace

std::optional<RampRange> ramp_range_from_text(std::string_view text, std::string* rule) {
  std::string_view fields[3];
  size_t count = 0;
  for (bool more = true; more && count < 3; ++count) {
    const size_t colon = text.find(':');
    more = colon != text.npos;
    fields[count] = text.substr(0, colon);
    text = more ? text.substr(colon + 1) : std::string_view();
    if (more && count == 2) fields[2] = {};  // a fourth one: no number
  }
  std::string ignored;
  const auto from = number_from_text(fields[0], Limits::rate_min, Limits::rate_max, &ignored);
  const auto to = number_from_text(fields[1], Limits::rate_min, Limits::rate_max, &ignored);
  std::optional<uint64_t> steps = 0;
  if (count == 3) steps = whole_number_from_text(fields[2], 2, LoadLimits::ramp_steps_max, &ignored);
  if (from && to && steps && *from < *to) return RampRange{*from, *to, static_cast<unsigned>(*steps)};
  *rule =
      "must be FROM:TO or FROM:TO:STEPS, rates from 0.01 to 100000000 with FROM below TO, and 2 to 1000 "
      "steps";
  return std::nullopt;
}

BenchFlagsResult bench_flags_from_arguments(int argc, const char* const* argv) {
  FlagParser parser({"dnswarm bench", bench_help_start, bench_help_end, {}});
  BenchFlagsResult result;
  BenchFlags flags;
  Given given;
  const BenchFlagTable table(parser.app(), flags, given);
  const auto settled = [&] { settle(flags, given); };
  if (parser.parse(argc, argv, settled, &result.text, &result.exit_code)) result.flags = std::move(flags);
  return result;
}

}  // namespace dnswarm::cli
