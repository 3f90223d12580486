// The cache per question: a hit, a miss, an insertion with room and one that must evict.
#include <benchmark/benchmark.h>

#include <cstring>
#include <string>
#include <vector>

#include "base/check.h"
#include "cache/cache_shard.h"
#include "dns/name.h"
#include "dns/response_builder.h"
#include "engine/question.h"

namespace dnswarm {
namespace {

struct Stored {
  Name name;
  std::vector<uint8_t> message;

  CacheKey key() const { return {question_hash(name.wire(), RRType::A), name.wire(), RRType::A}; }
  CacheValue value() const {
    CacheValue value;
    value.message = message;
    return value;
  }
};

std::vector<Stored> stored(size_t count) {
  std::vector<Stored> all(count);
  std::vector<uint8_t> room(512);
  for (size_t i = 0; i < count; ++i) {
    CHECK(all[i].name.assign_text("host-" + std::to_string(i) + ".example-shop.co.uk") ==
          NameError::none);
    ResponseBuilder builder(room, 1, 0x8180, all[i].name.wire(), RRType::A, RRClass::IN);
    uint8_t address[4];
    std::memcpy(address, &i, sizeof address);
    builder.record(Section::answer, all[i].name.wire(), RRType::A, 300, address);
    const Octets octets = builder.finish();
    all[i].message.assign(octets.begin(), octets.end());
  }
  return all;
}

constexpr size_t questions = 4096;
constexpr uint32_t ttl_s = 300;
constexpr size_t ample_octets = size_t{64} << 20;
constexpr size_t scarce_octets = size_t{128} << 10;  // some 1,200 of them
const Instant now = Instant(std::chrono::seconds(1));

void put_in_turn(benchmark::State& state, size_t octets_max) {
  const std::vector<Stored> all = stored(questions);
  CacheShard shard(octets_max);
  size_t i = 0;
  for (auto _ : state) {
    const Stored& next = all[i++ % questions];
    shard.put(next.key(), next.value(), ttl_s, now);
  }
}

void cache_put(benchmark::State& state) { put_in_turn(state, ample_octets); }
BENCHMARK(cache_put);

void cache_put_evicting(benchmark::State& state) { put_in_turn(state, scarce_octets); }
BENCHMARK(cache_put_evicting);

void get_in_turn(benchmark::State& state, bool filled) {
  const std::vector<Stored> all = stored(questions);
  CacheShard shard(ample_octets);
  for (const Stored& each : all) {
    if (filled) shard.put(each.key(), each.value(), ttl_s, now);
  }
  size_t i = 0;
  for (auto _ : state) {
    const auto found = shard.get(all[i++ % questions].key(), now);
    CHECK(found.has_value() == filled);
  }
}

void cache_hit(benchmark::State& state) { get_in_turn(state, true); }
BENCHMARK(cache_hit);

void cache_miss(benchmark::State& state) { get_in_turn(state, false); }
BENCHMARK(cache_miss);

}  // namespace
}  // namespace dnswarm

BENCHMARK_MAIN();
