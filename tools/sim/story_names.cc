#include "story_names.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "rule.h"

namespace dnswarm::sim {
namespace {

bool is_name_server(const RuleZones& zones, ZoneIndex zone, const Name& name) {
  Answer answer;
  zones.add_records(zone, zones.apex(zone), RRType::NS, Section::answer, zones.apex(zone), answer);
  return std::any_of(answer.records().begin(), answer.records().end(),
                     [&](const auto& record) { return names_equal(answer.rdata(record), name.wire()); });
}

bool is_www(const Name& name) { return std::memcmp(name.wire().data(), "\3www", 4) == 0; }

}  // namespace

StoryNames::StoryNames(const World& world, double zipf, uint64_t seed) {
  const RuleZones& zones = *world.rule_zones();
  std::vector<Name> of_zone;
  for (ZoneIndex i = 0; i < zones.domain_count(); ++i) {
    const ZoneIndex zone = zones.first_domain() + i;
    of_zone.clear();
    zones.list_names(zone, of_zone);
    for (const Name& name : of_zone) {
      if (!is_name_server(zones, zone, name)) names_.push_back(name);
    }
  }
  Random random(mix64(seed));
  for (size_t left = names_.size(); left > 1; --left) {
    std::swap(names_[left - 1], names_[random.below(static_cast<uint32_t>(left))]);
  }
  std::stable_partition(names_.begin(), names_.end(), is_www);
  double sum = 0;
  for (size_t rank = 0; rank < names_.size(); ++rank) {
    sum += std::pow(static_cast<double>(rank + 1), -zipf);
    sums_.push_back(sum);
  }
}

std::string StoryNames::text(size_t rank) const {
  std::string text;
  append_name_text(names_[rank].wire(), text);
  return text;
}

std::optional<size_t> StoryNames::rank_of(const Name& name) const {
  const auto found = std::find_if(names_.begin(), names_.end(),
                                  [&](const Name& other) { return names_equal(other.wire(), name.wire()); });
  if (found == names_.end()) return std::nullopt;
  return static_cast<size_t>(found - names_.begin());
}

size_t StoryNames::draw(Random& random) const {
  const double wanted = static_cast<double>(random.u64() >> 11) * 0x1p-53 * sums_.back();
  const auto found = std::upper_bound(sums_.begin(), sums_.end(), wanted);
  return std::min(static_cast<size_t>(found - sums_.begin()), names_.size() - 1);
}

}  // namespace dnswarm::sim
