#include "world_files.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "world_configs.h"
#include "world_names.h"
#include "world_walk.h"

namespace dnswarm::sim {
namespace {

class WorldFiles : public testing::Test {
 protected:
  std::filesystem::path folder =
      std::filesystem::path(testing::TempDir()) / ("sim_world_files." + std::to_string(getpid()));
  RuleZonesOptions options;
  std::unique_ptr<World> world;
  std::string error;

  ~WorldFiles() override { std::filesystem::remove_all(folder); }

  bool write() {
    world = World::make(options, &error);
    return world && write_world(*world, folder, 5353, &error);
  }
  std::string text_of(const std::string& name) {
    std::ostringstream text;
    text << std::ifstream(folder / name).rdbuf();
    return text.str();
  }
  std::vector<std::string> zone_files() {
    std::vector<std::string> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
      if (entry.path().extension() == ".zone") files.push_back(entry.path());
    }
    return files;
  }
};

TEST_F(WorldFiles, zones_hold_their_records_and_their_delegations) {
  options.names = "example.com\nco.uk\nexample.co.uk\nns1.example.com\n";
  options.hosts_per_domain = 0;
  options.root_servers = options.tld_servers = 1;
  ASSERT_TRUE(write()) << error;
  EXPECT_EQ(
      text_of("root.zone"),
      ". 60 SOA ns1. hostmaster. 2026010100 7200 3600 1209600 60\n"
      ". 3600 NS ns1.root-servers.\nns1.root-servers. 3600 A 127.1.0.0\n"
      "ns1.tld-servers. 3600 A 127.1.0.1\ncom. 3600 NS ns1.tld-servers.\nuk. 3600 NS ns1.tld-servers.\n");
  EXPECT_EQ(text_of("tld/uk.zone"),
            "uk. 60 SOA ns1.uk. hostmaster.uk. 2026010100 7200 3600 1209600 60\n"
            "uk. 3600 NS ns1.tld-servers.\n"
            "co.uk. 3600 NS ns1.co.uk.\nns1.co.uk. 3600 A 127.1.0.3\n"
            "co.uk. 3600 NS ns2.co.uk.\nns2.co.uk. 3600 A 127.1.0.2\n");
  // The zone of a name server is one of its own, so its address stands in the zone above and there alone.
  const std::string example = text_of("domain/example.com.zone");
  EXPECT_EQ(example.find("\nns1.example.com. 3600 A"), std::string::npos) << example;
  EXPECT_NE(example.find("\nns1.example.com. 3600 NS ns1.ns1.example.com.\n"
                         "ns1.ns1.example.com. 3600 A 127.1.0.3\n"),
            std::string::npos)
      << example;
  EXPECT_NE(text_of("domain/ns1.example.com.zone").find("\nns1.example.com. 3600 A 127.1.0.2\n"),
            std::string::npos);
}

#if DNSWARM_LDNS
TEST_F(WorldFiles, read_back_they_are_the_same_world) {
  options.domains = 60;
  options.glueless = 30;
  ASSERT_TRUE(write()) << error;
  const std::vector<std::string> files = zone_files();
  ASSERT_EQ(files.size(), world->zones().zone_count());
  const auto loaded = World::load(files, &error);
  ASSERT_TRUE(loaded) << error;
  ASSERT_EQ(loaded->server_count(), world->server_count());
  EXPECT_EQ(loaded->root_hints(), world->root_hints());
  std::stringstream names;
  write_world_names(*world->rule_zones(), 25, names);
  unsigned responses = 0;
  for (std::string line; std::getline(names, line);) {
    const size_t space = line.find(' ');
    const std::string name = line.substr(0, space);
    const auto type = space == std::string::npos ? RRType::A : rrtype_from_text(line.substr(space + 1));
    EXPECT_EQ(expected(*loaded, name, *type), expected(*world, name, *type)) << line;
    for (ServerIndex server = 0; server < world->server_count(); ++server) {
      EXPECT_EQ(ask(*loaded, server, name, *type), ask(*world, server, name, *type)) << line << " " << server;
      ++responses;
    }
  }
  EXPECT_EQ(responses, 60 * 25 * world->server_count());
}
#endif

TEST_F(WorldFiles, configurations_name_addresses_port_and_zones) {
  options.names = "example.com\nexample.net\n";
  ASSERT_TRUE(write()) << error;
  const std::string path = std::filesystem::absolute(folder);
  const auto has = [&](const char* file, const std::string& words) {
    EXPECT_NE(text_of(file).find(words), std::string::npos) << file << ": " << words << "\n" << text_of(file);
  };
  for (const char* address : {"127.1.0.0", "127.1.0.1", "127.1.0.2"}) {
    has("nsd.conf", std::string("ip-address: ") + address + "@5353\n");
  }
  has("nsd.conf", "name: \".\"\n  zonefile: \"" + path + "/root.zone\"");
  has("knot.conf", "listen: [127.1.0.3@5353, 127.1.0.4@5353, 127.1.0.5@5353, 127.1.0.6@5353]");
  has("knot.conf", "- domain: \"net.\"\n    file: \"tld/net.zone\"");
  has("named.conf", "listen-on port 5353 { 127.1.0.7; 127.1.0.8; };");
  has("named.conf", "zone \"example.net\" { type primary; file \"domain/example.net.zone\"; };");
  EXPECT_EQ(text_of("addresses"), "address add 127.1.0.7/32 dev lo\naddress add 127.1.0.8/32 dev lo\n");
  EXPECT_EQ(text_of("hints"), world->root_hints());
  has("README", "dnswarm --iterative --root-hints \"" + path + "/hints\" --authoritative-port 5353");
  has("README", "Knot    2 TLDs        127.1.0.3 to 127.1.0.6");
}

TEST_F(WorldFiles, odd_names_have_numbered_files) {
  options.names = "a\\/b.com\n*.com\nplain.com\n";
  ASSERT_TRUE(write()) << error;
  EXPECT_EQ(zone_files().size(), 5u);
  EXPECT_FALSE(text_of("domain/zone 1.zone").empty());
  EXPECT_FALSE(text_of("domain/zone 2.zone").empty());
  EXPECT_FALSE(text_of("domain/plain.com.zone").empty());
}

TEST_F(WorldFiles, what_cannot_be_written_is_named) {
  options.domains = 10;
  ASSERT_TRUE(write());
  EXPECT_FALSE(write());
  EXPECT_EQ(error, "'" + folder.string() + "': is not empty");
  const std::filesystem::path whole = folder;
  folder = whole / "README";
  EXPECT_FALSE(write());
  EXPECT_NE(error.find("README': is no folder"), std::string::npos) << error;
  folder = whole / "a\"b";
  EXPECT_FALSE(write());
  EXPECT_NE(error.find("a path with quotes"), std::string::npos) << error;
  folder = whole;
  options.domain_servers = 1001;
  EXPECT_FALSE(write());
  EXPECT_NE(error.find("1001 servers of domains"), std::string::npos) << error;
}

}  // namespace
}  // namespace dnswarm::sim
