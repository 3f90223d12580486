#include "story_questions.h"

#include <cmath>

#include "base/hash.h"
#include "rule.h"

namespace dnswarm::sim {

StoryQuestions::StoryQuestions(const StoryOptions& options, const StoryNames& names)
    : rate_(options.rate * options.clients),
      clients_(options.clients),
      length_(options.length()),
      names_(names),
      random_(mix64(options.seed + 1)) {}

std::optional<StoryQuestion> StoryQuestions::next() {
  if (rate_ == 0) return std::nullopt;
  const double share = static_cast<double>(random_.u64() >> 11) * 0x1p-53;  // [0, 1)
  const std::chrono::duration<double> gap(-std::log1p(-share) / rate_);
  // Compared before it is converted: at a low rate it may not fit a Duration.
  if (gap >= length_ - at_) return std::nullopt;
  at_ += std::chrono::duration_cast<Duration>(gap);
  const uint32_t client = random_.below(clients_);
  return StoryQuestion{at_, client, names_.draw(random_)};
}

ResolverChoice::ResolverChoice(const StoryOptions& options)
    : policy_(options.policy),
      resolvers_(options.resolvers),
      seed_(mix64(options.seed)),
      random_(mix64(options.seed + 2)) {}

uint32_t ResolverChoice::choose(const Name& name) {
  switch (policy_) {
    case Policy::round_robin: return static_cast<uint32_t>(next_++ % resolvers_);
    case Policy::hash:
      return static_cast<uint32_t>((hash_octets(name.wire(), 0, seed_) >> 32) * resolvers_ >> 32);
    case Policy::random: break;
  }
  return random_.below(resolvers_);
}

}  // namespace dnswarm::sim
