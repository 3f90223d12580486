#include "cache/cache_shard.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "base/random.h"
#include "dns/header.h"
#include "dns/name.h"

namespace dnswarm {
namespace {

using std::chrono::seconds;

// A message whose question is `text`, with `extra` octets behind it.
struct Entry {
  explicit Entry(const std::string& text, RRType rrtype = RRType::A, size_t extra = 16, uint8_t fill = 0)
      : type(rrtype) {
    EXPECT_EQ(name.assign_text(text), NameError::none);
    message.resize(header_octets);
    message.insert(message.end(), name.wire().begin(), name.wire().end());
    message.insert(message.end(), {0, static_cast<uint8_t>(type), 0, 1});
    message.insert(message.end(), extra, fill);
  }
  CacheKey key() const { return {hash(), name.wire(), type}; }
  uint64_t hash() const {
    uint64_t h = 14695981039346656037u + static_cast<uint16_t>(type);
    for (uint8_t octet : name.wire()) h = (h ^ octet) * 1099511628211u;
    return h ^ (h >> 29) ^ (h << 32);
  }
  CacheValue value(uint16_t upstream = 0, uint8_t kind = 0) const { return {message, upstream, kind}; }

  Name name;
  RRType type;
  std::vector<uint8_t> message;
};

const Instant start{seconds(1000)};

TEST(CacheShard, returns_what_was_put_with_its_age) {
  CacheShard cache(1 << 20);
  Entry entry("www.example.com");
  cache.put(entry.key(), entry.value(7, 3), 60, start);
  auto found = cache.get(entry.key(), start + seconds(59));
  ASSERT_TRUE(found);
  EXPECT_TRUE(std::equal(found->message.begin(), found->message.end(), entry.message.begin(),
                         entry.message.end()));
  EXPECT_EQ(found->upstream, 7);
  EXPECT_EQ(found->kind, 3);
  EXPECT_EQ(found->age_s, 59u);
}

TEST(CacheShard, forgets_when_the_ttl_is_over) {
  CacheShard cache(1 << 20);
  Entry entry("www.example.com");
  cache.put(entry.key(), entry.value(), 60, start);
  EXPECT_FALSE(cache.get(entry.key(), start + seconds(60)));
  EXPECT_EQ(cache.stats().expired, 1u);
  EXPECT_EQ(cache.stats().entries, 0u);
}

TEST(CacheShard, ttl_zero_is_not_kept) {
  CacheShard cache(1 << 20);
  Entry entry("www.example.com");
  cache.put(entry.key(), entry.value(), 0, start);
  EXPECT_FALSE(cache.get(entry.key(), start));
}

TEST(CacheShard, type_and_name_are_both_part_of_the_key) {
  CacheShard cache(1 << 20);
  Entry a("example.com"), aaaa("example.com", RRType::AAAA), other("example.org");
  cache.put(a.key(), a.value(), 60, start);
  EXPECT_FALSE(cache.get(aaaa.key(), start));
  EXPECT_FALSE(cache.get(other.key(), start));
  // Even where the hashes collide.
  CacheKey colliding{a.hash(), other.name.wire(), RRType::A};
  EXPECT_FALSE(cache.get(colliding, start));
}

TEST(CacheShard, a_second_put_replaces_the_first) {
  CacheShard cache(1 << 20);
  Entry first("example.com", RRType::A, 16, 1), second("example.com", RRType::A, 40, 2);
  cache.put(first.key(), first.value(), 60, start);
  cache.put(second.key(), second.value(), 60, start + seconds(1));
  auto found = cache.get(first.key(), start + seconds(2));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->message.size(), second.message.size());
  EXPECT_EQ(found->message.back(), 2);
  EXPECT_EQ(cache.stats().entries, 1u);
}

TEST(CacheShard, size_zero_keeps_nothing) {
  CacheShard cache(0);
  Entry entry("example.com");
  cache.put(entry.key(), entry.value(), 60, start);
  EXPECT_FALSE(cache.get(entry.key(), start));
  EXPECT_EQ(cache.stats().octets, 0u);
}

TEST(CacheShard, what_is_too_large_is_not_kept) {
  CacheShard cache(1 << 16);
  Entry entry("example.com", RRType::TXT, 8000);
  cache.put(entry.key(), entry.value(), 60, start);
  EXPECT_FALSE(cache.get(entry.key(), start));
}

// Twice: so that it is kept by a full cache, too.
void put_twice(CacheShard& cache, const Entry& entry, uint32_t ttl_s) {
  cache.put(entry.key(), entry.value(), ttl_s, start);
  cache.put(entry.key(), entry.value(), ttl_s, start);
}

TEST(CacheShard, never_exceeds_its_octets_and_evicts_the_oldest_first) {
  constexpr size_t octets_max = 1 << 16;
  CacheShard cache(octets_max);
  for (int i = 0; i < 5000; ++i) {
    put_twice(cache, Entry("name" + std::to_string(i) + ".example.com"), 600);
    ASSERT_LE(cache.stats().octets, octets_max);
  }
  EXPECT_GT(cache.stats().evictions, 4000u);
  EXPECT_FALSE(cache.get(Entry("name0.example.com").key(), start));
  EXPECT_TRUE(cache.get(Entry("name4999.example.com").key(), start));
}

TEST(CacheShard, what_is_asked_for_stays_while_others_pass_through) {
  CacheShard cache(1 << 16);
  Entry popular("popular.example.com");
  cache.put(popular.key(), popular.value(), 6000, start);
  for (int i = 0; i < 5000; ++i) {
    put_twice(cache, Entry("name" + std::to_string(i) + ".example.com"), 6000);
    if (i % 100 == 0) {
      ASSERT_TRUE(cache.get(popular.key(), start)) << i;
    }
  }
}

TEST(CacheShard, names_that_come_once_do_not_push_out_others) {
  CacheShard cache(1 << 16);
  std::vector<Entry> first;
  for (int i = 0; i < 300; ++i) {
    first.emplace_back("first" + std::to_string(i) + ".example.com");
    cache.put(first.back().key(), first.back().value(), 600, start);
  }
  for (int i = 0; i < 1000; ++i) {
    Entry once("once" + std::to_string(i) + ".example.com");
    cache.put(once.key(), once.value(), 600, start);
  }
  CacheStats stats = cache.stats();
  EXPECT_EQ(stats.insertions + stats.declined, 1300u);
  EXPECT_GT(stats.declined, 500u);  // all but those there was room for, and one in 16
  int kept = 0;
  for (const Entry& entry : first) kept += cache.get(entry.key(), start).has_value();
  EXPECT_GT(kept, 150);
  // The second time it is kept.
  Entry again("again.example.com");
  put_twice(cache, again, 600);
  EXPECT_TRUE(cache.get(again.key(), start));
}

TEST(CacheShard, what_has_expired_makes_room_for_new_names) {
  CacheShard cache(1 << 16);
  for (int i = 0; i < 2000; ++i) {
    Entry entry("old" + std::to_string(i) + ".example.com");
    cache.put(entry.key(), entry.value(), 60, start);
  }
  Entry fresh("fresh.example.com");
  cache.put(fresh.key(), fresh.value(), 60, start + seconds(60));
  EXPECT_TRUE(cache.get(fresh.key(), start + seconds(60)));
}

TEST(CacheShard, a_full_cache_replaces_what_it_has) {
  CacheShard cache(1 << 16);
  Entry old("changed.example.com", RRType::A, 16, 1), changed("changed.example.com", RRType::A, 16, 2);
  for (int i = 0; i < 2000; ++i) {
    if (i == 300) cache.put(old.key(), old.value(), 600, start);
    Entry entry("name" + std::to_string(i) + ".example.com");
    cache.put(entry.key(), entry.value(), 600, start);
  }
  cache.put(changed.key(), changed.value(), 600, start);
  auto found = cache.get(old.key(), start);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->message.back(), 2);
}

