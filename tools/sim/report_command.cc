#include "report_command.h"

#include <CLI/CLI.hpp>
#include <charconv>
#include <cstdio>
#include <fstream>
#include <vector>

#include "live_run.h"
#include "report.h"
#include "serve.h"

namespace dnswarm::sim {
namespace {

constexpr const char* examples = R"(Examples:
  dnswarm-sim report                                         the whole story
  dnswarm-sim report --ttl 5 --plot story.html               with a low TTL, and charts
  dnswarm-sim report --resolvers 8 --policy hash --levels 3
  dnswarm-sim report --format json | jq .by_ttl
  dnswarm-sim report --live 10 --rate 20                     ten seconds on sockets

Time is virtual: the same flags give the same report, in seconds, whatever --hours says. The names are those
of a world made up from the seed; the conversation shows some of them.
)";

// What the flags say that is no number by itself.
struct FlagTexts {
  std::string change;
  std::vector<double> delays_ms;
  double live_s = 0;
  std::string policy = "round-robin", format = "text";
};

void add_world_flags(CLI::App& app, StoryOptions& story, FlagTexts& texts) {
  const char* world = "The world";
  app.add_option("--domains", story.domains, "zones below the TLDs")->capture_default_str()->group(world);
  app.add_option("--ttl", story.ttl, "seconds, of addresses")->capture_default_str()->group(world);
  app.add_option("--ns-ttl", story.name_server_ttl, "seconds, of NS records and name servers' addresses")
      ->capture_default_str()
      ->group(world);
  app.add_option("--change", texts.change,
                 "NAME@TIME: that name gets another address then, such as www.example.com@90m (default: the "
                 "most popular name, after half of the time)")
      ->group(world);
  app.add_option(
         "--delays", texts.delays_ms,
         "CLIENT,ROOT,TLD,DOMAIN: milliseconds one way, between clients, forwarders and resolvers, and "
         "from there to each kind of server (default 1,20,20,30)")
      ->delimiter(',')
      ->expected(4)
      ->group(world);
}

void add_asking_flags(CLI::App& app, StoryOptions& story, FlagTexts& texts) {
  const char* asking = "Who asks";
  app.add_option("--clients", story.clients, "their number")->capture_default_str()->group(asking);
  app.add_option("--rate", story.rate, "questions a second of each client")
      ->capture_default_str()
      ->group(asking);
  app.add_option("--zipf", story.zipf, "the name of rank k is asked with weight 1 / k^S")
      ->capture_default_str()
      ->group(asking);
  app.add_option("--hours", story.hours, "of virtual time")->capture_default_str()->group(asking);
  app.add_option("--seed", story.seed, "of all that is drawn")->capture_default_str()->group(asking);
  const char* caches = "Caches";
  app.add_option("--resolvers", story.resolvers, "caching resolvers that share the load")
      ->capture_default_str()
      ->group(caches);
  app.add_option("--policy", texts.policy,
                 "which resolver gets a question: round-robin (the next one), hash (of the name), random")
      ->check(CLI::IsMember({"round-robin", "hash", "random"}))
      ->capture_default_str()
      ->group(caches);
  app.add_option("--levels", story.levels, "of caches: 1 resolvers, 2 clients too, 3 and forwarders between")
      ->capture_default_str()
      ->group(caches);
  app.add_option("--forwarders", story.forwarders, "with --levels 3: their number")
      ->capture_default_str()
      ->group(caches);
}

void add_output_flags(CLI::App& app, ReportFlags& flags, FlagTexts& texts) {
  const char* output = "The report";
  app.add_option("--conversation", flags.story.conversation_names, "for so many names: who asked whom")
      ->capture_default_str()
      ->group(output);
  app.add_option("--format", texts.format, "text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str()
      ->group(output);
  app.add_option("--plot", flags.plot, "charts too, as an HTML page in this file")->group(output);
  CLI::Option* live = app.add_option("--live", texts.live_s,
                                     "so many seconds on sockets and the wall clock instead: the servers on "
                                     "127.1.0.0 and up; what each level, server and cache got")
                          ->check(CLI::Range(2, 600))
                          ->group(output);
  for (const char* virtual_only :
       {"--hours", "--change", "--delays", "--conversation", "--format", "--plot"}) {
    live->excludes(app.get_option(virtual_only));
  }
  app.footer(examples);
}

// "90m": a number and s, m or h. (Faults' times are far shorter, and take an m for a mistake.)
std::optional<Duration> story_time(std::string_view text) {
  double number = 0;
  const auto [unit, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc() || unit + 1 != text.data() + text.size()) return std::nullopt;
  const double scale = *unit == 's' ? 1 : *unit == 'm' ? 60 : *unit == 'h' ? 3600 : 0;
  // No story is as long as a year and a half; a Duration would be.
  if (scale == 0 || !(number >= 0 && number * scale < 5e7)) return std::nullopt;
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(number * scale));
}

// Empty, or what is wrong.
std::string take_texts(const FlagTexts& texts, ReportFlags& flags) {
  StoryOptions& story = flags.story;
  flags.format = texts.format == "json" ? ReportFormat::json : ReportFormat::text;
  for (const Policy policy : {Policy::round_robin, Policy::hash, Policy::random}) {
    if (to_text(policy) == texts.policy) story.policy = policy;
  }
  flags.live = texts.live_s > 0;
  if (flags.live) story.hours = texts.live_s / 3600;
  if (!texts.change.empty()) {
    const size_t at = texts.change.rfind('@');
    const auto time =
        at == std::string::npos ? std::nullopt : story_time(std::string_view(texts.change).substr(at + 1));
    if (!time || at == 0)
      return "--change: " + texts.change + " is not NAME@TIME, such as www.example.com@90m (s, m or h)";
    story.changed_name = texts.change.substr(0, at);
    story.change_at = *time;
  }
  if (texts.delays_ms.empty()) return {};
  Duration* const delays[] = {&story.delays.client, &story.delays.root, &story.delays.tld,
                              &story.delays.domain};
  for (size_t i = 0; i < std::size(delays); ++i) {
    // Far outside the range already; more would not fit a Duration.
    if (!(texts.delays_ms[i] >= 0 && texts.delays_ms[i] < 1e9)) return "--delays: 0 to 10000 ms each";
    *delays[i] =
        std::chrono::duration_cast<Duration>(std::chrono::duration<double, std::milli>(texts.delays_ms[i]));
  }
  return {};
}

int usage_error(const std::string& sentence) {
  std::fprintf(stderr, "dnswarm-sim report: %s\n", sentence.c_str());
  return exit_usage;
}

}  // namespace

