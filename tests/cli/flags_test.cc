#include "cli/flags.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>

#include "cli/flag_values.h"

namespace dnswarm::cli {
namespace {

FlagsResult parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "dnswarm");
  return flags_from_arguments(static_cast<int>(arguments.size()), arguments.data());
}

Flags good(std::vector<const char*> arguments) {
  FlagsResult result = parse(std::move(arguments));
  EXPECT_TRUE(result.flags.has_value()) << result.text;
  return result.flags ? *result.flags : Flags{};
}

TEST(Flags, without_any_the_defaults_stand) {
  const Flags flags = good({});
  const Options options;
  EXPECT_TRUE(flags.options.upstreams.empty());
  EXPECT_EQ(flags.options.cache_octets, options.cache_octets);
  EXPECT_EQ(flags.options.timeout, options.timeout);
  EXPECT_TRUE(flags.options.edns);
  EXPECT_TRUE(flags.options.recursion_desired);
  EXPECT_EQ(flags.types, std::vector{RRType::A});
  EXPECT_EQ(flags.input, "-");
  EXPECT_TRUE(flags.shard.is_all() && flags.resume.empty());
  EXPECT_FALSE(flags.input_given);
  EXPECT_EQ(flags.fail_on.percent_max, 0);
}

TEST(Flags, reach_their_options) {
  const Flags flags = good(
      {"-r", "192.0.2.53,[2001:db8::1]:5353", "-t", "A,aaaa", "-t", "A,TYPE65", "-o", "out", "-f",
       "csv", "--ordered", "--workers", "3", "--in-flight", "77", "--timeout", "500", "--attempts",
       "7", "--deadline", "9000", "--rate", "12.5", "--rate-per-upstream=3", "--cache-size", "1",
       "--norecurse", "--dnssec", "--cd", "--ad", "--class", "CH", "--bufsize", "4096", "--nsid",
       "--ecs", "192.0.2.0/24", "--source", "192.0.2.9", "--sections", "all", "--fail-on", "2.5%",
       "--summary", "s.json", "--progress", "never", "--status-format", "json", "--io", "mmsg",
       "--io-mask", "no-gso,no-min-wait", "--shard", "2/8", "--resume", "state", "--search",
       "--hosts", "--color", "never", "-q", "names"});
  const Options& o = flags.options;
  EXPECT_EQ(o.upstreams, (std::vector<std::string>{"192.0.2.53", "[2001:db8::1]:5353"}));
  EXPECT_EQ(flags.types, (std::vector{RRType::A, RRType::AAAA, RRType::HTTPS}));
  EXPECT_EQ(flags.output, "out");
  EXPECT_EQ(flags.row_style.format, Format::csv);
  EXPECT_TRUE(flags.ordered && flags.quiet && o.search && o.use_hosts_file);
  EXPECT_EQ(o.workers, 3u);
  EXPECT_EQ(shard_text(flags.shard), "2/8");
  EXPECT_EQ(flags.resume, "state");
  EXPECT_EQ(o.in_flight, 77u);
  EXPECT_EQ(o.timeout.count(), 500);
  EXPECT_EQ(o.attempts, 7u);
  EXPECT_EQ(o.deadline.count(), 9000);
  EXPECT_EQ(o.rate, 12.5);
  EXPECT_EQ(o.rate_per_upstream, 3);
  EXPECT_EQ(o.cache_octets, size_t{1} << 20);
  EXPECT_FALSE(o.recursion_desired);
  EXPECT_TRUE(o.dnssec_ok && o.checking_disabled && o.authentic_data && o.nsid && o.edns);
  EXPECT_EQ(o.rrclass, RRClass::CH);
  EXPECT_EQ(o.udp_payload_octets, 4096);
  EXPECT_EQ(o.client_subnet, "192.0.2.0/24");
  EXPECT_EQ(o.source_address, "192.0.2.9");
  EXPECT_TRUE(o.keep_all_sections && flags.row_style.all_sections);
  EXPECT_EQ(flags.fail_on.percent_max, 2.5);
  EXPECT_EQ(flags.summary, "s.json");
  EXPECT_EQ(o.io, Io::mmsg);
  EXPECT_FALSE(o.io_features.gso || o.io_features.min_wait);
  EXPECT_TRUE(o.io_features.defer_taskrun);
  EXPECT_EQ(flags.input, "names");
  EXPECT_TRUE(flags.input_given);
}

