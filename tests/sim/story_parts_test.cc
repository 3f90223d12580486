// What stories are made of: names, caches, servers, how a change spreads.
#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "dns/query_builder.h"
#include "dns/response_builder.h"
#include "story_cache.h"
#include "story_names.h"
#include "story_servers.h"
#include "story_spread.h"
#include "virtual_time.h"
#include "world_walk.h"

namespace dnswarm::sim {
namespace {

using std::chrono::seconds;

std::unique_ptr<World> make(uint32_t domains) {
  RuleZonesOptions options;
  options.domains = domains;
  std::string error;
  return World::make(options, &error);
}

// alias CNAME www, www A: with these TTLs.
MessageOctets response(uint32_t cname_ttl, uint32_t a_ttl) {
  MessageOctets room(512);
  const Name alias = name_from("alias.example"), www = name_from("www.example");
  ResponseBuilder builder(room, 0, HeaderFlags::qr, alias.wire(), RRType::A, RRClass::IN);
  builder.record(Section::answer, alias.wire(), RRType::CNAME, cname_ttl, www.wire());
  const uint8_t rdata[] = {192, 0, 2, 7};
  builder.record(Section::answer, www.wire(), RRType::A, a_ttl, rdata);
  room.resize(builder.finish().size());
  return room;
}

TEST(StoryCache, keeps_a_response_for_its_least_ttl_and_counts_it_down) {
  StoryCache cache(64 << 10);
  const Name name = name_from("alias.example");
  const auto found = [&](int after) {
    return cache.find(name.wire(), RRType::A, VirtualTime::start + seconds(after));
  };
  EXPECT_TRUE(found(0).empty());
  cache.keep(response(100, 30), VirtualTime::start);
  EXPECT_EQ(found(0), response(100, 30));
  EXPECT_EQ(found(12), response(88, 18));
  EXPECT_EQ(found(29), response(71, 1));
  const ToldAddress told = read_address(found(29));
  EXPECT_EQ(told.ipv4, 0xc0000207u);
  EXPECT_EQ(told.ttl_s, 1u);
  EXPECT_TRUE(found(30).empty());
  EXPECT_TRUE(cache.find(name.wire(), RRType::AAAA, VirtualTime::start).empty());
  cache.keep(response(100, 0), VirtualTime::start + seconds(40));
  EXPECT_TRUE(found(40).empty());
}

TEST(StoryNames, are_all_but_name_servers_and_drawn_by_weight) {
  const auto world = make(10);
  const StoryNames names(*world, 1, 7);
  EXPECT_EQ(names.count(), 100u);
  std::map<std::string, int> seen;
  for (size_t rank = 0; rank < names.count(); ++rank) {
    Answer answer;
    EXPECT_TRUE(world->expect(names.name(rank).wire(), RRType::A, answer));
    EXPECT_FALSE(answer.records().empty());
    EXPECT_EQ(names.text(rank).rfind("ns", 0), std::string::npos);
    EXPECT_EQ(names.text(rank).rfind("www.", 0) == 0, rank < 10);
    EXPECT_EQ(names.rank_of(names.name(rank)), rank);
    ++seen[names.text(rank)];
  }
  EXPECT_EQ(seen.size(), 100u);
  Random random(1);
  std::vector<double> drawn(names.count());
  for (int i = 0; i < 100'000; ++i) ++drawn[names.draw(random)];
  for (const size_t rank : {1u, 3u, 9u})
    EXPECT_NEAR(drawn[0] / drawn[rank], static_cast<double>(rank + 1), 0.6);
  const StoryNames even(*world, 0, 7);
  std::fill(drawn.begin(), drawn.end(), 0);
  for (int i = 0; i < 100'000; ++i) ++drawn[even.draw(random)];
  for (const double count : drawn) EXPECT_NEAR(count, 1000, 160);
  EXPECT_NE(StoryNames(*world, 1, 8).text(0) + StoryNames(*world, 1, 8).text(1),
            names.text(0) + names.text(1));
}

TEST(StoryServers, give_the_changed_name_another_address_from_then_on) {
  const auto world = make(10);
  const StoryNames names(*world, 1, 1);
  const Instant change = VirtualTime::start + seconds(10);
  StoryServers servers(*world, names.name(0), change);
  EXPECT_EQ(servers.text(0), "root 1");
  EXPECT_EQ(servers.text(3), "tld 1");
  EXPECT_EQ(servers.text(8), "domain 2");
  const Name www = names.name(0);
  const Name apex = [&] {
    Name name;
    name.assign_wire(parent_of(www.wire()));
    return name;
  }();
  const auto address = [&](const Name& name, Instant now) {
    uint8_t query[query_octets_max];
    const size_t octets = QueryBuilder({}).build(name.wire(), RRType::A, 1, true, query);
    const auto zone = world->zones().zone_at(apex.wire());
    return read_address(
               servers.respond(world->zones().servers(*zone)[0], {query, octets}, Transport::udp, now))
        .ipv4.value();
  };
  const Instant before = change - seconds(1);
  EXPECT_EQ(address(www, before) >> 24, 10u);
  EXPECT_EQ(address(www, change), changed_ipv4);
  EXPECT_EQ(address(name_from("alias." + names.text(0).substr(4)), before) >> 24, 10u);
  EXPECT_EQ(address(name_from("alias." + names.text(0).substr(4)), change), changed_ipv4);
  EXPECT_EQ(address(apex, change), address(apex, before));
}

TEST(StorySpread, counts_clients_by_what_they_got_last) {
  StorySpread spread(2, seconds(100));
  spread.told(0, false, false, 30, seconds(90));
  spread.told(1, false, false, 8, seconds(95));
  spread.told(1, true, false, 30, seconds(104));
  spread.told(1, false, false, 5, seconds(106));  // from another cache
  spread.told(1, true, false, 30, seconds(112));
  spread.told(0, false, true, 1, seconds(119));
  spread.told(0, true, false, 30, seconds(121));
  const Spread taken = spread.take("name");
  EXPECT_EQ(*taken.reached(0.5), seconds(12));  // for good
  EXPECT_EQ(*taken.reached(1), seconds(21));
  EXPECT_EQ(*taken.first_new[1], seconds(4));
  EXPECT_EQ(taken.last_old[1], seconds(6));
  EXPECT_EQ(taken.last_old[0], seconds(19));
  EXPECT_EQ(taken.held_until[0], seconds(20));
  EXPECT_FALSE(StorySpread(1, seconds(1)).take("").reached(0.5));

  StorySpread other(2, seconds(50));
  other.told(0, true, false, 30, seconds(51));
  other.told(1, true, false, 30, seconds(53));
  const Spread both = join({taken, other.take("name")});
  EXPECT_EQ(*both.reached(0.25), seconds(1));
  EXPECT_EQ(*both.reached(0.5), seconds(3));
  EXPECT_EQ(*both.reached(0.75), seconds(12));
  EXPECT_EQ(*both.reached(1), seconds(21));
  EXPECT_EQ(both.points.back().share, 1);
}

}  // namespace
}  // namespace dnswarm::sim