std::optional<ReportFlags> parse_report_flags(int argc, const char* const* argv, int* exit_code) {
  CLI::App app{
      "A story of DNS: clients with small caches ask caching resolvers, which ask the servers of a made-up "
      "world. "
      "Who asked whom, how many queries each level and server got, what each cache had, and what that "
      "depends on.",
      "dnswarm-sim report"};
  ReportFlags flags;
  FlagTexts texts;
  add_world_flags(app, flags.story, texts);
  add_asking_flags(app, flags.story, texts);
  add_output_flags(app, flags, texts);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& problem) {
    *exit_code = app.exit(problem) == 0 ? exit_ok : exit_usage;
    return std::nullopt;
  }
  std::string error = take_texts(texts, flags);
  if (error.empty()) error = story_options_error(flags.story);
  if (error.empty()) return flags;
  *exit_code = usage_error(error);
  return std::nullopt;
}

int report_command(int argc, const char* const* argv) {
  int exit_code = exit_ok;
  const std::optional<ReportFlags> flags = parse_report_flags(argc, argv, &exit_code);
  if (!flags) return exit_code;
  std::string error;
  if (flags->live) {
    const std::optional<StoryResult> result = run_live(flags->story, &error);
    if (!result) {
      std::fprintf(stderr, "dnswarm-sim report: --live: %s\n", error.c_str());
      return exit_failure;
    }
    std::fputs(live_text(*result).c_str(), stdout);
    return exit_ok;
  }
  const std::optional<Story> story = tell_story(flags->story, &error);
  if (!story) return usage_error(error);
  const std::string report = flags->format == ReportFormat::json ? report_json(*story) : report_text(*story);
  std::fwrite(report.data(), 1, report.size(), stdout);
  if (flags->plot.empty()) return exit_ok;
  std::ofstream file(flags->plot);
  file << report_html(*story);
  file.close();
  if (file) return exit_ok;
  std::fprintf(stderr, "dnswarm-sim report: --plot: cannot write %s\n", flags->plot.c_str());
  return exit_failure;
}

}  // namespace dnswarm::sim
