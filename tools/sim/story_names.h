// The names that clients ask for, and how often each.
#ifndef DNSWARM_SIM_STORY_NAMES_H_
#define DNSWARM_SIM_STORY_NAMES_H_

#include <optional>
#include <string>
#include <vector>

#include "base/random.h"
#include "dns/name.h"
#include "world.h"

namespace dnswarm::sim {

// By popularity: rank 0 is asked most often. Threads: once made, any number may read.
class StoryNames {
 public:
  // All names of the world's domains (rule_zones.h) but those of name servers, in an order drawn from the
  // seed, hosts called www before others: each leads to an address. The world's zones must be by the rule.
  StoryNames(const World& world, double zipf, uint64_t seed);

  size_t count() const { return names_.size(); }
  const Name& name(size_t rank) const { return names_[rank]; }
  std::string text(size_t rank) const;
  std::optional<size_t> rank_of(const Name& name) const;
  // A rank, with its weight.
  size_t draw(Random& random) const;

 private:
  std::vector<Name> names_;
  std::vector<double> sums_;  // of the weights up to each rank
};

}  // namespace dnswarm::sim

#endif  // DNSWARM_SIM_STORY_NAMES_H_
