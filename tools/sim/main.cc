// dnswarm-sim: the flags, and which of the three jobs they ask for. `world` and `report` have their own.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "check.h"
#include "expectation.h"
#include "generate.h"
#include "listen.h"
#include "report_command.h"
#include "serve.h"
#include "simulation.h"
#include "world_run.h"
#include "zone.h"

namespace dnswarm::sim {
namespace {

struct Flags {
  std::vector<std::string> listen;
  std::vector<std::string> faults;
  std::vector<std::string> zones;
  std::string mix;
  std::string counts_file;
  RuleOptions rule;
  ResponderOptions responder;
  unsigned workers = 1;
  uint64_t seed = 1;
  bool rotate = false, kernel_time = false, no_gso = false, norecurse = false;

  CheckOptions check;
  uint64_t generate = 0;
  std::string kind = "realistic";
};

constexpr const char* examples = R"(Examples:
  dnswarm-sim --listen 127.0.0.1-4:5300                      four upstreams, answers by the rule
  dnswarm-sim --listen 127.0.0.1:0 --mix nxdomain=90         one, on a free port, mostly NXDOMAIN
  dnswarm-sim --listen 127.1.0.0/18:5300                     16,384 upstreams
  dnswarm-sim --listen 127.0.0.1-2 --fault '127.0.0.2:loss=5%,delay=bimodal'
  dnswarm-sim --listen 127.0.0.1 --fault '*:cap=2000/s:refused,wrong-id=1%'
  dnswarm-sim --listen 127.0.0.1 --zone example.zone
  dnswarm-sim --generate 100000 > names.txt
  dnswarm-sim --check results.ndjson --names names.txt

