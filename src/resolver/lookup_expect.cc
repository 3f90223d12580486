// What will be needed soon is brought near. A response leads from its ID to an attempt, a lookup and a place
// in the cache, a question to a place in the cache and an entry: each lies in memory that thousands of other
// lookups have been through since. Done one by one, every step waits for it; done step by step for many,
// the waits are one. Nothing here changes anything: leaving it out costs time and no more.
#include "base/prefetch.h"
#include "engine/open_queries.h"
#include "resolver/lookup_engine.h"

namespace dnswarm {

void LookupEngine::expect_place(uint64_t hash) const {
  cache_.prefetch(hash);
  asked_.prefetch(asked_tag(hash));
}

void LookupEngine::expect(std::span<const uint64_t> hashes) const {
  for (uint64_t hash : hashes) expect_place(hash);
  for (uint64_t hash : hashes) cache_.prefetch_entry(hash);
}

void LookupEngine::expect(std::span<const ExpectedResponse> responses) const {
  FoundQueries found;
  const size_t n = find_open(open_, responses, found);
  for (size_t i = 0; i < n; ++i) __builtin_prefetch(&attempts_[found[i]]);
  for (size_t i = 0; i < n; ++i) {
    const Attempt& attempt = attempts_[found[i]];
    pool_.prefetch(attempt.upstream);
    __builtin_prefetch(&options_.upstreams[attempt.upstream]);
    __builtin_prefetch(&options_.upstream_texts[attempt.upstream]);
    found[i] = attempt.lookup;
    prefetch(&lookups_[found[i]], sizeof(Lookup));
  }
  for (size_t i = 0; i < n; ++i) expect_place(lookups_[found[i]].hash);
}

}  // namespace dnswarm
