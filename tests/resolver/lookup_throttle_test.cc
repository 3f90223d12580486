// SERVFAIL, REFUSED and TC with nothing in it: what many upstreams say when they are asked too much, and of
// names that they cannot resolve.
#include "engine_fixture.h"

namespace dnswarm {
namespace {

using std::chrono::milliseconds;

class ThrottleTest : public EngineTest {
 protected:
  // Of as many domains.
  void submit_some(unsigned from, unsigned names) {
    for (unsigned i = from; i < from + names; ++i) submit("www.d" + std::to_string(i) + ".com", i);
  }
  // All that was sent since the last time.
  void answer_all() {
    for (; told_ < sent.size(); ++told_) answer(sent[told_]);
  }
  void say_to_all(Rcode rcode) {
    for (const size_t end = sent.size(); told_ < end; ++told_) respond(sent[told_], rcode);
  }
  size_t count(const std::string& status) const {
    return static_cast<size_t>(
        std::count_if(rows.begin(), rows.end(), [&](const Row& row) { return row.status == status; }));
  }
  // So many good answers that there is something to compare with, then names that nobody has an answer to:
  // fewer than are held to be no accident.
  static constexpr unsigned good = 300, failing = 14;
  void fail_after_good_ones() {
    start(2);
    submit_some(0, good);
    answer_all();
    ASSERT_EQ(count("NOERROR"), good);
    pass(milliseconds(10));
    submit_some(good, failing);
    say_to_all(Rcode::SERVFAIL);  // to the first tries, and then
    say_to_all(Rcode::SERVFAIL);
    ASSERT_EQ(sent.size(), good + 2 * failing);
  }

 private:
  size_t told_ = 0;
};

TEST_F(ThrottleTest, where_many_fail_at_once_the_end_waits_for_a_moment) {
  fail_after_good_ones();
  EXPECT_EQ(count("SERVFAIL"), 0u);
  pass(milliseconds(250));
  EXPECT_EQ(count("SERVFAIL"), 0u);
  pass(milliseconds(100));
  EXPECT_EQ(count("SERVFAIL"), failing);
  EXPECT_EQ(sent.size(), good + 2 * failing);
}

TEST_F(ThrottleTest, and_they_are_asked_again_where_upstreams_turn_out_to_get_too_much) {
  fail_after_good_ones();
  const unsigned more = 40;
  submit_some(good + failing, more);
  say_to_all(Rcode::SERVFAIL);
  for (int i = 0; i < 100 && rows.size() < good + failing + more; ++i) {
    answer_all();
    pass(milliseconds(100));
  }
  EXPECT_EQ(count("NOERROR"), good + failing + more);
}

TEST_F(ThrottleTest, where_few_fail_nothing_waits) {
  start(2);
  submit_some(0, 300);
  answer_all();
  for (unsigned i = 300; i < 330; ++i) {
    submit_some(i, 1);
    say_to_all(Rcode::SERVFAIL);
    say_to_all(Rcode::SERVFAIL);
    EXPECT_EQ(count("SERVFAIL"), i - 299);
    submit_some(1000 + i * 10, 10);
    answer_all();
  }
}

// It is asked over TCP once; what had nothing there has no need of it.
TEST_F(ThrottleTest, an_empty_tc_leads_to_tcp_no_more_once_tcp_had_nothing_either) {
  start(4);
  submit("www.example");
  respond(sent[0], HeaderFlags::tc);
  ASSERT_TRUE(sent.at(1).tcp);
  respond(sent[1], HeaderFlags::tc);
  pass(milliseconds(200));
  ASSERT_FALSE(sent.at(2).tcp);
  respond(sent[2], HeaderFlags::tc);
  pass(milliseconds(200));
  ASSERT_EQ(sent.size(), 4u);
  EXPECT_FALSE(sent[3].tcp);
  answer(sent[3]);
  EXPECT_EQ(count("NOERROR"), 1u);
}

}  // namespace
}  // namespace dnswarm