  dnswarm-sim world --help                                   a small internet, from the root down
  dnswarm-sim report                                         who asks whom in DNS; see report --help

The rule stands in rule.h, RDATA in rule_rdata.cc. These first labels force a kind:
  nx- nodata- cname- chainN- opencname- openchainN- loop- multi- big- tc- servfail- refused-
  formerr- notimp- slow- slowN- (milliseconds) to- ok- (plain)

Faults, for --fault 'WHERE:FAULT[,FAULT...]' (WHERE: * or an address or range as in --listen):
  delay=5ms | uniform:5-30ms | normal:20ms/5ms | bimodal | 90%:5ms+9%:300ms+1%:2s
  loss=PCT loss-response=PCT dup=PCT reorder=PCT cap=N/s[:drop|refused|servfail|tc]
  cap-then=N/s@TIME refused[=PCT] servfail[=PCT] formerr-on-edns lame[=refused|referral]
  dead dies-at=TIME returns-at=TIME closed tcp-dead tcp-close[=PCT] tcp-answers=N
  wrong-id wrong-source wrong-question garbage cut (each [=PCT]) only lower-question[=PCT]
  lies rewrites hides (each [=PCT]: an address for what does not exist, another one for what does, NOERROR
  for what does not) lies-at=TIME lies-after=N no-edns no-dnssec
)";

void add_serving_flags(CLI::App& app, Flags& flags) {
  const char* serving = "Answering";
  app.add_option("--listen", flags.listen,
                 "address, range or prefix, with port (default 5300; 0: a free one); repeatable")
      ->group(serving);
  app.add_option("--workers", flags.workers, "threads")
      ->check(CLI::Range(1, 64))
      ->capture_default_str()
      ->group(serving);
  app.add_option("--fault", flags.faults,
                 "what is wrong with which upstream; repeatable; see below")
      ->group(serving);
  app.add_option("--seed", flags.seed, "of faults and of --generate")
      ->capture_default_str()
      ->group(serving);
  app.add_option("--counts", flags.counts_file, "the counts go to this file too")->group(serving);
  app.add_option("--udp-max", flags.responder.udp_octets_max,
                 "largest UDP response, and our EDNS size, in octets")
      ->check(CLI::Range(512, 4096))
      ->capture_default_str()
      ->group(serving);
  app.add_flag("--signed", flags.responder.signatures,
               "with DO set answers carry an RRSIG, whose signature is made up")
      ->group(serving);
  app.add_flag("--authoritative", flags.responder.authoritative, "set AA instead of RA")
      ->group(serving);
  app.add_flag(
         "--kernel-time", flags.kernel_time,
         "count packets_in_any_second_max by the kernel's receive times (for tests of rate limits)")
      ->group(serving);
  app.add_flag("--no-gso", flags.no_gso, "send every response by itself")->group(serving);
  const char* rule = "The rule";
  app.add_option("--mix", flags.mix,
                 "kinds in percent: nxdomain, nodata, cname, multi, tc, servfail, refused, big, "
                 "open_cname; "
                 "the rest is plain (default nxdomain=20,nodata=5,cname=10,multi=10,tc=1)")
      ->group(rule);
  app.add_option("--ttl", flags.rule.ttl, "seconds")
      ->check(CLI::Range(0, 604800))
      ->capture_default_str()
      ->group(rule);
  app.add_option("--negative-ttl", flags.rule.negative_ttl, "seconds, of NXDOMAIN and NODATA")
      ->check(CLI::Range(0, 604800))
      ->capture_default_str()
      ->group(rule);
  app.add_option("--zone", flags.zones, "answer from this zone file instead; repeatable")
      ->group(rule);
  app.add_flag("--rotate", flags.rotate, "rotate the RRsets of zone files")->group(rule);
}

void add_other_flags(CLI::App& app, Flags& flags) {
  const char* checking = "Checking results against the rule (same --mix, --ttl as in the run)";
  app.add_option("--check", flags.check.results_path,
                 "an ndjson file of dnswarm; '-': standard input")
      ->group(checking);
  app.add_option("--names", flags.check.names_path, "its input: each name must have its row")
      ->group(checking);
  app.add_option("--type", flags.check.default_types, "types of names without one (default A)")
      ->delimiter(',')
      ->group(checking);
  app.add_flag("--allow-unanswered", flags.check.allow_unanswered,
               "rows without an answer (TIMEOUT, SERVFAIL...) are counted, and are no failure")
      ->group(checking);
  app.add_flag("--norecurse", flags.norecurse,
               "the run was with --norecurse: open CNAMEs stay open")
      ->group(checking);
  const char* generating = "Generating names";
  app.add_option("--generate", flags.generate, "write so many names to standard output")
      ->group(generating);
  app.add_option("--kind", flags.kind,
                 "realistic (hosts of many domains), domains (these alone), wordlist (hosts of one), unique")
      ->check(CLI::IsMember({"realistic", "domains", "wordlist", "unique"}))
      ->capture_default_str()
      ->group(generating);
  app.footer(examples);
}

int run(int argc, char** argv) {
  CLI::App app{
      "dnswarm-sim: a DNS upstream for tests and benchmarks, whose every answer can be verified",
      "dnswarm-sim"};
  Flags flags;
  add_serving_flags(app, flags);
  add_other_flags(app, flags);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& problem) {
    return app.exit(problem) == 0 ? exit_ok : exit_usage;
  }
  std::string error;
  if (!flags.mix.empty()) {
    const auto mix = Mix::from_text(flags.mix, &error);
    if (!mix) return usage_error("--mix", error);
    flags.rule.mix = *mix;
  }
  if (app.count("--generate") > 0) return generate_names(flags.generate, flags.seed, flags.kind);
  const Rule rule(flags.rule);
  if (!flags.check.results_path.empty()) {
    const auto result = check_results(flags.check, RuleExpectation(rule, flags.norecurse), &error);
    if (!result) return usage_error("--check", error);
    std::printf("%s\n", result->to_json().c_str());
    return result->passed(flags.check) ? exit_ok : exit_failure;
  }
  Simulation simulation;
  std::unique_ptr<Zones> zones;
  if (!flags.zones.empty()) {
    zones = load_zones(flags.zones, flags.rotate, &error);
    if (!zones) return usage_error("--zone", error);
  }
  simulation.source = zones ? zones.get() : static_cast<const AnswerSource*>(&rule);
  simulation.rule = zones ? nullptr : &rule;
  simulation.responder = flags.responder;
  simulation.workers = flags.workers;
  simulation.seed = flags.seed;
  simulation.kernel_time = flags.kernel_time;
  simulation.gso = !flags.no_gso;
  raise_descriptor_limit();
  Listeners listeners;
  const auto texts = flags.listen.empty() ? std::vector<std::string>{"127.0.0.1"} : flags.listen;
  if (!open_listeners(texts, simulation, listeners, &error)) return usage_error("--listen", error);
  return serve(simulation, listeners, flags.faults, flags.counts_file, ready_json(simulation));
}

}  // namespace
}  // namespace dnswarm::sim

int main(int argc, char** argv) {
  using namespace dnswarm::sim;
  if (argc > 1 && std::string_view(argv[1]) == "world") return run_world(argc - 1, argv + 1);
  if (argc > 1 && std::string_view(argv[1]) == "report") return report_command(argc - 1, argv + 1);
  return run(argc, argv);
}
