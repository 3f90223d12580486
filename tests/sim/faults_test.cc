#include "faults.h"

#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <set>
#include <string>
#include <vector>

#include "delay_queue.h"
#include "faulty_upstream.h"
#include "listen.h"

namespace dnswarm::sim {
namespace {

using namespace std::chrono_literals;

TEST(Faults, take_what_the_head_of_the_header_lists) {
  for (const char* text : {"delay=5ms",
                           "delay=fixed:1.5s",
                           "delay=uniform:5-30ms",
                           "delay=uniform:500us-2ms",
                           "delay=normal:20ms/5ms",
                           "delay=bimodal",
                           "delay=90%:5ms+9%:uniform:200-300ms+1%:2s",
                           "loss=5%",
                           "loss-response=0.5%",
                           "dup=100%",
                           "reorder=1%",
                           "cap=2000/s",
                           "cap=2000/s:refused",
                           "cap=7:tc",
                           "cap=7:tc,cap-then=9/s@1.5s",
                           "refused",
                           "refused=5%",
                           "servfail=1%",
                           "formerr-on-edns",
                           "dead",
                           "closed",
                           "lame",
                           "lame=referral",
                           "wrong-id=5%,only",
                           "dies-at=10s,returns-at=20s",
                           "garbage",
                           "cut=1%",
                           "tcp-dead",
                           "tcp-close=10%",
                           "tcp-answers=1",
                           "lower-question=5%",
                           "wrong-source=5%",
                           "wrong-question=5%",
                           "lies",
                           "rewrites=5%",
                           "hides",
                           "lies,lies-after=7",
                           "lies-at=2s",
                           "no-edns",
                           "no-dnssec"}) {
    FaultSpec spec;
    std::string error;
    EXPECT_TRUE(spec.add_text(text, &error)) << text << ": " << error;
    EXPECT_TRUE(spec.any()) << text;
  }
}

TEST(Faults, reject_everything_else_and_say_why) {
  for (const char* text : {"",
                           "los=5%",
                           "loss",
                           "loss=",
                           "loss=5",
                           "loss=101%",
                           "loss=-1%",
                           "loss=x%",
                           "loss=5%,",
                           "tcp-answers",
                           "tcp-answers=0",
                           "tcp-answers=1x",
                           ",loss=5%",
                           "delay",
                           "delay=",
                           "delay=5",
                           "delay=ms",
                           "delay=5m",
                           "delay=uniform:30-5ms",
                           "delay=uniform:5ms",
                           "delay=90%:5ms",
                           "delay=90%:5ms+20%:6ms",
                           "delay=5ms+6ms",
                           "delay=-5ms",
                           "delay=normal:5ms",
                           "delay=100000s",
                           "cap=0/s",
                           "cap=x",
                           "cap=5/m",
                           "cap=5/s:maybe",
                           "cap=",
                           "cap=5/s,cap-then=5/s",
                           "cap=5/s,cap-then=0/s@1s",
                           "cap=5/s,cap-then=5/s@1",
                           "cap=5/s,cap-then=@1s",
                           "cap-then=5/s@1s",
                           "dead=5%",
                           "dies-at=10",
                           "dies-at=",
                           "lame=no",
                           "only=1",
                           "refused=maybe",
                           "delay=nan%:5ms"}) {
    FaultSpec spec;
    std::string error;
    EXPECT_FALSE(spec.add_text(text, &error)) << text;
    EXPECT_FALSE(error.empty()) << text;
  }
}

TEST(Faults, flag_is_split_before_the_first_fault) {
  const auto split = [](std::string_view flag) {
    const auto parts = split_fault_flag(flag);
    return parts ? std::string(parts->where) + " & " + std::string(parts->faults) : "no";
  };
  EXPECT_EQ(split("127.0.0.2:loss=5%,delay=uniform:5-30ms"),
            "127.0.0.2 & loss=5%,delay=uniform:5-30ms");
  EXPECT_EQ(split("127.0.0.2:5300:dead,delay=uniform:1-2ms"),
            "127.0.0.2:5300 & dead,delay=uniform:1-2ms");
  EXPECT_EQ(split("[::1]:5300:dead"), "[::1]:5300 & dead");
  EXPECT_EQ(split("*:dead"), "* & dead");
  for (const char* bad : {"", "dead", ":dead", "*:", "loss=5%"}) EXPECT_EQ(split(bad), "no") << bad;
}

TEST(Faults, bimodal_delay_has_its_shares) {
  std::string error;
  const auto delay = Delay::from_text("bimodal", &error);
  Dice dice(1);
  unsigned fast = 0, slow = 0;
  for (unsigned i = 0; i < 100'000; ++i) {
    const Duration time = delay->sample(dice);
    fast += time == 5ms;
    slow += time == 2s;
  }
  EXPECT_NEAR(fast, 90'000, 900);
  EXPECT_NEAR(slow, 1'000, 200);
}

TEST(Faults, upstream_dies_and_returns) {
  FaultSpec spec;
  std::string error;
  ASSERT_TRUE(spec.add_text("dies-at=10s,returns-at=20s", &error));
  EXPECT_FALSE(spec.dead_at(9s));
  EXPECT_TRUE(spec.dead_at(10s));
  EXPECT_FALSE(spec.dead_at(20s));
  FaultSpec late;
  ASSERT_TRUE(late.add_text("returns-at=5s", &error));
  EXPECT_TRUE(late.dead_at(0s));
  EXPECT_FALSE(late.dead_at(5s));
}

struct Caught : ResponseSink {
  struct One {
    std::string octets;
    Duration delay;
    bool other_port;
  };
  std::vector<One> all;
  void emit(Octets response, Duration delay, bool other_port) override {
    all.push_back({{response.begin(), response.end()}, delay, other_port});
  }
};

class FaultyUpstreamTest : public testing::Test {
 protected:
  std::string query{"\x12\x34\1\0\0\1\0\0\0\0\0\0\4ok-A\1b\1c\0\0\1\0\1", 26};
  Rule rule{RuleOptions{}};
  ResponseWriter writer{rule, &rule, {}};
  FaultyUpstream faulty{writer, 1};
  UpstreamCounts counts;

  std::vector<Caught::One> ask(const char* faults, Instant now = Instant{1h}) {
    std::string error;
    upstream.faults = {};
    EXPECT_TRUE(upstream.faults.add_text(faults, &error)) << error;
    Caught caught;
    faulty.respond(upstream, {reinterpret_cast<const uint8_t*>(query.data()), query.size()},
                   Transport::udp, now, 1s, counts, caught);
    return caught.all;
  }
  Upstream upstream;
};

TEST_F(FaultyUpstreamTest, forged_responses_go_first_and_the_true_one_follows) {
  const std::string truth = ask("dup=0%").at(0).octets;
  ASSERT_GT(truth.size(), query.size());
  for (const char* fault : {"wrong-id", "wrong-question", "garbage", "cut"}) {
    const auto got = ask(fault);
    ASSERT_EQ(got.size(), 2u) << fault;
    EXPECT_NE(got[0].octets, truth) << fault;
    EXPECT_EQ(got[1].octets, truth) << fault;
    EXPECT_EQ(ask((std::string(fault) + ",only").c_str()).size(), 1u) << fault;
  }
  const auto got = ask("wrong-source");
  ASSERT_EQ(got.size(), 2u);
  EXPECT_TRUE(got[0].other_port);
  EXPECT_FALSE(got[1].other_port);
  EXPECT_NE(ask("wrong-id")[0].octets.substr(0, 2), truth.substr(0, 2));
  EXPECT_EQ(ask("wrong-id")[0].octets.substr(2), truth.substr(2));
}

TEST_F(FaultyUpstreamTest, rcodes_loss_and_case) {
  const auto rcode = [&](const char* faults) { return ask(faults).at(0).octets[3] & 15; };
  EXPECT_EQ(rcode("refused"), 5);
  EXPECT_EQ(rcode("servfail"), 2);
  EXPECT_EQ(rcode("lame"), 5);
  EXPECT_EQ(ask("lame=referral").at(0).octets[9], 1);  // NSCOUNT
  EXPECT_TRUE(ask("dead").empty());
  EXPECT_TRUE(ask("loss=100%").empty());
  EXPECT_TRUE(ask("loss-response=100%").empty());
  EXPECT_EQ(ask("dup=100%").size(), 2u);
  EXPECT_EQ(ask("delay=7ms").at(0).delay, 7ms);
  EXPECT_EQ(ask("dup=0%").at(0).octets.substr(12, 5), "\4ok-A");
  EXPECT_EQ(ask("lower-question").at(0).octets.substr(12, 5), "\4ok-a");
}

TEST_F(FaultyUpstreamTest, lies_rewrites_and_hides_stand_in_the_place_of_the_truth) {
  const std::string false_address{"\300\0\2\102", 4};
  const auto lies = [&](const char* faults) {
    return ask(faults).at(0).octets.find(false_address) != std::string::npos;
  };
  const auto rcode = [&](const char* faults) { return ask(faults).at(0).octets[3] & 15; };
  EXPECT_TRUE(lies("rewrites"));
  EXPECT_FALSE(lies("lies") || lies("hides"));
  query[13] = 'n', query[14] = 'x';  // does not exist
  EXPECT_EQ(rcode("dup=0%"), 3);
  EXPECT_TRUE(lies("lies"));
  EXPECT_EQ(rcode("lies"), 0);
  EXPECT_EQ(rcode("rewrites"), 3);
  EXPECT_EQ(rcode("hides"), 0);
  EXPECT_EQ(ask("hides").at(0).octets[7], 0);  // ANCOUNT
}

TEST_F(FaultyUpstreamTest, lies_may_begin_later) {
  query[13] = 'n', query[14] = 'x';
  const auto rcode = [&](const char* faults) { return ask(faults).at(0).octets[3] & 15; };
  EXPECT_EQ(rcode("lies,lies-at=1s"), 0);  // a second has passed
  EXPECT_EQ(rcode("lies,lies-at=1001ms"), 3);
  upstream.queries = 0;
  for (int i = 0; i < 3; ++i) EXPECT_EQ(rcode("lies,lies-after=3"), 3);
  EXPECT_EQ(rcode("lies,lies-after=3"), 0);
}

TEST_F(FaultyUpstreamTest, edns_and_do_may_be_ignored) {
  ResponderOptions options;
  options.signatures = true;
  writer = ResponseWriter(rule, &rule, options);
  query[11] = 1;  // ARCOUNT: OPT with DO
  query += std::string("\0\0\51\4\320\0\0\200\0\0\0", 11);
  const auto counts_of = [&](const char* faults) {
    const std::string octets = ask(faults).at(0).octets;
    return std::pair(int{octets[7]}, int{octets[11]});  // ANCOUNT, ARCOUNT
  };
  EXPECT_EQ(counts_of("dup=0%"), std::pair(2, 1));
  EXPECT_EQ(counts_of("no-dnssec"), std::pair(1, 1));
  EXPECT_EQ(counts_of("no-edns"), std::pair(1, 0));
}

TEST_F(FaultyUpstreamTest, cap_holds_in_any_second) {
  unsigned passed = 0;
  for (int i = 0; i < 3000; ++i) passed += !ask("cap=10/s", Instant{1h + i * 1ms}).empty();
  EXPECT_EQ(passed, 30u);
  EXPECT_EQ(ask("cap=10/s:servfail", Instant{1h + 3s}).at(0).octets[3] & 15, 0);
}

TEST_F(FaultyUpstreamTest, a_cap_that_changes_holds_in_any_second_before_and_after) {
  const auto passed = [&](Duration from, Duration to) {
    unsigned count = 0;
    for (Duration at = from; at < to; at += 1ms) {
      const std::string cap = at < 3s ? "10" : at < 6s ? "4" : "20";
      const std::string faults = "cap=10/s,cap-then=" + cap + "/s@1s";  // ask() is in the second 1
      count += !ask(faults.c_str(), Instant{1h + at}).empty();
    }
    return count;
  };
  EXPECT_EQ(passed(0s, 3s), 30u);
  EXPECT_EQ(passed(3s, 6s), 12u);
  EXPECT_EQ(passed(6s, 8s), 40u);
  EXPECT_EQ(upstream.faults.cap_at(999ms), 10u);
  EXPECT_EQ(upstream.faults.cap_at(1s), 20u);
}

TEST(SecondWindow, counts_the_fullest_second) {
  SecondWindow window;
  for (int i = 0; i < 100; ++i) window.add(Instant{1h + i * 100ms}, 3);
  EXPECT_EQ(window.most(), 30u);
  window.add(Instant{1h + 20s}, 31);
  EXPECT_EQ(window.most(), 31u);
  for (int i = 0; i < 50; ++i) window.add(Instant{1h + 30s + i * 1ms}, 1);
  EXPECT_EQ(window.most(), 50u);
}

TEST(DelayQueue, gives_back_in_order_of_time) {
  DelayQueue<int> queue;
  EXPECT_EQ(queue.next_due(), never);
  for (const int i : {3, 1, 2}) ASSERT_TRUE(queue.add(Instant{i * 1ms}, i, {}));
  std::vector<int> got;
  queue.take_due(Instant{2ms}, [&](int to, Octets) { got.push_back(to); });
  EXPECT_EQ(got, (std::vector<int>{1, 2}));
  EXPECT_EQ(queue.next_due(), Instant{3ms});
}

TEST(AddressRange, reads_addresses_ranges_and_prefixes) {
  const auto text = [](const char* range_text) -> std::string {
    std::string error;
    const auto range = AddressRange::from_text(range_text, &error);
    if (!range) return error.empty() ? "no reason" : "no";
    const uint16_t port = range->port.value_or(53);
    return range->address(0, port).to_text() + " x" + std::to_string(range->count);
  };
  EXPECT_EQ(text("127.0.0.1"), "127.0.0.1:53 x1");
  EXPECT_EQ(text("127.0.0.1:5300"), "127.0.0.1:5300 x1");
  EXPECT_EQ(text("127.0.0.1-4:5300"), "127.0.0.1:5300 x4");
  EXPECT_EQ(text("127.0.0.9-127.0.1.2"), "127.0.0.9:53 x250");
  EXPECT_EQ(text("127.1.2.3/18:77"), "127.1.0.0:77 x16384");
  EXPECT_EQ(text("[::1]:5300"), "[::1]:5300 x1");
  EXPECT_EQ(text("::1"), "[::1]:53 x1");
  for (const char* bad : {"", "x", "127.0.0", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:x",
                          "127.0.0.4-1", "127.0.0.1-256", "127.0.0.1/33", "127.0.0.1/7", "[::1",
                          "[127.0.0.1]:53", "127.0.0.1-", "127.0.0.1:53:53"}) {
    EXPECT_EQ(text(bad), "no") << bad;
  }
}

}  // namespace
}  // namespace dnswarm::sim
