// What will be needed soon is brought near: as in the engine that asks upstreams, a response leads from its
// ID to a query, a walk, a zone cut and a place in the cache, each in memory that thousands of others have
// been through since. Nothing here changes anything: leaving it out costs time and no more.
#include "base/prefetch.h"
#include "engine/open_queries.h"
#include "iterative/iterative_engine.h"

namespace dnswarm {

void IterativeEngine::expect_place(uint64_t hash) const {
  cache_.prefetch(hash);
  asked_.prefetch(static_cast<uint32_t>(hash >> 32));
}

void IterativeEngine::expect(std::span<const uint64_t> hashes) const {
  for (uint64_t hash : hashes) expect_place(hash);
}

void IterativeEngine::expect(std::span<const ExpectedResponse> responses) const {
  FoundQueries found;
  const size_t n = find_open(open_, responses, found);
  for (size_t i = 0; i < n; ++i) __builtin_prefetch(&queries_[found[i]]);
  for (size_t i = 0; i < n; ++i) {
    const Query& query = queries_[found[i]];
    prefetch(&peers_[query.peer], sizeof(Peer));
    found[i] = query.walk;
    const Walk& walk = walks_[query.walk];
    // Of the names their beginnings will do; what lies between is seldom touched.
    constexpr size_t name_octets_near = 64;
    prefetch(&walk, sizeof(WalkState) + name_octets_near);
    prefetch(&walk.name, name_octets_near);
    prefetch(&walk.token, static_cast<size_t>(reinterpret_cast<const char*>(&walk + 1) -
                                              reinterpret_cast<const char*>(&walk.token)));
  }
  for (size_t i = 0; i < n; ++i) {
    const Walk& walk = walks_[found[i]];
    expect_place(walk.hash);
    constexpr size_t cut_octets_near = 192;  // all of it, where the zone has two servers
    prefetch(walk.cut.memory(), cut_octets_near);
    __builtin_prefetch(&budgets_[walk.budget]);
  }
}

}  // namespace dnswarm
