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

void LookupEngine::expect_place(uint64_t hash) const {
  cache_.prefetch(hash);
  asked_.prefetch(asked_tag(hash));
}

void LookupEngine::expect(std::span<const uint64_t> hashes) const {
  for (uint64_t hash : hashes) expect_place(hash);
  for (uint64_t hash : hashes) cache_.prefetch_entry(hash);
}

void LookupEngine::expect(std::span<const ExpectedResponse> responses) const {
  CHECK(responses.size() <= expected_max);
  std::array<uint32_t, expected_max> found;
  size_t n = 0;
  const auto has_id = [](const ExpectedResponse& r) { return r.octets.size() >= header_octets; };
  const auto key = [](const ExpectedResponse& r) { return open_key(r.flow, load_u16(r.octets.data())); };
  for (const ExpectedResponse& r : responses) __builtin_prefetch(r.octets.data());
  for (const ExpectedResponse& r : responses) {
    if (has_id(r)) open_.prefetch(key(r));
  }
  for (const ExpectedResponse& r : responses) {
    uint32_t a = has_id(r) ? open_.find(key(r)) : ProbeTable::none;
    if (a == ProbeTable::none) continue;
    __builtin_prefetch(&attempts_[a]);
    found[n++] = a;
  }
  for (size_t i = 0; i < n; ++i) {
    const Attempt& attempt = attempts_[found[i]];
    pool_.prefetch(attempt.upstream);
    __builtin_prefetch(&options_.upstreams[attempt.upstream]);
    __builtin_prefetch(&options_.upstream_texts[attempt.upstream]);
    found[i] = attempt.lookup;
    const auto* octets = reinterpret_cast<const uint8_t*>(&lookups_[found[i]]);
    for (size_t at = 0; at < sizeof(Lookup); at += cache_line_octets) __builtin_prefetch(octets + at);
  }
  for (size_t i = 0; i < n; ++i) expect_place(lookups_[found[i]].hash);
}

}  // namespace dnswarm
