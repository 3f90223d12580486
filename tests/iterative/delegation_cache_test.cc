#include "iterative/delegation_cache.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>
#include <vector>

#include "dns/name.h"
#include "iterative/root_hints.h"

namespace dnswarm {
namespace {

using std::chrono::seconds;

Name name(const std::string& text) {
  Name name;
  EXPECT_EQ(name.assign_text(text), NameError::none) << text;
  return name;
}

Delegation delegation(const std::string& zone, uint32_t ttl_s, const std::string& server, Instant learnt) {
  return {octets_of(name(zone).wire()), {{octets_of(name(server).wire()), {}}}, ttl_s, learnt};
}

class DelegationCacheTest : public ::testing::Test {
 protected:
  std::string closest(const std::string& to) {
    std::string text;
    append_name_text(cache.closest(name(to).wire(), now).zone(), text);
    return text;
  }
  // Learnt just now.
  Cut cut(const std::string& zone, uint32_t ttl_s = 3600, const std::string& server = "ns.example") const {
    return Cut(delegation(zone, ttl_s, server, now));
  }
  DelegationCache cache{compiled_root_hints(), 1 << 20};
  Instant now{seconds(1000)};
};

TEST_F(DelegationCacheTest, the_root_is_always_known) {
  EXPECT_EQ(closest("www.example.com"), ".");
  EXPECT_EQ(closest("."), ".");
  EXPECT_EQ(cache.closest(name("x").wire(), now).servers(), 13u);
}

TEST_F(DelegationCacheTest, finds_the_closest_cut_at_or_above_a_name) {
  cache.put(cut("com"));
  cache.put(cut("example.com"));
  cache.put(cut("a.b.example.com"));
  EXPECT_EQ(closest("www.example.com"), "example.com");
  EXPECT_EQ(closest("example.com"), "example.com");
  EXPECT_EQ(closest("b.example.com"), "example.com");
  EXPECT_EQ(closest("x.a.b.example.com"), "a.b.example.com");
  EXPECT_EQ(closest("xexample.com"), "com");
  EXPECT_EQ(closest("example.net"), ".");
}

TEST_F(DelegationCacheTest, strictly_above_is_whom_to_ask_for_ds) {
  cache.put(cut("com"));
  cache.put(cut("example.com"));
  const auto zone_above = [&](const char* of) {
    return octets_of(cache.closest_above(name(of).wire(), now).zone());
  };
  EXPECT_EQ(zone_above("example.com"), octets_of(name("com").wire()));
  EXPECT_EQ(zone_above("www.example.com"), octets_of(name("example.com").wire()));
  EXPECT_EQ(zone_above("com"), octets_of(name(".").wire()));
  EXPECT_EQ(zone_above("."), octets_of(name(".").wire()));
}

TEST_F(DelegationCacheTest, cuts_end_with_their_ttl_and_after_a_day) {
  cache.put(cut("com", 60));
  cache.put(cut("net", 172'800));
  cache.put(cut("org", 0));
  EXPECT_EQ(closest("a.org"), ".");
  now += seconds(59);
  EXPECT_EQ(closest("a.com"), "com");
  now += seconds(1);
  EXPECT_EQ(closest("a.com"), ".");
  now += seconds(86'339);
  EXPECT_EQ(closest("a.net"), "net");
  now += seconds(1);
  EXPECT_EQ(closest("a.net"), ".");
}

TEST_F(DelegationCacheTest, a_cut_is_replaced_while_walks_keep_the_old_one) {
  cache.put(cut("com", 60, "old.example"));
  const Cut old = cache.closest(name("com").wire(), now);
  cache.put(cut("com", 60, "new.example"));
  EXPECT_TRUE(names_equal(cache.closest(name("com").wire(), now).server_name(0), name("new.example").wire()));
  EXPECT_TRUE(names_equal(old.server_name(0), name("old.example").wire()));
}

TEST_F(DelegationCacheTest, the_root_is_asked_for_its_servers_once_and_when_their_ttl_is_over) {
  DelegationCache hints(compiled_root_hints(), 1 << 20, false);
  EXPECT_TRUE(hints.claim_priming(now));
  EXPECT_FALSE(hints.claim_priming(now)) << "somebody was sent for them";
  now += seconds(5);
  EXPECT_TRUE(hints.claim_priming(now)) << "nothing came of it";
  hints.set_root({octets_of(name(".").wire()),
                  {{octets_of(name("new.root").wire()), {Address::from_text("192.0.2.1", 0).value()}}},
                  3600},
                 now);
  EXPECT_EQ(hints.closest(name("com").wire(), now).servers(), 1u);
  now += seconds(3599);
  EXPECT_FALSE(hints.claim_priming(now));
  now += seconds(1);
  EXPECT_TRUE(hints.claim_priming(now));
  EXPECT_FALSE(cache.claim_priming(now)) << "what is not hints need not be asked for";
}

TEST_F(DelegationCacheTest, what_the_root_says_without_addresses_keeps_those_of_the_hints) {
  DelegationCache hints(compiled_root_hints(), 1 << 20, false);
  const auto before = hints.closest(name(".").wire(), now);
  const NameOctets known = octets_of(before.server_name(0));
  hints.set_root({octets_of(name(".").wire()), {{known, {}}, {octets_of(name("x.y").wire()), {}}}, 60}, now);
  const auto after = hints.closest(name(".").wire(), now);
  ASSERT_EQ(after.servers(), 2u);
  EXPECT_TRUE(std::ranges::equal(after.addresses(0), before.addresses(0)));
  hints.set_root({octets_of(name(".").wire()), {{octets_of(name("x.y").wire()), {}}}, 60}, now);
  EXPECT_EQ(hints.closest(name(".").wire(), now), after) << "nobody there could be asked";
}

TEST_F(DelegationCacheTest, is_bounded_and_keeps_what_is_used) {
  cache.put(cut("used.example"));
  for (int i = 0; i < 100'000; ++i) {
    cache.put(cut("zone" + std::to_string(i) + ".example"));
    ASSERT_LE(cache.stats().octets, size_t{1} << 20);
    if (i % 10 == 0) {
      ASSERT_EQ(closest("www.used.example"), "used.example") << i;
    }
  }
  EXPECT_GT(cache.stats().cuts, 1000u);
  EXPECT_EQ(cache.stats().cuts + cache.stats().evicted, 100'001u);
}

TEST_F(DelegationCacheTest, one_that_is_larger_than_the_cache_is_not_kept) {
  Delegation large = delegation("large.example", 3600, "ns.example", now);
  for (int i = 0; i < 10'000; ++i) large.servers.push_back(large.servers[0]);
  cache.put(Cut(large));
  EXPECT_EQ(closest("large.example"), ".");
  EXPECT_EQ(cache.stats().octets, 0u);
}

TEST_F(DelegationCacheTest, threads_may_share_it) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([this, t] {
      for (int i = 0; i < 5'000; ++i) {
        cache.put(
            cut("zone" + std::to_string(i % 500) + ".example", 60, "ns" + std::to_string(t) + ".example"));
        const auto found = cache.closest(name("www.zone" + std::to_string(i % 500) + ".example").wire(), now);
        ASSERT_EQ(found.servers(), 1u);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_LE(cache.stats().cuts, 500u);
}

}  // namespace
}  // namespace dnswarm
