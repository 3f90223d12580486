#include "story.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "story_run.h"
#include "story_spread.h"

namespace dnswarm::sim {
namespace {

StoryResult run(const StoryOptions& options) {
  std::string error;
  std::optional<StoryResult> result = run_story(options, &error);
  CHECK(result.has_value());  // the main run had the same options but for one
  return std::move(*result);
}

// Clients ask for the changed name alone: what else they ask does not move its TTL.
Spread spread_of(StoryOptions options) {
  const Duration ttl = std::chrono::seconds(options.ttl);
  options.rate = 0;
  options.change_at = 2 * ttl + std::chrono::seconds(10);
  options.hours = std::chrono::duration<double, std::ratio<3600>>(options.change_at).count() + 0.01;
  std::vector<Spread> rounds;
  for (options.probe_round = 1; options.probe_round <= spread_rounds; ++options.probe_round) {
    rounds.push_back(run(options).spread);
  }
  return join(std::move(rounds));
}

}  // namespace

StoryRow row_of(const StoryResult& result) {
  StoryRow row{.ttl = result.options.ttl,
               .policy = result.options.policy,
               .resolvers = result.options.resolvers,
               .questions = result.questions(),
               .per_thousand = {},
               .client_hit_percent = result.hits(Level::client).hit_percent(),
               .resolver_hit_percent = result.hits(Level::resolver).hit_percent(),
               .mean_wait_ms = result.mean_wait_ms()};
  for (size_t i = 0; i < levels_all; ++i) row.per_thousand[i] = result.per_thousand(static_cast<Level>(i));
  uint64_t most = 0;
  for (const CacheResult& cache : result.caches) {
    if (cache.level == Level::resolver) most = std::max(most, cache.all.questions);
  }
  const uint64_t all = result.at(Level::resolver);
  row.busiest_share = all == 0 ? 0 : static_cast<double>(most) / static_cast<double>(all);
  return row;
}

std::optional<Story> tell_story(const StoryOptions& options, std::string* error) {
  Story story;
  StoryOptions main = options;
  main.conversation = options.conversation_names > 0;
  std::optional<StoryResult> result = run_story(main, error);
  if (!result) return std::nullopt;
  story.main = std::move(*result);
  for (const uint32_t ttl : {5u, 60u, 300u, 3600u}) {
    StoryOptions other = options;
    other.ttl = ttl;
    story.by_ttl.push_back({row_of(run(other)), spread_of(other)});
  }
  for (const uint32_t resolvers : {1u, 2u, 4u}) {
    for (const Policy policy : {Policy::round_robin, Policy::hash}) {
      StoryOptions other = options;
      other.resolvers = resolvers;
      other.policy = policy;
      if (resolvers > 1 || policy == Policy::round_robin) story.by_policy.push_back(row_of(run(other)));
    }
  }
  story.spread = spread_of(options);
  return story;
}

}  // namespace dnswarm::sim
