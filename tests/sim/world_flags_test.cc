#include "world_flags.h"

#include <gtest/gtest.h>

#include <sstream>

namespace dnswarm::sim {
namespace {

struct Parsed {
  std::optional<int> code;
  WorldFlags flags;
  std::string out, err;
};

Parsed parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "world");
  Parsed parsed;
  std::ostringstream out, err;
  parsed.code =
      parse_world_flags(static_cast<int>(arguments.size()), arguments.data(), parsed.flags, out, err);
  parsed.out = out.str();
  parsed.err = err.str();
  return parsed;
}

TEST(WorldFlags, are_those_of_a_small_internet_where_none_is_given) {
  const Parsed parsed = parse({});
  ASSERT_FALSE(parsed.code) << parsed.err;
  EXPECT_EQ(parsed.flags.zones.domains, 1000u);
  EXPECT_EQ(parsed.flags.port, 5300);
  EXPECT_EQ(parsed.flags.names_per_domain, 5u);
  EXPECT_FALSE(parsed.flags.no_serve);
}

TEST(WorldFlags, each_goes_to_its_place) {
  const Parsed parsed = parse({"--domains",
                               "20",
                               "--servers",
                               "7",
                               "--tld-servers",
                               "5",
                               "--root-servers",
                               "2",
                               "--glueless",
                               "12.5",
                               "--hosts",
                               "3",
                               "--ttl",
                               "100",
                               "--ns-ttl",
                               "200",
                               "--negative-ttl",
                               "30",
                               "--first-address",
                               "127.3.0.1",
                               "--seed",
                               "9",
                               "--port",
                               "0",
                               "--workers",
                               "2",
                               "--fault",
                               "*:dead",
                               "--fault",
                               "tld:loss=5%",
                               "--counts",
                               "c",
                               "--hints",
                               "h",
                               "--write-names",
                               "n",
                               "--names-per-domain",
                               "8",
                               "--no-serve"});
  ASSERT_FALSE(parsed.code) << parsed.err;
  const RuleZonesOptions& zones = parsed.flags.zones;
  EXPECT_EQ(zones.domains, 20u);
  EXPECT_EQ(zones.domain_servers, 7u);
  EXPECT_EQ(zones.tld_servers, 5u);
  EXPECT_EQ(zones.root_servers, 2u);
  EXPECT_EQ(zones.glueless, 12.5);
  EXPECT_EQ(zones.hosts_per_domain, 3u);
  EXPECT_EQ(zones.ttl, 100u);
  EXPECT_EQ(zones.name_server_ttl, 200u);
  EXPECT_EQ(zones.negative_ttl, 30u);
  EXPECT_EQ(zones.first_ipv4, 0x7f030001u);
  EXPECT_EQ(zones.seed, 9u);
  EXPECT_EQ(parsed.flags.port, 0);
  EXPECT_EQ(parsed.flags.workers, 2u);
  EXPECT_EQ(parsed.flags.faults, (std::vector<std::string>{"*:dead", "tld:loss=5%"}));
  EXPECT_EQ(parsed.flags.counts_file, "c");
  EXPECT_EQ(parsed.flags.hints_file, "h");
  EXPECT_EQ(parsed.flags.names_file, "n");
  EXPECT_EQ(parsed.flags.names_per_domain, 8u);
  EXPECT_TRUE(parsed.flags.no_serve);
}

TEST(WorldFlags, files_and_checks_have_theirs) {
  const Parsed zones = parse({"--zone", "a", "--zone", "b"});
  ASSERT_FALSE(zones.code) << zones.err;
  EXPECT_EQ(zones.flags.zone_files, (std::vector<std::string>{"a", "b"}));
  const Parsed check =
      parse({"--domain-list", "l", "--check", "r", "--names", "n", "--type", "A,MX", "--allow-unanswered"});
  ASSERT_FALSE(check.code) << check.err;
  EXPECT_EQ(check.flags.domain_list, "l");
  EXPECT_EQ(check.flags.check.results_path, "r");
  EXPECT_EQ(check.flags.check.names_path, "n");
  EXPECT_EQ(check.flags.check.default_types, (std::vector<std::string>{"A", "MX"}));
  EXPECT_TRUE(check.flags.check.allow_unanswered);
}

TEST(WorldFlags, wrong_ones_are_named) {
  const struct {
    std::vector<const char*> arguments;
    const char* words;
    const char* bound = "";  // after words that differ between releases of CLI11
  } cases[] = {
      {{"--domains", "0"}, "--domains: Value 0 not in range", " 10000000"},
      {{"--domains", "many"}, "--domains"},
      {{"--root-servers", "14"}, "--root-servers: Value 14 not in range", " 13"},
      {{"--tld-servers", "0"}, "--tld-servers"},
      {{"--servers", "0"}, "--servers"},
      {{"--glueless", "101"}, "--glueless"},
      {{"--hosts", "1001"}, "--hosts"},
      {{"--ttl", "604801"}, "--ttl"},
      {{"--port", "65536"}, "--port"},
      {{"--workers", "65"}, "--workers"},
      {{"--first-address", "127.1"}, "--first-address: '127.1' is no IPv4 address"},
      {{"--names-per-domain", "3"}, "--names-per-domain requires --write-names"},
      {{"--names", "n"}, "--names requires --check"},
      {{"--domains", "5", "--domain-list", "l"}, "--domains: --domain-list gives the domains"},
      {{"--zone", "z", "--glueless", "5"}, "--glueless: is for made-up zones"},
      {{"--zone", "z", "--write", "w"}, "--write: is for made-up zones"},
      {{"--zone", "z", "--write-names", "w"}, "--write-names: is for made-up zones"},
      {{"--write", "w", "--port", "0"}, "--port: --write needs one that is not 0"},
      {{"--write", "w", "--check", "r"}, "--write: is not for --check"},
      {{"--frob"}, "--frob"},
      {{"stray"}, "stray"},
  };
  for (const auto& one : cases) {
    const Parsed parsed = parse(one.arguments);
    EXPECT_EQ(parsed.code, 2) << one.words;
    EXPECT_NE(parsed.err.find(one.words), std::string::npos) << parsed.err;
    EXPECT_NE(parsed.err.find(one.bound), std::string::npos) << parsed.err;
  }
}

TEST(WorldFlags, help_has_examples) {
  const Parsed parsed = parse({"--help"});
  EXPECT_EQ(parsed.code, 0);
  EXPECT_NE(parsed.out.find("dnswarm --iterative --root-hints hints"), std::string::npos);
}

}  // namespace
}  // namespace dnswarm::sim
