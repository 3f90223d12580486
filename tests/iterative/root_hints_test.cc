#include "iterative/root_hints.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "dns/name.h"

namespace dnswarm {
namespace {

std::map<std::string, std::set<std::string>> servers_of(const Delegation& root) {
  std::map<std::string, std::set<std::string>> servers;
  for (const NameServer& server : root.servers) {
    std::string name;
    append_name_text(wire_of(server.name), name);
    for (const Address& address : server.addresses) servers[name].insert(address.host_text());
  }
  return servers;
}

TEST(RootHints, the_compiled_ones_are_thirteen_servers_with_both_kinds_of_address) {
  const Delegation root = compiled_root_hints();
  EXPECT_EQ(root.zone, NameOctets(1, '\0'));
  const auto servers = servers_of(root);
  ASSERT_EQ(servers.size(), 13u);
  for (const auto& [name, addresses] : servers) EXPECT_EQ(addresses.size(), 2u) << name;
  EXPECT_EQ(servers.at("m.root-servers.net"), (std::set<std::string>{"202.12.27.33", "2001:dc3::35"}));
}

TEST(RootHints, the_compiled_ones_are_debians) {
  const char* const path = "/usr/share/dns/root.hints";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "the package dns-root-data is not installed";
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  std::string error;
  const auto root = root_hints_from_text(text.str(), &error);
  ASSERT_TRUE(root) << error;
  EXPECT_EQ(servers_of(*root), servers_of(compiled_root_hints()));
}

TEST(RootHints, reads_what_people_write) {
  std::string error;
  const auto root = root_hints_from_text(
      "; a comment\n\n.\t3600 IN NS NS.Test.\r\n  NS other.test ; the same owner\nns.test. A 127.0.0.1\n"
      "ns.test. 60 AAAA ::1\nother.test. IN 60 A 127.0.0.2\nwww.test. A 127.0.0.3\n. TXT ignored",
      &error);
  ASSERT_TRUE(root) << error;
  EXPECT_EQ(servers_of(*root), (std::map<std::string, std::set<std::string>>{
                                   {"ns.test", {"127.0.0.1", "::1"}}, {"other.test", {"127.0.0.2"}}}));
}

TEST(RootHints, errors_name_the_line_and_the_rule) {
  const auto error_of = [](std::string_view text) {
    std::string error;
    EXPECT_FALSE(root_hints_from_text(text, &error)) << text;
    return error;
  };
  EXPECT_EQ(error_of(""), "there is no name server of the root with an address");
  EXPECT_EQ(error_of(". NS ns.test."), "there is no name server of the root with an address");
  EXPECT_EQ(error_of(". NS ns.test.\nns.test. A 1.2.3"), "line 2: 1.2.3 is no address of this type");
  EXPECT_EQ(error_of("ns.test. AAAA 192.0.2.1"), "line 1: 192.0.2.1 is no address of this type");
  EXPECT_EQ(error_of("$ORIGIN test."), "line 1: directives are not read here");
  EXPECT_EQ(error_of(". NS ("), "line 1: parentheses are not read here");
  EXPECT_EQ(error_of(". 3600 IN"), "line 1: a record needs a type and data");
  EXPECT_EQ(error_of(". WHAT ns.test."), "line 1: WHAT is no record type");
  EXPECT_EQ(error_of("a..b NS ns.test."), "line 1: a..b: a label is empty");
  EXPECT_EQ(error_of(" NS ns.test."), "line 1: the first record has no owner name");
}

}  // namespace
}  // namespace dnswarm