TEST(Flags, the_last_of_several_wins) {
  EXPECT_EQ(good({"--workers", "2", "--workers", "5"}).options.workers, 5u);
}

TEST(Flags, massdns_formats_switch_cache_and_edns_off) {
  const Flags plain = good({"-f", "massdns-J"});
  EXPECT_EQ(plain.options.cache_octets, 0u);
  EXPECT_FALSE(plain.options.edns);
  EXPECT_TRUE(plain.options.keep_all_sections);
  EXPECT_FALSE(good({"-f", "massdns-Snl"}).options.keep_all_sections);
  EXPECT_TRUE(good({"-f", "massdns-J", "--edns"}).options.edns);
  EXPECT_TRUE(good({"-f", "massdns-J", "--bufsize", "1232"}).options.edns);
  EXPECT_TRUE(good({"-f", "massdns-J", "--dnssec"}).options.edns);
  EXPECT_EQ(good({"--cache-size", "2", "-f", "massdns-J"}).options.cache_octets, size_t{2} << 20);
}

TEST(Flags, hosts_file_implies_hosts) {
  const Flags flags = good({"--hosts-file", "h", "--resolv-conf", "r"});
  EXPECT_TRUE(flags.options.use_hosts_file);
  EXPECT_EQ(flags.options.hosts_path, "h");
  EXPECT_EQ(flags.options.resolv_conf_path, "r");
}

struct BadCase {
  std::vector<const char*> arguments;
  std::string_view flag, value, rule;
};

TEST(Flags, say_flag_value_and_rule_where_one_does_not_fit) {
  const BadCase cases[] = {
      {{"--workers", "0"}, "--workers", "'0'", "1 to 256"},
      {{"--workers", "257"}, "--workers", "'257'", "1 to 256"},
      {{"--workers", "2x"}, "--workers", "'2x'", "whole number"},
      {{"--workers", "99999999999999999999"}, "--workers", "'9999", "1 to 256"},
      {{"--in-flight", "1000001"}, "--in-flight", "'1000001'", "1 to 1000000"},
      {{"--timeout", "49"}, "--timeout", "'49'", "50 to 60000"},
      {{"--timeout", "1.5"}, "--timeout", "'1.5'", "whole number"},
      {{"--attempts", "21"}, "--attempts", "'21'", "1 to 20"},
      {{"--deadline", "600001"}, "--deadline", "'600001'", "600000"},
      {{"--rate", "0"}, "--rate", "'0'", "0.01 to 100000000"},
      {{"--rate", "nan"}, "--rate", "'nan'", "number"},
      {{"--rate-per-upstream", "1e3"}, "--rate-per-upstream", "'1e3'", "number"},
      {{"--cache-size", "1048577"}, "--cache-size", "'1048577'", "1048576"},
      {{"--bufsize", "511"}, "--bufsize", "'511'", "512 to 4096"},
      {{"-t", "A,FOO"}, "--type", "'FOO'", "record type"},
      {{"-t", ""}, "--type", "", ""},
      {{"-t", "AXFR"}, "--type", "'AXFR'", "asked"},
      {{"--class", "XX"}, "--class", "'XX'", "IN, CH"},
      {{"--ecs", "192.0.2.0/33"}, "--ecs", "'192.0.2.0/33'", "prefix"},
      {{"--ecs", "192.0.2.0"}, "--ecs", "'192.0.2.0'", "prefix"},
      {{"--source", "localhost"}, "--source", "'localhost'", "IP address"},
      {{"-f", "json"}, "--format", "'json'", "ndjson"},
      {{"--sections", "both"}, "--sections", "'both'", "answer|all"},
      {{"--color", "yes"}, "--color", "'yes'", "auto|always|never"},
      {{"--progress", ""}, "--progress", "", ""},
      {{"--status-format", "xml"}, "--status-format", "'xml'", "text|json"},
      {{"--fail-on", "100.1"}, "--fail-on", "'100.1'", "0 to 100"},
      {{"--fail-on", "all"}, "--fail-on", "'all'", "none, any"},
      {{"--io", "epoll"}, "--io", "'epoll'", "uring"},
      {{"--io-mask", "no-gso,"}, "--io-mask", "'no-gso,'", "no-min-wait"},
      {{"--resume", "state"}, "--resume", "", "-o FILE"},
      {{"--resume", "state", "-o", "-"}, "--resume", "", "-o FILE"},
      {{"--shard", "0/2"}, "--shard", "'0/2'", "from 1 to n"},
      {{"--shard", "3/2"}, "--shard", "'3/2'", "from 1 to n"},
      {{"--shard", "1/1000001"}, "--shard", "'1/1000001'", "at most 1000000"},
      {{"--shard", "1"}, "--shard", "'1'", "2/8"},
      {{"--shard", "1/"}, "--shard", "'1/'", "2/8"},
      {{"--shard", "1/2/3"}, "--shard", "'1/2/3'", "2/8"},
      {{"-r", "192.0.2.300"}, "--resolvers", "'192.0.2.300'", "ip:port"},
      {{"-r", "192.0.2.1,"}, "--resolvers", "''", "ip:port"},
      {{"-r", "/"}, "--resolvers", "'/'", "directory"},
      {{"--no-edns", "--nsid"}, "--no-edns", "", "EDNS"},
      {{"--no-edns", "--bufsize", "1232"}, "--no-edns", "", "EDNS"},
      {{"--bogus"}, "--bogus", "", ""},
      {{"a", "b"}, "b", "", ""},
      {{"--rate"}, "--rate", "", ""}};
  for (const BadCase& c : cases) {
    const FlagsResult result = parse(c.arguments);
    EXPECT_FALSE(result.flags.has_value()) << c.flag;
    EXPECT_EQ(result.exit_code, 2) << c.flag;
    EXPECT_TRUE(result.text.starts_with("dnswarm: ")) << result.text;
    for (const std::string_view part : {c.flag, c.value, c.rule}) {
      EXPECT_NE(result.text.find(part), std::string::npos) << part << " in: " << result.text;
    }
  }
}

