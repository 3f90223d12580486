// The whole story: one run as it was asked for, and the runs that show what depends on what. All of them have
// the same world, the same seed and, where their rate is the same, the same questions at the same times.
#ifndef DNSWARM_SIM_STORY_H_
#define DNSWARM_SIM_STORY_H_

#include <optional>
#include <string>
#include <vector>

#include "story_result.h"

namespace dnswarm::sim {

// What a run shows in a row of a table.
struct StoryRow {
  uint32_t ttl = 0;
  Policy policy{};
  uint32_t resolvers = 0;
  uint64_t questions = 0;                         // of clients
  std::array<double, levels_all> per_thousand{};  // queries at each level, of 1,000 questions
  double client_hit_percent = 0, resolver_hit_percent = 0;
  double mean_wait_ms = 0;
  double busiest_share = 0;  // of the resolvers' questions: that of the one that gets most, 0 to 1
};
StoryRow row_of(const StoryResult& result);

struct TtlRow {
  StoryRow run;
  Spread spread;  // of a change with this TTL; all rounds together
};

struct Story {
  StoryResult main;
  std::vector<TtlRow> by_ttl;       // 5, 60, 300, 3600 s
  std::vector<StoryRow> by_policy;  // 1, 2 and 4 resolvers by round robin and by hash
  Spread spread;                    // with the main run's TTL
};

// The spread is measured in so many rounds, each with resolvers that have had the name for other times.
inline constexpr uint32_t spread_rounds = 30;

// Nothing, and a sentence in *error, where the options are wrong.
std::optional<Story> tell_story(const StoryOptions& options, std::string* error);

}  // namespace dnswarm::sim

#endif  // DNSWARM_SIM_STORY_H_
