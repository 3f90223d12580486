#include "load/in_flight_table.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

namespace dnswarm {
namespace {

using Match = InFlightTable::Match;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Instant start{std::chrono::hours(1)};

struct Fixture {
  explicit Fixture(unsigned open_max) : table(open_max, random) {}
  unsigned expire(Instant until) {
    unsigned lost = 0;
    table.expire(until, [&] { ++lost; });
    return lost;
  }
  Random random{3};
  InFlightTable table;
};

TEST(InFlightTable, a_response_gets_the_times_of_its_query) {
  Fixture f(10);
  const uint16_t id = f.table.add(77, start, start + microseconds(250));
  const auto found = f.table.take(id, 77);
  EXPECT_EQ(found.match, Match::answered);
  EXPECT_EQ(found.due, start);
  EXPECT_EQ(found.sent, start + microseconds(250));
  EXPECT_EQ(f.table.open(), 0u);
}

TEST(InFlightTable, a_second_response_is_a_duplicate) {
  Fixture f(10);
  const uint16_t id = f.table.add(77, start, start);
  f.table.take(id, 77);
  EXPECT_EQ(f.table.take(id, 77).match, Match::duplicate);
  EXPECT_EQ(f.table.take(id, 77).match, Match::duplicate);
}

TEST(InFlightTable, a_wrong_question_or_id_is_unmatched_and_leaves_the_query_open) {
  Fixture f(10);
  const uint16_t id = f.table.add(77, start, start);
  EXPECT_EQ(f.table.take(id, 78).match, Match::unmatched);
  EXPECT_EQ(f.table.take(static_cast<uint16_t>(id + 1), 77).match, Match::unmatched);
  EXPECT_EQ(f.table.take(id, 77).match, Match::answered);
}

TEST(InFlightTable, a_response_behind_the_timeout_is_late) {
  Fixture f(10);
  const uint16_t id = f.table.add(77, start, start);
  EXPECT_EQ(f.expire(start - microseconds(1)), 0u);
  EXPECT_EQ(f.expire(start), 1u);
  EXPECT_EQ(f.table.take(id, 77).match, Match::late);
  EXPECT_EQ(f.table.open(), 0u);
}

TEST(InFlightTable, queries_expire_by_when_they_were_sent_not_by_when_they_were_due) {
  Fixture f(10);
  f.table.add(1, start, start + seconds(2));
  EXPECT_EQ(f.expire(start + seconds(1)), 0u);
  EXPECT_EQ(f.table.oldest_sent(), start + seconds(2));
  EXPECT_EQ(f.expire(start + seconds(2)), 1u);
  EXPECT_EQ(f.table.oldest_sent(), never);
}

TEST(InFlightTable, what_was_not_sent_holds_its_room_until_it_expires_and_is_not_lost) {
  Fixture f(1);
  const uint16_t id = f.table.add(1, start, start);
  EXPECT_TRUE(f.table.fail(id));
  EXPECT_FALSE(f.table.fail(id));
  EXPECT_FALSE(f.table.has_room());
  EXPECT_EQ(f.table.take(id, 1).match, Match::unmatched);
  EXPECT_EQ(f.expire(start), 0u);
  EXPECT_TRUE(f.table.has_room());
}

TEST(InFlightTable, a_bare_header_is_matched_by_its_id) {
  Fixture f(2);
  const uint16_t id = f.table.add(1, start, start);
  EXPECT_EQ(f.table.take(id).match, Match::answered);
  EXPECT_EQ(f.table.take(id).match, Match::duplicate);
}

TEST(InFlightTable, an_id_comes_back_after_65536_others_only) {
  Fixture f(4);
  std::set<uint16_t> ids;
  for (int i = 0; i < 65'536; ++i) {
    const uint16_t id = f.table.add(static_cast<uint64_t>(i), start, start);
    ASSERT_TRUE(ids.insert(id).second) << i;
    ASSERT_EQ(f.table.take(id, static_cast<uint64_t>(i)).match, Match::answered);
  }
}

TEST(InFlightTable, the_order_of_ids_differs_between_flows) {
  Random random;
  std::set<int> steps;
  for (int i = 0; i < 50; ++i) {
    InFlightTable table(2, random);
    const int first = table.add(1, start, start);
    steps.insert(table.add(1, start, start) - first);
  }
  EXPECT_GT(steps.size(), 10u);
}

// Against a plain model: random sends, answers in any order, losses, and time.
TEST(InFlightTable, agrees_with_a_map_over_a_million_steps) {
  for (const unsigned open_max : {1u, 7u, 1000u, InFlightTable::in_flight_max}) {
    Fixture f(open_max);
    Random random(open_max);
    std::map<uint16_t, std::pair<uint64_t, Instant>> model;
    Instant now = start;
    uint64_t question = 0, lost = 0, answered = 0, sent = 0;
    for (int step = 0; step < 300'000; ++step) {
      now += microseconds(random.below(20));
      if (random.below(100) < 55 && f.table.has_room()) {
        const uint16_t id = f.table.add(++question, now, now);
        ASSERT_TRUE(model.emplace(id, std::pair(question, now)).second) << "an ID is used twice";
        ++sent;
      } else if (!model.empty()) {
        auto it = model.lower_bound(random.u16());
        if (it == model.end()) it = model.begin();
        // A tenth is never answered.
        if (it->second.first % 10 != 0) {
          ASSERT_EQ(f.table.take(it->first, it->second.first).match, Match::answered);
          model.erase(it);
          ++answered;
        }
      }
      if (step % 64 == 0) {
        const Instant until = now - milliseconds(50);
        lost += f.expire(until);
        for (auto it = model.begin(); it != model.end();)
          it = it->second.second <= until ? model.erase(it) : ++it;
        ASSERT_EQ(f.table.open(), model.size());
      }
    }
    lost += f.expire(now);
    EXPECT_EQ(sent, answered + lost);
    EXPECT_EQ(f.table.open(), 0u);
  }
}

TEST(InFlightTable, taking_an_add_back_leaves_no_trace) {
  Fixture f(1);
  const uint16_t id = f.table.add(5, start, start);
  f.table.undo_add();
  EXPECT_TRUE(f.table.has_room());
  EXPECT_EQ(f.table.take(id, 5).match, Match::unmatched);
  EXPECT_EQ(f.table.add(6, start, start), id);
}

TEST(InFlightTable, abandoning_counts_what_had_left) {
  Fixture f(100);
  const uint16_t answered = f.table.add(1, start, start), failed = f.table.add(2, start, start);
  const uint16_t open = f.table.add(3, start, start);
  f.table.take(answered, 1);
  f.table.fail(failed);
  EXPECT_EQ(f.table.abandon(), 1u);
  EXPECT_EQ(f.table.open(), 0u);
  EXPECT_EQ(f.table.take(open, 3).match, Match::unmatched);
  EXPECT_EQ(f.expire(start + seconds(1)), 0u);
}

}  // namespace
}  // namespace dnswarm
