#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>

#include "world.h"
#include "world_walk.h"

#if DNSWARM_LDNS
namespace dnswarm::sim {
namespace {

class WorldOfFiles : public testing::Test {
 protected:
  std::vector<std::string> paths;
  std::string error;

  ~WorldOfFiles() override {
    for (const std::string& path : paths) std::remove(path.c_str());
  }
  void file(const std::string& text) {
    paths.push_back(testing::TempDir() + "sim_world_test." + std::to_string(paths.size()) + ".zone");
    std::ofstream(paths.back()) << text;
  }
  std::unique_ptr<World> load() { return World::load(paths, &error); }
  void root() {
    file(
        "$ORIGIN .\n$TTL 600\n@ SOA a.root. h. 1 2 3 4 50\n@ NS a.root.\na.root. A 127.2.0.1\n"
        "com NS a.gtld.net.\nnet NS a.gtld.net.\na.gtld.net. A 127.2.0.2\n");
  }
  void tlds() {
    file(
        "$ORIGIN com.\n$TTL 600\n@ SOA a.gtld.net. h. 1 2 3 4 50\n@ NS a.gtld.net.\n"
        "example NS ns.example\nns.example A 127.2.0.9\nglueless NS NS.Host.net.\nlost NS ns.host.net.\n");
    file(
        "$ORIGIN net.\n$TTL 600\n@ SOA a.gtld h. 1 2 3 4 50\n@ NS a.gtld\na.gtld A 127.2.0.2\n"
        "host NS ns.host\nns.host A 127.2.0.5\n");
    file("$ORIGIN host.net.\n$TTL 600\n@ SOA ns h 1 2 3 4 50\n@ NS ns\nns A 127.2.0.5\n*.w A 127.9.9.9\n");
  }
  void domains() {
    file(
        "$ORIGIN example.com.\n$TTL 600\n@ SOA ns h 1 2 3 4 50\n@ NS ns\nns A 127.2.0.9\n"
        "a CNAME B.glueless.com.\nloop CNAME loop.glueless.com.\ngone CNAME www.lost.com.\n");
    file(
        "$ORIGIN glueless.com.\n$TTL 600\n@ SOA ns h 1 2 3 4 50\n@ NS ns.host.net.\nb CNAME c.w.host.net.\n"
        "loop CNAME loop.example.com.\n");
  }
};

TEST_F(WorldOfFiles, is_served_by_whom_the_delegations_name) {
  root(), tlds(), domains();
  const auto world = load();
  ASSERT_TRUE(world) << error;
  ASSERT_EQ(world->server_count(), 4u);
  EXPECT_EQ(world->address(3, 53).to_text(), "127.2.0.9:53");
  EXPECT_EQ(world->role(0), ServerRole::root);
  EXPECT_EQ(world->role(1), ServerRole::tld);
  EXPECT_EQ(servers_of(*world, "example.com"), std::vector<ServerIndex>{3});
  EXPECT_EQ(servers_of(*world, "glueless.com"), std::vector<ServerIndex>{2});
  EXPECT_EQ(ask(*world, 1, "x.glueless.com", RRType::A), "NOERROR / glueless.com 600 NS NS.Host.net");
  EXPECT_EQ(ask(*world, 3, "a.example.com", RRType::A),
            "NOERROR AA | a.example.com 600 CNAME B.glueless.com");
  EXPECT_EQ(expected(*world, "a.example.com", RRType::A),
            "NOERROR | a.example.com 600 CNAME B.glueless.com | b.glueless.com 600 CNAME c.w.host.net"
            " | c.w.host.net 600 A 127.9.9.9");
  EXPECT_EQ(answer_text(WorldWalk(*world).find(name_from("a.example.com"), RRType::A)),
            expected(*world, "a.example.com", RRType::A));
  EXPECT_EQ(world->root_hints(), ". 600 NS a.root.\na.root. 600 A 127.2.0.1\n");
}

TEST_F(WorldOfFiles, some_questions_have_nothing_to_find) {
  root(), tlds(), domains();
  const auto world = load();
  ASSERT_TRUE(world) << error;
  for (const char* name : {"loop.example.com", "gone.example.com", "lost.com", "x.lost.com"}) {
    Answer answer;
    EXPECT_FALSE(world->expect(name_from(name).wire(), RRType::A, answer)) << name;
  }
  EXPECT_TRUE(expected(*world, "lost.com", RRType::DS).starts_with("NOERROR / com 50 SOA"));
}

TEST_F(WorldOfFiles, needs_a_root_zone) {
  tlds();
  EXPECT_FALSE(load());
  EXPECT_NE(error.find("root zone"), std::string::npos) << error;
  root();
  EXPECT_TRUE(load()) << error;
}

TEST_F(WorldOfFiles, rejects_zones_that_are_not_delegated) {
  root(), tlds();
  file("$ORIGIN other.com.\n@ 600 SOA ns h 1 2 3 4 50\n");
  EXPECT_FALSE(load());
  EXPECT_EQ(error, "zone 'other.com' is not delegated by zone 'com'");
}

TEST_F(WorldOfFiles, rejects_servers_without_an_address_of_127_8) {
  root();
  file(
      "net. 600 SOA a.gtld h 1 2 3 4 50\nhost.net. 600 NS elsewhere.com.\nns.far.net. 600 A 192.0.2.1\n"
      "far.net. 600 NS ns.far.net.\n");
  file("host.net. 600 SOA a h 1 2 3 4 50\n");
  EXPECT_FALSE(load());
  EXPECT_EQ(error, "zone 'host.net': no name server has an IPv4 address in these zones");
  std::remove(paths.back().c_str());
  paths.pop_back();
  file("far.net. 600 SOA a h 1 2 3 4 50\n");
  EXPECT_FALSE(load());
  EXPECT_EQ(error,
            "zone 'far.net': the name server's address 192.0.2.1 does not lie in 127.0.1.0-127.255.255.254");
}

}  // namespace
}  // namespace dnswarm::sim
#endif
