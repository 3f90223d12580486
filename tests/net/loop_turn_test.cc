// When a turn sleeps, when it wakes, and what else it watches. Bounds of time are generous: they
// tell "returned" from "slept for all of it", nothing finer.
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <atomic>
#include <cstring>
#include <thread>

#include "tests/net/loop_fixture.h"

namespace dnswarm {
namespace {

constexpr Duration long_wait = seconds(60);

class LoopTurn : public LoopTest {
 protected:
  // Runs `what`, which must come back long before long_wait is over.
  template <typename What>
  static void returns_early(What&& what) {
    const Instant start = monotonic_now();
    what();
    EXPECT_LT(monotonic_now() - start, long_wait / 2);
  }
  // With nothing to come, turns sleep. A few may end early (signals, the end of another ring).
  bool sleeps(unsigned want) {
    const Instant start = monotonic_now();
    for (int i = 0; i < 8; ++i) turn(milliseconds(10), want);
    return monotonic_now() - start >= milliseconds(35);
  }
};

std::string kind_name(const testing::TestParamInfo<LoopKind>& info) { return info.param.name; }
INSTANTIATE_TEST_SUITE_P(Loops, LoopTurn, testing::ValuesIn(loop_kinds), kind_name);

TEST_P(LoopTurn, wait_zero_does_not_sleep) {
  returns_early([&] {
    for (int i = 0; i < 1000; ++i) turn();
    for (int i = 0; i < 1000; ++i) turn(Duration::zero(), 64);
    for (int i = 0; i < 10; ++i) turn(-seconds(5), 64);
  });
}

TEST_P(LoopTurn, sleeps_until_wait_is_over) {
  EXPECT_TRUE(sleeps(1));
  EXPECT_TRUE(sleeps(64));
  EXPECT_TRUE(recorder.datagrams.empty());
}

TEST_P(LoopTurn, one_datagram_ends_the_wait_though_more_are_wanted) {
  Peer peer;
  Address ours;
  connect_to(peer, &ours);
  turn();
  returns_early([&] {
    for (const unsigned want : {1U, 2U, 64U, 100000U}) {
      const size_t before = recorder.datagrams.size();
      peer.send_to(ours, "x");
      while (recorder.datagrams.size() == before) turn(long_wait, want);
    }
  });
}

// With deferred task work the kernel counts sockets that have something, not datagrams.
TEST_P(LoopTurn, burst_on_one_socket_ends_the_wait_for_fewer) {
  Peer peer;
  Address ours;
  connect_to(peer, &ours);
  turn();
  returns_early([&] {
    for (const unsigned want : {2U, 8U, 16U}) {
      recorder.datagrams.clear();
      std::thread sender([&] {
        std::this_thread::sleep_for(milliseconds(5));
        for (int i = 0; i < 16; ++i) peer.send_to(ours, "x");
      });
      while (recorder.datagrams.size() < 16) turn(long_wait, want);
      sender.join();
    }
  });
}

TEST_P(LoopTurn, longest_wait_does_not_overflow) {
  returns_early([&] {
    loop->wake();
    turn(Duration::max());
    loop->wake();
    turn(Duration::max(), 64);
  });
}

TEST_P(LoopTurn, wakes_from_another_thread_again_and_again) {
  std::atomic<int> turns = 0;
  std::atomic<bool> stop = false;
  std::thread waker([&] {
    while (!stop) {
      loop->wake();
      std::this_thread::sleep_for(milliseconds(1));
    }
  });
  returns_early([&] {
    for (; turns < 20; ++turns) turn(long_wait, turns % 2 == 0 ? 1 : 64);
  });
  stop = true;
  waker.join();
}

TEST_P(LoopTurn, wake_before_the_turn_counts_and_is_used_up) {
  turn();
  loop->wake();
  loop->wake();
  returns_early([&] { turn(long_wait); });
  EXPECT_TRUE(sleeps(1));
}

TEST_P(LoopTurn, failed_send_ends_the_wait_wherever_it_stands) {
  const UdpSocket socket = open_unconnected_udp(AF_INET, Address());
  const SocketIndex index = loop->add_socket(socket.fd, false);
  const Address broadcast = *Address::from_text("255.255.255.255", 53);  // wants SO_BROADCAST
  Peer peer;
  const std::string octets = "x";
  turn();
  returns_early([&] {
    send(index, octets, 1, &broadcast);
    turn(long_wait);
    send(index, octets, 1, &broadcast);
    for (int i = 0; i < 1000; ++i) send(index, octets, 1, &peer.address());
    turn(long_wait);
  });
  EXPECT_EQ(recorder.failures.size(), 2u);
}

TEST_P(LoopTurn, all_that_is_queued_leaves_before_the_wait) {
  Peer peer;
  Address ours;
  const SocketIndex index = open_unconnected(AF_INET, &ours);
  turn();
  const std::string octets = "x";
  for (int i = 0; i < 1000; ++i) send(index, octets, 1, &peer.address());
  send(index, octets, 1, &ours);  // nothing else ends the wait
  returns_early([&] {
    while (recorder.datagrams.empty()) turn(long_wait);
  });
}

// ------------------------------------------------------------------------- other descriptors

struct Pair {
  Pair() { EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0); }
  ~Pair() {
    close(fds[0]);
    if (fds[1] >= 0) close(fds[1]);
  }
  void speak() { EXPECT_EQ(write(fds[1], "x", 1), 1); }
  int fds[2];
};

TEST_P(LoopTurn, watch_fires_once_and_again_when_asked_again) {
  Pair pair;
  loop->watch(70000, pair.fds[0], POLLIN);
  turn();
  EXPECT_TRUE(recorder.ready.empty());
  pair.speak();
  returns_early([&] { turn(long_wait); });
  ASSERT_EQ(recorder.ready.size(), 1u);
  EXPECT_EQ(recorder.ready[0].first, 70000u);
  EXPECT_EQ(recorder.ready[0].second & (POLLIN | POLLOUT), POLLIN);
  turn(milliseconds(5));
  EXPECT_EQ(recorder.ready.size(), 1u);
  loop->watch(70000, pair.fds[0], POLLIN);
  returns_early([&] { turn(long_wait); });
  EXPECT_EQ(recorder.ready.size(), 2u);
}

TEST_P(LoopTurn, second_watch_replaces_the_first) {
  Pair pair, other;
  loop->watch(1, pair.fds[0], POLLIN);
  turn();
  loop->watch(1, other.fds[0], POLLIN);
  pair.speak();
  turn(milliseconds(5));
  EXPECT_TRUE(recorder.ready.empty());
  loop->watch(1, pair.fds[0], POLLIN | POLLOUT);
  turn(milliseconds(5));
  ASSERT_EQ(recorder.ready.size(), 1u);
  EXPECT_EQ(recorder.ready[0].second, POLLIN | POLLOUT);
}

TEST_P(LoopTurn, unwatched_descriptor_is_silent_and_may_be_closed) {
  for (int i = 0; i < 100; ++i) {
    Pair pair;
    loop->watch(3, pair.fds[0], POLLIN);
    if (i % 2 == 0) turn();
    if (i % 3 == 0) pair.speak();
    loop->unwatch(3);
    // The kernel let go of it: closing this end is seen by the other.
    shutdown(pair.fds[0], SHUT_WR);
    char octet;
    EXPECT_EQ(read(pair.fds[1], &octet, 1), 0);
  }
  loop->unwatch(3);
  loop->unwatch(12345);
  turn(milliseconds(5));
  EXPECT_TRUE(recorder.ready.empty());
}

TEST_P(LoopTurn, closing_after_unwatch_reaches_the_peer) {
  Pair pair;
  loop->watch(4, pair.fds[1], POLLIN);
  turn();
  loop->unwatch(4);
  close(pair.fds[1]);
  pair.fds[1] = -1;
  pollfd ended{.fd = pair.fds[0], .events = POLLIN, .revents = 0};
  EXPECT_EQ(poll(&ended, 1, 0), 1);
}

TEST_P(LoopTurn, watch_reports_hang_up_and_bad_descriptors) {
  Pair pair;
  loop->watch(5, pair.fds[0], POLLIN);
  turn();
  close(pair.fds[1]);
  pair.fds[1] = -1;
  returns_early([&] { turn(long_wait); });
  ASSERT_EQ(recorder.ready.size(), 1u);
  EXPECT_NE(recorder.ready[0].second & POLLHUP, 0);
  loop->watch(6, 9999, POLLIN);
  returns_early([&] { turn(long_wait); });
  ASSERT_EQ(recorder.ready.size(), 2u);
  EXPECT_EQ(recorder.ready[1], (std::pair<uint32_t, short>{6, POLLERR}));
}

TEST_P(LoopTurn, many_watches_at_once) {
  std::vector<std::unique_ptr<Pair>> pairs;
  for (uint32_t i = 0; i < 200; ++i) {
    pairs.push_back(std::make_unique<Pair>());
    loop->watch(i, pairs.back()->fds[0], POLLIN);
    if (i % 2 == 0) pairs.back()->speak();
  }
  for (int i = 0; i < 10; ++i) turn();
  EXPECT_EQ(recorder.ready.size(), 100u);
  for (const auto& [token, events] : recorder.ready) EXPECT_EQ(token % 2, 0u);
}

}  // namespace
}  // namespace dnswarm
