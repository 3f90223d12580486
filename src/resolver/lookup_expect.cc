// What will be needed soon is brought near. A response leads from its ID to an attempt, a lookup and a place
// in the cache, a question to a place in the cache and an entry: each lies in memory that thousands of other
// lookups have been through since. Done one by one, every step waits for it; done step by step for many,
// the waits are one. Nothing here changes anything: leaving it out costs time and no more.
#include <array>

#include "base/check.h"
#include "dns/header.h"
#include "resolver/lookup_engine.h"

namespace dnswarm {

namespace {

constexpr size_t cache_line_octets = 64;

}  // namespace

void LookupEngine::expect(std::span<const uint64_t> hashes) const {
  for (uint64_t hash : hashes) {
    cache_.prefetch(hash);
    asked_.prefetch(asked_tag(hash));
  }
  for (uint64_t hash : hashes) cache_.prefetch_entry(hash);
}

void LookupEngine::expect(std::span<const FlowIndex> flows, std::span<const Octets> datagrams) const {
  constexpr size_t expected_max = 32;
  std::array<uint32_t, expected_max> found;
  size_t n = 0;
  CHECK(datagrams.size() <= expected_max && flows.size() == datagrams.size());
  for (Octets octets : datagrams) __builtin_prefetch(octets.data());
  const auto key = [&](size_t i) { return open_key(flows[i], load_u16(datagrams[i].data())); };
  for (size_t i = 0; i < flows.size(); ++i) {
    if (datagrams[i].size() >= header_octets) open_.prefetch(key(i));
  }
  for (size_t i = 0; i < flows.size(); ++i) {
    uint32_t a = datagrams[i].size() < header_octets ? ProbeTable::none : open_.find(key(i));
    if (a == ProbeTable::none) continue;
    __builtin_prefetch(&attempts_[a]);
    found[n++] = a;
  }
  for (size_t i = 0; i < n; ++i) {
    found[i] = attempts_[found[i]].lookup;
    const auto* octets = reinterpret_cast<const uint8_t*>(&lookups_[found[i]]);
    for (size_t at = 0; at < sizeof(Lookup); at += cache_line_octets) __builtin_prefetch(octets + at);
  }
  for (size_t i = 0; i < n; ++i) {
    uint64_t hash = lookups_[found[i]].hash;
    cache_.prefetch(hash);
    asked_.prefetch(asked_tag(hash));
  }
}

}  // namespace dnswarm
