// Watches how the changed address spreads among the clients.
#ifndef DNSWARM_SIM_STORY_SPREAD_H_
#define DNSWARM_SIM_STORY_SPREAD_H_

#include <optional>
#include <vector>

#include "story_result.h"

namespace dnswarm::sim {

class StorySpread {
 public:
  StorySpread(uint32_t clients, Duration change_at)
      : change_at_(change_at),
        has_new_(clients),
        first_new_(clients),
        last_old_(clients, Duration(-1)),
        held_until_(clients, Duration(0)) {}

  // A client got an answer for the name, from its own cache or (it then may keep it for `ttl_s`) from
  // elsewhere.
  void told(uint32_t client, bool is_new, bool from_cache, uint32_t ttl_s, Duration now);
  Spread take(std::string name);

 private:
  Duration change_at_;
  uint32_t new_count_ = 0;
  std::vector<bool> has_new_;
  std::vector<std::optional<Duration>> first_new_;
  std::vector<Duration> last_old_, held_until_;
  std::vector<Spread::Point> points_;
};

// Of several runs with as many clients each: shares are of all clients together.
Spread join(std::vector<Spread> spreads);

}  // namespace dnswarm::sim

#endif  // DNSWARM_SIM_STORY_SPREAD_H_
