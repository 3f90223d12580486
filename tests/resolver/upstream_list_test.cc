#include "resolver/upstream_list.h"

#include <gtest/gtest.h>

namespace dnswarm {
namespace {

using Texts = std::vector<std::string>;

UpstreamList list(const Texts& upstreams, const std::string& source = {}, const SystemConfig& system = {}) {
  Options options;
  options.upstreams = upstreams;
  return list_upstreams(options, system, source.empty() ? Address() : *Address::from_text(source, 1));
}

TEST(UpstreamList, names_each_once_in_order) {
  UpstreamList l = list({"192.0.2.2", "192.0.2.1:53", "192.0.2.2:53", "192.0.2.2:54"});
  EXPECT_EQ(l.texts, (Texts{"192.0.2.2:53", "192.0.2.1:53", "192.0.2.2:54"}));
  EXPECT_EQ(l.addresses.size(), 3u);
  EXPECT_TRUE(l.error.empty() && l.notes.empty());
}

TEST(UpstreamList, the_systems_own_where_none_is_given) {
  SystemConfig system;
  system.upstreams = {*Address::from_text("192.0.2.9", 53)};
  EXPECT_EQ(list({}, {}, system).texts, Texts{"192.0.2.9:53"});
  EXPECT_EQ(list({"192.0.2.1"}, {}, system).texts, Texts{"192.0.2.1:53"});
  system.use_vc = true;
  EXPECT_EQ(list({}, {}, system).notes.size(), 1u);
  EXPECT_TRUE(list({"192.0.2.1"}, {}, system).notes.empty());
}

TEST(UpstreamList, what_is_no_address_is_named) {
  EXPECT_NE(list({"192.0.2.1", "192.0.2.256"}).error.find("\"192.0.2.256\""), std::string::npos);
  EXPECT_EQ(list({}).error, "no upstream is configured");
}

TEST(UpstreamList, a_source_address_leaves_out_the_other_ip_version) {
  UpstreamList l = list({"192.0.2.1", "2001:db8::1", "2001:db8::2"}, "192.0.2.200");
  EXPECT_EQ(l.texts, Texts{"192.0.2.1:53"});
  EXPECT_EQ(l.addresses.size(), 1u);
  EXPECT_EQ(l.notes, Texts{"2 upstreams, such as [2001:db8::1]:53, cannot be asked: "
                           "the source address 192.0.2.200 is IPv4"});
  EXPECT_TRUE(l.error.empty());
  l = list({"192.0.2.1", "2001:db8::1"}, "2001:db8::200");
  EXPECT_EQ(l.texts, Texts{"[2001:db8::1]:53"});
  l = list({"192.0.2.1"}, "2001:db8::200");
  EXPECT_EQ(l.error, "upstream 192.0.2.1:53 cannot be asked: the source address 2001:db8::200 is IPv6");
}

}  // namespace
}  // namespace dnswarm
