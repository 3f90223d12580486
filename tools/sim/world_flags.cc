#include "world_flags.h"

#include <arpa/inet.h>

#include <CLI/CLI.hpp>
#include <ostream>

#include "serve.h"

namespace dnswarm::sim {
namespace {

constexpr uint32_t seconds_max = 604800;  // a week

constexpr const char* examples = R"(Examples:
  dnswarm-sim world --hints hints --write-names names        1,000 made-up domains, served on port 5300
  dnswarm --iterative --root-hints hints --authoritative-port 5300 --rate-per-server 0 -o rows < names
  dnswarm-sim world --check rows --names names               were the rows right? (same world, same --seed)
  dnswarm-sim world --domain-list domains.txt --glueless 20 --workers 2 --counts counts.json
  dnswarm-sim world --fault 'domain:loss=5%' --fault '127.1.0.1:dead' --fault 'tld:delay=20ms'
  dnswarm-sim world --zone root.zone --zone com.zone --zone example.com.zone
  dnswarm-sim world --domains 20000 --servers 4 --write folder      for NSD, Knot and BIND: folder/README

Zones. Each domain is a zone, delegated by the closest listed name above it, or by its TLD; the root
delegates the TLDs. It has the hosts www, mail, host1 to hostN, host.ent, ns1 and ns2, alias (CNAME www) and
away (CNAME www of the next domain): rule_zones.h has the particulars. The same flags make the same world.

Servers. The root's are 127.1.0.0, 127.1.0.1..., the TLDs' follow, then the domains'; the first line of
output, a JSON object, says which are which. All are on one port, which one wildcard socket takes on every
address of the machine; only where a fault is `closed` each server has its own, and there may be 1,024.

Faults are those of dnswarm-sim --help; the WHERE of --fault may also be root, tld or domain.

Ends at SIGINT or SIGTERM with the counts, a JSON object: "roles" has what the servers of the root, of TLDs
and of domains got, "upstreams" has each server.
)";

// What says how a world is made up, and what only such a world can give.
constexpr const char* made_up_only[] = {
    "--domains",       "--domain-list", "--servers", "--tld-servers", "--root-servers",
    "--first-address", "--glueless",    "--hosts",   "--ttl",         "--ns-ttl",
    "--negative-ttl",  "--write-names", "--write"};

void add_zone_flags(CLI::App& app, WorldFlags& flags, std::string& first_address) {
  RuleZonesOptions& zones = flags.zones;
  const auto add = [&](const char* name, auto& value, const char* what) {
    return app.add_option(name, value, what)->group("The world");
  };
  const auto add_number = [&](const char* name, auto& value, auto low, auto high, const char* what) {
    return add(name, value, what)->check(CLI::Range(low, high));
  };
  add_number("--domains", zones.domains, 1, 10'000'000, "so many made-up domains")->capture_default_str();
  add("--domain-list", flags.domain_list, "or those of this file, one a line; '-': standard input");
  add("--zone", flags.zone_files,
      "or these zone files, one of them the root's, servers in 127/8; repeatable");
  add_number("--servers", zones.domain_servers, 1, 1'000'000,
             "of the domains (default: one for every ten domains, at least 2)");
  add_number("--tld-servers", zones.tld_servers, 1, 1000, "of the TLDs")->capture_default_str();
  add_number("--root-servers", zones.root_servers, 1, 13, "of the root")->capture_default_str();
  add("--first-address", first_address, "the first server's (default 127.1.0.0)");
  add_number("--glueless", zones.glueless, 0.0, 100.0,
             "percent of the domains whose servers lie in another TLD")
      ->capture_default_str();
  add_number("--hosts", zones.hosts_per_domain, 0, 1000, "host1 to hostN of each domain")
      ->capture_default_str();
  add_number("--ttl", zones.ttl, 0u, seconds_max, "seconds")->capture_default_str();
  add_number("--ns-ttl", zones.name_server_ttl, 0u, seconds_max,
             "seconds, of NS and of the servers' addresses")
      ->capture_default_str();
  add_number("--negative-ttl", zones.negative_ttl, 0u, seconds_max, "seconds, of NXDOMAIN and NODATA")
      ->capture_default_str();
  add("--seed", zones.seed, "of the domains, of who is glueless, and of faults")->capture_default_str();
}

void add_serving_flags(CLI::App& app, WorldFlags& flags) {
  const char* group = "Serving it";
  app.add_option("--port", flags.port, "of all servers; 0: a free one")
      ->check(CLI::Range(0, 65535))
      ->capture_default_str()
      ->group(group);
  app.add_option("--workers", flags.workers, "threads")
      ->check(CLI::Range(1, 64))
      ->capture_default_str()
      ->group(group);
  app.add_option("--fault", flags.faults, "WHERE:FAULT[,FAULT...]; repeatable; see below")->group(group);
  app.add_option("--counts", flags.counts_file, "the counts go to this file too")->group(group);
  app.add_flag("--no-serve", flags.no_serve, "write the files that were asked for, and end")->group(group);
}

void add_file_flags(CLI::App& app, WorldFlags& flags) {
  const char* group = "Files about it";
  app.add_option("--hints", flags.hints_file, "write the root hints, for a resolver")->group(group);
  CLI::Option* names =
      app.add_option("--write-names", flags.names_file,
                     "write names to ask for: hosts, aliases, names that do not exist, NODATA")
          ->group(group);
  app.add_option("--names-per-domain", flags.names_per_domain, "lines of --write-names")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str()
      ->needs(names)
      ->group(group);
  app.add_option(
         "--write", flags.write_folder,
         "write it as zone files with configurations for NSD (the root), Knot (the TLDs) and BIND (the "
         "domains) into this new folder, and end")
      ->group(group);
}

void add_check_flags(CLI::App& app, WorldFlags& flags) {
  const char* group = "Checking results against it";
  CLI::Option* check =
      app.add_option("--check", flags.check.results_path, "an ndjson file of dnswarm; '-': standard input")
          ->group(group);
  app.add_option("--names", flags.check.names_path, "its input: each name must have its row")
      ->needs(check)
      ->group(group);
  app.add_option("--type", flags.check.default_types, "types of names without one (default A)")
      ->delimiter(',')
      ->needs(check)
      ->group(group);
  app.add_flag("--allow-unanswered", flags.check.allow_unanswered,
               "rows without an answer (TIMEOUT, SERVFAIL...) are counted, and are no failure")
      ->needs(check)
      ->group(group);
}

// What does not go together: a sentence, or nothing.
std::string disagreement(const CLI::App& app, const WorldFlags& flags) {
  for (const char* flag : made_up_only) {
    if (app.count("--zone") > 0 && app.count(flag) > 0)
      return std::string(flag) + ": is for made-up zones, and --zone gives others";
  }
  if (app.count("--domains") > 0 && app.count("--domain-list") > 0)
    return "--domains: --domain-list gives the domains";
  if (!flags.write_folder.empty() && flags.port == 0)
    return "--port: --write needs one that is not 0, for the configurations name it";
  if (!flags.write_folder.empty() && !flags.check.results_path.empty()) return "--write: is not for --check";
  return {};
}

bool ipv4_from_text(const std::string& text, uint32_t& ipv4) {
  in_addr address{};
  if (inet_pton(AF_INET, text.c_str(), &address) != 1) return false;
  ipv4 = ntohl(address.s_addr);
  return true;
}

}  // namespace

std::optional<int> parse_world_flags(int argc, const char* const* argv, WorldFlags& flags, std::ostream& out,
                                     std::ostream& err) {
  CLI::App app{"dnswarm-sim world: a small internet, each server on an address of its own in 127/8",
               "dnswarm-sim world"};
  std::string first_address;
  add_zone_flags(app, flags, first_address);
  add_serving_flags(app, flags);
  add_file_flags(app, flags);
  add_check_flags(app, flags);
  app.footer(examples);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& problem) {
    return app.exit(problem, out, err) == 0 ? exit_ok : exit_usage;
  }
  std::string sentence = disagreement(app, flags);
  if (!first_address.empty() && !ipv4_from_text(first_address, flags.zones.first_ipv4))
    sentence = "--first-address: '" + first_address + "' is no IPv4 address";
  if (sentence.empty()) return std::nullopt;
  err << "dnswarm-sim: " << sentence << '\n';
  return exit_usage;
}

}  // namespace dnswarm::sim
