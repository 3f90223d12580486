// What clients ask and when, and which resolver gets what no cache before it has. Both are drawn from the
// seed, apart from each other, so that another policy or TTL meets the same questions.
#ifndef DNSWARM_SIM_STORY_QUESTIONS_H_
#define DNSWARM_SIM_STORY_QUESTIONS_H_

#include <optional>

#include "base/random.h"
#include "story_names.h"
#include "story_options.h"

namespace dnswarm::sim {

struct StoryQuestion {
  Duration at{};  // since the start
  uint32_t client = 0;
  size_t rank = 0;  // of the name
};

// All clients' questions together are one Poisson process, and each is any client's.
class StoryQuestions {
 public:
  // `names` must outlive this.
  StoryQuestions(const StoryOptions& options, const StoryNames& names);

  std::optional<StoryQuestion> next();  // in order of time; nothing when the story's length is over

 private:
  const double rate_;  // of all clients
  const uint32_t clients_;
  const Duration length_;
  const StoryNames& names_;
  Random random_;
  Duration at_{};
};

class ResolverChoice {
 public:
  explicit ResolverChoice(const StoryOptions& options);
  uint32_t choose(const Name& name);  // from 0

 private:
  const Policy policy_;
  const uint32_t resolvers_;
  const uint64_t seed_;
  Random random_;
  uint64_t next_ = 0;  // of round robin
};

}  // namespace dnswarm::sim

#endif  // DNSWARM_SIM_STORY_QUESTIONS_H_
