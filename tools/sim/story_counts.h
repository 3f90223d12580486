// Counts of a run: what arrives at which level, and what each cache had.
#ifndef DNSWARM_SIM_STORY_COUNTS_H_
#define DNSWARM_SIM_STORY_COUNTS_H_

#include <string>

#include "story_result.h"

namespace dnswarm::sim {

// Nodes are numbered within their level, from 0; people see them from 1.
std::string node_text(Level level, uint32_t node);  // "client 17"

class StoryCounts {
 public:
  StoryCounts(const StoryOptions& options, const World& world);

  StoryResult result;

  // What comes after the end, still under way or a probe, counts for the last part.
  void arrives(Level level, Duration passed);
  void cache(Level level, uint32_t node, bool hit, Duration passed);

 private:
  size_t part(Duration passed) const;
  size_t cache_of(Level level, uint32_t node) const;
};

}  // namespace dnswarm::sim

#endif  // DNSWARM_SIM_STORY_COUNTS_H_
