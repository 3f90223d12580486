#include "listen.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "zone.h"

namespace dnswarm::sim {
namespace {

class Listen : public testing::Test {
 protected:
  Zones nothing{false};
  Simulation simulation;
  Listeners listeners;
  std::string error;

  Listen() { simulation.source = &nothing; }
  ~Listen() override {
    for (const auto& sockets : listeners.udp) {
      for (const BoundSocket& socket : sockets) close(socket.fd);
    }
    for (const BoundSocket& socket : listeners.tcp) close(socket.fd);
  }
  bool open(const std::vector<const char*>& texts, bool any_address) {
    std::vector<Address> addresses;
    for (const char* text : texts) addresses.push_back(*Address::from_text(text, 1));
    return open_group(addresses, 0, any_address, simulation, listeners, &error);
  }
  uint32_t index_of(const char* text) const {
    in_addr address{};
    inet_pton(AF_INET, text, &address);
    return simulation.groups.at(0).index_of(ntohl(address.s_addr));
  }
};

TEST_F(Listen, one_socket_tells_consecutive_addresses_apart) {
  ASSERT_TRUE(open({"127.6.0.254", "127.6.0.255", "127.6.1.0"}, true)) << error;
  EXPECT_GE(listeners.udp.at(0).size(), 1u);  // more where sockets have little room
  EXPECT_LE(listeners.udp.at(0).size(), 16u);
  EXPECT_EQ(listeners.tcp.size(), 1u);
  EXPECT_TRUE(simulation.groups[0].ipv4s.empty());
  EXPECT_EQ(index_of("127.6.0.253"), 3u);
  EXPECT_EQ(index_of("127.6.0.254"), 0u);
  EXPECT_EQ(index_of("127.6.1.0"), 2u);
  EXPECT_EQ(index_of("127.6.1.1"), 3u);
}

TEST_F(Listen, addresses_between_are_nobodys) {
  ASSERT_TRUE(open({"127.6.0.4", "127.6.0.9", "127.7.0.1"}, true)) << error;
  EXPECT_EQ(index_of("127.6.0.4"), 0u);
  EXPECT_EQ(index_of("127.6.0.9"), 1u);
  EXPECT_EQ(index_of("127.7.0.1"), 2u);
  for (const char* other : {"127.6.0.3", "127.6.0.5", "127.6.0.8", "127.6.0.10", "127.7.0.2"}) {
    EXPECT_EQ(index_of(other), 3u) << other;
  }
}

TEST_F(Listen, a_socket_each_where_that_is_wanted) {
  simulation.workers = 2;
  ASSERT_TRUE(open({"127.6.0.4", "127.6.0.9"}, false)) << error;
  ASSERT_EQ(listeners.udp.size(), 2u);
  EXPECT_EQ(listeners.udp[1].size(), 2u);
  EXPECT_EQ(listeners.tcp.size(), 2u);
  EXPECT_EQ(listeners.tcp[1].upstream, 1u);
}

TEST_F(Listen, faults_may_name_a_role) {
  ASSERT_TRUE(open({"127.6.0.4", "127.6.0.5", "127.6.0.6"}, true)) << error;
  EXPECT_FALSE(apply_fault("tld:dead", simulation, &error));
  simulation.upstreams[0]->role = "root";
  simulation.upstreams[1]->role = simulation.upstreams[2]->role = "tld";
  ASSERT_TRUE(apply_fault("tld:dead", simulation, &error)) << error;
  EXPECT_FALSE(simulation.upstreams[0]->faults.dead);
  EXPECT_TRUE(simulation.upstreams[1]->faults.dead);
  EXPECT_TRUE(simulation.upstreams[2]->faults.dead);
  EXPECT_FALSE(apply_fault("tlds:dead", simulation, &error));
  EXPECT_NE(error.find("nor a role of servers: root, tld, domain"), std::string::npos) << error;
  const auto ready = nlohmann::json::parse(ready_json(simulation));
  EXPECT_EQ(ready["roles"]["tld"].dump(), R"({"first":"127.6.0.5","last":"127.6.0.6","servers":2})");
  EXPECT_EQ(ready["addresses"], 3);
}

TEST_F(Listen, counts_are_summed_by_role) {
  ASSERT_TRUE(open({"127.6.0.4", "127.6.0.5", "127.6.0.6"}, true)) << error;
  add_port_sets(simulation);
  std::vector<UpstreamCounts> counts(3);
  for (uint32_t i = 0; i < 3; ++i) counts[i].queries_udp = 10 * i;
  EXPECT_FALSE(nlohmann::json::parse(counts_json(simulation, counts, {}, {})).contains("roles"));
  for (const auto& upstream : simulation.upstreams) upstream->role = "domain";
  const auto json = nlohmann::json::parse(counts_json(simulation, counts, {}, {}));
  EXPECT_EQ(json["roles"].size(), 1u);
  EXPECT_EQ(json["roles"]["domain"]["servers"], 3);
  EXPECT_EQ(json["roles"]["domain"]["servers_asked"], 2);
  EXPECT_EQ(json["roles"]["domain"]["queries_udp"], 30);
  EXPECT_EQ(json["upstreams"][2]["role"], "domain");
}

}  // namespace
}  // namespace dnswarm::sim