TEST(CacheShard, an_a_answer_takes_at_most_128_octets) {
  CacheShard cache(8 << 20);
  size_t before = cache.stats().octets;
  for (int i = 0; i < 1000; ++i) {
    Entry entry("host" + std::to_string(i) + ".department.example.com");  // 33 octets of name
    cache.put(entry.key(), entry.value(), 600, start);
  }
  // 9 octets of table slot at a load of at least 3/8 on average come on top of the ring's share.
  EXPECT_LE((cache.stats().octets - before) / 1000 + 24, 128u);
}

// Against a map, with random sizes: whatever is returned must be what was last put, unexpired.
TEST(CacheShard, agrees_with_a_map_under_random_operations) {
  CacheShard cache(1 << 17);
  Random random(5);
  struct Kept {
    std::vector<uint8_t> message;
    Instant until;
  };
  std::map<int, Kept> kept;
  Instant now = start;
  uint64_t hits = 0;
  for (int step = 0; step < 200'000; ++step) {
    int n = static_cast<int>(random.below(3000));
    if (random.below(2) == 0) {
      auto fill = static_cast<uint8_t>(random.u16());
      Entry entry("n" + std::to_string(n) + ".example", RRType::A, random.below(400), fill);
      uint32_t ttl = random.below(100);
      cache.put(entry.key(), entry.value(), ttl, now);
      if (ttl > 0) {
        kept[n] = {entry.message, now + seconds(ttl)};
      } else {
        // TTL 0 keeps nothing, and leaves what was there.
      }
    } else {
      Entry entry("n" + std::to_string(n) + ".example");
      auto found = cache.get(entry.key(), now);
      if (found) {
        ++hits;
        ASSERT_TRUE(kept.contains(n));
        ASSERT_LT(now, kept[n].until);
        ASSERT_EQ(std::vector<uint8_t>(found->message.begin(), found->message.end()), kept[n].message);
      }
    }
    if (step % 50 == 0) now += seconds(random.below(3));
  }
  EXPECT_GT(hits, 1000u);
}

}  // namespace
}  // namespace dnswarm