TEST(Flags, bad_values_cannot_steer_the_terminal) {
  EXPECT_EQ(parse({"--workers", "\x1b[31m"}).text.find('\x1b'), std::string::npos);
}

TEST(Flags, help_names_every_flag_and_puts_examples_first) {
  const FlagsResult help = parse({"--workers", "0", "--help"});
  EXPECT_EQ(help.exit_code, 0);
  EXPECT_FALSE(help.flags.has_value());
  for (const char* flag :
       {"--resolvers", "--type", "--output", "--format", "--ordered", "--workers", "--in-flight",
        "--timeout", "--attempts", "--deadline", "--rate", "--rate-per-upstream", "--cache-size",
        "--norecurse", "--dnssec", "--cd", "--ad", "--class", "--bufsize", "--nsid", "--ecs",
        "--source", "--sections", "--fail-on", "--summary", "--progress", "--status-format", "--io",
        "--io-mask", "--search", "--hosts", "--color", "--no-edns", "--quiet", "--version"}) {
    EXPECT_NE(help.text.find(flag), std::string::npos) << flag;
  }
  EXPECT_LT(help.text.find("Examples:"), help.text.find("Whom to ask:"));
  EXPECT_LT(help.text.find("Whom to ask:"), help.text.find("Exit codes:"));
  EXPECT_EQ(help.text.find("--resolv-conf"), std::string::npos);
  EXPECT_LT(parse({"-h"}).text.size(), help.text.size() / 3);
}

TEST(Flags, version_names_kernel_and_libraries) {
  const std::string text = parse({"--version"}).text;
  for (const char* part : {"dnswarm ", "kernel:", "I/O:", "libraries:"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part;
  }
}

TEST(FlagValues, networks) {
  for (const char* text : {"192.0.2.0/24", "0.0.0.0/0", "2001:db8::/56", "::/128"}) {
    EXPECT_TRUE(is_network(text)) << text;
  }
  for (const char* text : {"", "/", "192.0.2.0/", "192.0.2/24", "2001:db8::/129", "a/8",
                           "1.1.1.1/-1"}) {
    EXPECT_FALSE(is_network(text)) << text;
  }
}

}  // namespace
}  // namespace dnswarm::cli
