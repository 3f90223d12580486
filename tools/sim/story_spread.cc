#include "story_spread.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace dnswarm::sim {

void StorySpread::told(uint32_t client, bool is_new, bool from_cache, uint32_t ttl_s, Duration now) {
  const Duration after = now - change_at_;
  if (is_new) {
    if (!first_new_[client]) first_new_[client] = after;
  } else {
    last_old_[client] = after < Duration(0) ? Duration(-1) : after;
    if (!from_cache) held_until_[client] = after + std::chrono::seconds(ttl_s);
  }
  if (has_new_[client] == is_new) return;
  has_new_[client] = is_new;
  new_count_ = is_new ? new_count_ + 1 : new_count_ - 1;
  points_.push_back({after, static_cast<double>(new_count_) / static_cast<double>(has_new_.size())});
}

Spread StorySpread::take(std::string name) {
  Spread spread{std::move(name),       change_at_, std::move(points_), {}, std::move(last_old_),
                std::move(held_until_)};
  spread.first_new = std::move(first_new_);
  return spread;
}

Spread join(std::vector<Spread> spreads) {
  Spread all{spreads.at(0).name, spreads[0].change_at, {}, {}, {}, {}};
  std::vector<Spread::Point> steps;  // with what is added to the share
  for (const Spread& one : spreads) {
    double share = 0;
    for (const Spread::Point& point : one.points) {
      steps.push_back({point.after, (point.share - share) / static_cast<double>(spreads.size())});
      share = point.share;
    }
    all.first_new.insert(all.first_new.end(), one.first_new.begin(), one.first_new.end());
    all.last_old.insert(all.last_old.end(), one.last_old.begin(), one.last_old.end());
    all.held_until.insert(all.held_until.end(), one.held_until.begin(), one.held_until.end());
  }
  std::stable_sort(steps.begin(), steps.end(), [](auto& a, auto& b) { return a.after < b.after; });
  // Counted in clients: sums of fractions would end beside 1.
  const auto clients = static_cast<double>(all.first_new.size());
  double share = 0;
  for (const Spread::Point& step : steps) {
    share += step.share;
    all.points.push_back({step.after, std::round(share * clients) / clients});
  }
  return all;
}

}  // namespace dnswarm::sim
