#include "world_names.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <sstream>

#include "expectation.h"
#include "world_walk.h"

namespace dnswarm::sim {
namespace {

std::vector<std::string> lines_of(const World& world, unsigned per_domain) {
  std::stringstream text;
  write_world_names(*world.rule_zones(), per_domain, text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  return lines;
}

std::unique_ptr<World> world_of(uint32_t domains, uint64_t seed = 1) {
  RuleZonesOptions options;
  options.domains = domains;
  options.seed = seed;
  std::string error;
  return World::make(options, &error);
}

TEST(WorldNames, there_are_so_many_for_each_domain_and_no_line_comes_twice) {
  const auto world = world_of(50);
  for (const unsigned per_domain : {1u, 5u, 60u}) {
    const std::vector<std::string> lines = lines_of(*world, per_domain);
    EXPECT_EQ(lines.size(), 50 * per_domain);
    EXPECT_EQ(std::set<std::string>(lines.begin(), lines.end()).size(), lines.size());
    std::map<Octets::size_type, unsigned> by_domain;
    for (const std::string& line : lines) {
      Name name = name_from(line.substr(0, line.find(' ')));
      Octets above = name.wire();
      while (!world->zones().zone_at(above)) above = parent_of(above);
      ++by_domain[*world->zones().zone_at(above)];
    }
    EXPECT_EQ(by_domain.size(), 50u);
    for (const auto& [domain, count] : by_domain) EXPECT_EQ(count, per_domain) << domain;
  }
}

TEST(WorldNames, neighbours_are_of_different_domains) {
  const std::vector<std::string> lines = lines_of(*world_of(10), 2);
  const auto ends_alike = [](const std::string& a, const std::string& b) {
    return a.substr(0, a.find(' ')).ends_with(b.substr(b.find('.') + 1, b.find(' ')));
  };
  for (size_t i = 1; i < lines.size(); ++i) EXPECT_FALSE(ends_alike(lines[i - 1], lines[i])) << lines[i];
}

TEST(WorldNames, everything_that_a_domain_can_say_is_asked_for) {
  const auto world = world_of(500);
  std::map<std::string, unsigned> kinds;
  for (const std::string& line : lines_of(*world, 5)) {
    const size_t space = line.find(' ');
    const auto type = space == std::string::npos ? RRType::A : rrtype_from_text(line.substr(space + 1));
    ASSERT_TRUE(type) << line;
    Answer answer;
    ASSERT_TRUE(world->expect(name_from(line.substr(0, space)).wire(), *type, answer)) << line;
    const bool is_alias = answer.records()[0].type == RRType::CNAME;
    const bool is_none = answer.records()[0].section != Section::answer;
    ++kinds[is_alias ? "alias" : is_none ? std::string(to_text(answer.rcode)) + " SOA" : to_text(*type)];
  }
  EXPECT_GT(kinds["A"], 1000u);
  for (const char* kind : {"AAAA", "MX", "NS", "alias", "NXDOMAIN SOA", "NOERROR SOA"}) {
    EXPECT_GT(kinds[kind], 80u) << kind;
  }
}

TEST(WorldNames, are_the_same_for_the_same_seed) {
  EXPECT_EQ(lines_of(*world_of(30, 4), 3), lines_of(*world_of(30, 4), 3));
  EXPECT_NE(lines_of(*world_of(30, 4), 3), lines_of(*world_of(30, 5), 3));
}

}  // namespace
}  // namespace dnswarm::sim
