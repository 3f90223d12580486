#include "iterative/cut.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace dnswarm {
namespace {

Address address(const char* text) { return Address::from_text(text, 0).value(); }

// Three servers: with two addresses, with none, with one of IPv6.
Delegation example() {
  Delegation delegation;
  delegation.zone = std::string("\7example\0", 9);
  delegation.servers.push_back(
      {std::string("\1a\7example\0", 11), {address("192.0.2.1"), address("192.0.2.2")}});
  delegation.servers.push_back({std::string("\2ns\3net\0", 8), {}});
  delegation.servers.push_back({std::string("\1b\7example\0", 11), {address("2001:db8::1")}});
  delegation.ttl_s = 3600;
  delegation.learnt = Instant(std::chrono::seconds(7));
  return delegation;
}

void expect_example(const Cut& cut) {
  const Delegation wanted = example();
  ASSERT_TRUE(cut);
  EXPECT_EQ(octets_of(cut.zone()), wanted.zone);
  EXPECT_EQ(cut.ttl_s(), wanted.ttl_s);
  EXPECT_EQ(cut.learnt(), wanted.learnt);
  ASSERT_EQ(cut.servers(), wanted.servers.size());
  std::vector<Address> all;
  for (size_t i = 0; i < cut.servers(); ++i) {
    EXPECT_EQ(octets_of(cut.server_name(i)), wanted.servers[i].name);
    const auto found = cut.addresses(i);
    const auto& addresses = wanted.servers[i].addresses;
    EXPECT_EQ(std::vector(found.begin(), found.end()), std::vector(addresses.begin(), addresses.end()));
    all.insert(all.end(), addresses.begin(), addresses.end());
  }
  const auto found = cut.addresses();
  EXPECT_EQ(std::vector(found.begin(), found.end()), all);
}

TEST(CutTest, is_none_at_first) {
  const Cut none;
  EXPECT_FALSE(none);
  EXPECT_EQ(none, Cut());
  EXPECT_EQ(Cut(none), none);
}

TEST(CutTest, says_what_the_delegation_said) {
  const Cut cut(example());
  expect_example(cut);
  // 24 octets, 8 for each name, 28 for each address, and the names.
  EXPECT_EQ(cut.octets(), 24u + 4 * 8 + 3 * sizeof(Address) + 9 + 11 + 8 + 11);
}

TEST(CutTest, a_zone_without_servers_has_no_addresses) {
  Delegation delegation;
  delegation.zone = std::string(1, '\0');
  const Cut cut(delegation);
  EXPECT_EQ(cut.servers(), 0u);
  EXPECT_TRUE(cut.addresses().empty());
  EXPECT_EQ(octets_of(cut.zone()), delegation.zone);
}

TEST(CutTest, copies_are_the_same_memory_which_goes_with_the_last) {
  Cut first(example());
  Cut second = first;
  EXPECT_EQ(first, second);
  EXPECT_EQ(first.memory(), second.memory());
  EXPECT_NE(first, Cut(example()));
  first = Cut();
  expect_example(second);
  const Cut third = std::move(second);
  expect_example(third);
  const Cut& itself = third;
  first = third;
  first = itself;
  expect_example(first);
}

TEST(CutTest, remembers_its_use_until_asked) {
  const Cut cut(example());
  const Cut copy = cut;
  EXPECT_FALSE(cut.take_use());
  copy.note_use();
  copy.note_use();
  EXPECT_TRUE(cut.take_use());
  EXPECT_FALSE(copy.take_use());
}

TEST(CutTest, threads_may_share_it) {
  const Cut cut(example());
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([copy = cut] {
      for (int i = 0; i < 10'000; ++i) {
        const Cut another = copy;
        ASSERT_EQ(another.servers(), 3u);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  expect_example(cut);
}

}  // namespace
}  // namespace dnswarm
