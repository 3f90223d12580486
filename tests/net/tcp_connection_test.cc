#include "net/tcp_connection.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <vector>

#include "tests/net/loop_fixture.h"

namespace dnswarm {
namespace {

std::string framed(const std::string& message) {
  std::string frame;
  frame += static_cast<char>(message.size() >> 8);
  frame += static_cast<char>(message.size());
  return frame + message;
}

Octets octets_of(const std::string& text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

// A connection and the plain, blocking socket at its other end.
class TcpConnectionTest : public testing::Test {
 protected:
  void SetUp() override {
    listener_ = listen_on_loopback();
    connection = std::make_unique<TcpConnection>(local_address(listener_), Address(), Instant{});
    peer = accept(listener_, nullptr, nullptr);
    ASSERT_GE(peer, 0);
    drive();
    ASSERT_EQ(connection->state(), TcpConnection::State::open);
  }
  void TearDown() override {
    connection.reset();
    close_peer();
    close(listener_);
  }
  static int listen_on_loopback() {
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    const Address any = *Address::from_text("127.0.0.1", 0);
    EXPECT_EQ(bind(fd, any.sa(), any.sa_octets()), 0);
    EXPECT_EQ(listen(fd, 8), 0);
    return fd;
  }
  void close_peer() {
    if (peer >= 0) close(peer);
    peer = -1;
  }
  void speak(const std::string& octets) {
    EXPECT_EQ(::send(peer, octets.data(), octets.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(octets.size()));
  }
  // One call of on_ready with what poll() says, if it says anything.
  bool drive(int wait_ms = 100) {
    pollfd ready{.fd = connection->fd(), .events = connection->wanted_events(), .revents = 0};
    if (connection->fd() < 0 || poll(&ready, 1, wait_ms) != 1) return false;
    connection->on_ready(ready.revents, now, [this](std::span<uint8_t> message) {
      got.emplace_back(message.begin(), message.end());
      std::fill(message.begin(), message.end(), uint8_t{0xee});
      if (then) then();
    });
    return true;
  }
  std::string heard(size_t size) {
    std::string octets(size, '\0');
    const ssize_t count = recv(peer, octets.data(), size, MSG_WAITALL);
    octets.resize(count < 0 ? 0 : static_cast<size_t>(count));
    return octets;
  }

  std::unique_ptr<TcpConnection> connection;
  int peer = -1;
  Instant now{seconds(7)};
  std::vector<std::string> got;
  std::function<void()> then;

 private:
  int listener_ = -1;
};

TEST_F(TcpConnectionTest, pipelined_frames_split_at_each_octet) {
  const std::vector<std::string> messages = {"first", "", "x", std::string(300, 'y'), ""};
  std::string stream;
  for (const std::string& message : messages) stream += framed(message);
  for (size_t cut = 0; cut <= stream.size(); ++cut) {
    got.clear();
    speak(stream.substr(0, cut));
    if (cut > 0) drive();
    if (cut < stream.size()) {
      speak(stream.substr(cut));
      drive();
    }
    ASSERT_EQ(got, messages) << "cut at " << cut;
  }
  EXPECT_EQ(connection->state(), TcpConnection::State::open);
}

TEST_F(TcpConnectionTest, slow_drip_makes_whole_messages) {
  const std::string stream = framed("drip") + framed("") + framed(std::string(700, 'd'));
  for (const char octet : stream) {
    speak(std::string(1, octet));
    ASSERT_TRUE(drive());
  }
  EXPECT_EQ(got, (std::vector<std::string>{"drip", "", std::string(700, 'd')}));
}

TEST_F(TcpConnectionTest, largest_messages_in_both_directions) {
  const std::string largest(65535, 'm');
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(connection->send(octets_of(largest)));
    ASSERT_TRUE(connection->send(octets_of("small")));
    std::string all;
    while (all.size() < framed(largest).size() + 7) {
      drive(0);
      char room[70000];
      const ssize_t count = recv(peer, room, sizeof room, MSG_DONTWAIT);
      if (count > 0) all.append(room, static_cast<size_t>(count));
    }
    EXPECT_EQ(all, framed(largest) + framed("small"));
    got.clear();
    speak(framed(largest));
    speak(framed("small"));
    while (got.size() < 2 && drive()) {
    }
    EXPECT_EQ(got, (std::vector<std::string>{largest, "small"}));
  }
}

TEST_F(TcpConnectionTest, sends_leave_framed_and_in_order_when_writable) {
  EXPECT_EQ(connection->wanted_events(), POLLIN);
  ASSERT_TRUE(connection->send(octets_of("one")));
  ASSERT_TRUE(connection->send(octets_of("")));
  ASSERT_TRUE(connection->send(octets_of("three")));
  EXPECT_EQ(connection->wanted_events(), POLLIN | POLLOUT);
  drive();
  EXPECT_EQ(connection->wanted_events(), POLLIN);
  const std::string expected = framed("one") + framed("") + framed("three");
  EXPECT_EQ(heard(expected.size()), expected);
}

TEST_F(TcpConnectionTest, never_holds_more_than_octets_unsent_max) {
  const std::string message(998, 'q');  // 1,000 with its length
  size_t queued = 0;
  while (connection->send(octets_of(message))) queued += 1000;
  EXPECT_EQ(queued, TcpConnection::octets_unsent_max / 1000 * 1000);
  const size_t room = TcpConnection::octets_unsent_max - queued;
  EXPECT_FALSE(connection->send(octets_of(std::string(room - 1, 'x'))));
  EXPECT_TRUE(connection->send(octets_of(std::string(room - 2, 'x'))));
  EXPECT_FALSE(connection->send(octets_of("")));
  // What left makes room again, whatever of it the peer has read.
  size_t heard_octets = 0;
  for (int i = 0; i < 2000; ++i) {
    drive(0);
    while (connection->send(octets_of(message))) queued += 1000;
    char octets[1 << 16];
    const ssize_t count = recv(peer, octets, sizeof octets, MSG_DONTWAIT);
    if (count > 0) heard_octets += static_cast<size_t>(count);
    ASSERT_GE(heard_octets + (16u << 20), queued);  // the rest lies in the kernel's buffers at most
  }
  EXPECT_GT(heard_octets, 4 * TcpConnection::octets_unsent_max);
}

TEST_F(TcpConnectionTest, reads_a_bounded_amount_per_call) {
  const int octets = 4 << 20;
  setsockopt(connection->fd(), SOL_SOCKET, SO_RCVBUF, &octets, sizeof octets);
  const std::string message(1000, 'r');
  size_t sent = 0;
  for (; sent < 6 * TcpConnection::octets_read_per_call_max; sent += 1002) {
    const std::string frame = framed(message);
    // A part of a frame is fine: nothing is compared here.
    if (::send(peer, frame.data(), frame.size(), MSG_DONTWAIT | MSG_NOSIGNAL) < 0) break;
  }
  drive();
  EXPECT_LE(got.size() * 1002, TcpConnection::octets_read_per_call_max + (128u << 10));
}

TEST_F(TcpConnectionTest, peer_that_closes_in_order_leaves_no_error) {
  speak(framed("last") + framed("words"));
  close_peer();
  while (connection->state() == TcpConnection::State::open && drive()) {
  }
  EXPECT_EQ(got, (std::vector<std::string>{"last", "words"}));
  EXPECT_EQ(connection->state(), TcpConnection::State::closed);
  EXPECT_EQ(connection->error(), 0);
  EXPECT_EQ(connection->fd(), -1);
  EXPECT_EQ(connection->wanted_events(), 0);
  EXPECT_FALSE(connection->send(octets_of("x")));
}

TEST_F(TcpConnectionTest, peer_that_closes_within_a_frame_is_an_error) {
  for (const std::string& part : {std::string(1, '\0'), framed("cut").substr(0, 4)}) {
    TearDown();
    SetUp();
    speak(part);
    close_peer();
    while (connection->state() == TcpConnection::State::open && drive()) {
    }
    EXPECT_TRUE(got.empty());
    EXPECT_EQ(connection->state(), TcpConnection::State::closed);
    EXPECT_EQ(connection->error(), ECONNRESET);
  }
}

TEST_F(TcpConnectionTest, responses_before_a_close_are_read_though_queries_wait) {
  speak(framed("response"));
  close_peer();
  ASSERT_TRUE(connection->send(octets_of("query")));
  while (connection->state() == TcpConnection::State::open && drive()) {
  }
  EXPECT_EQ(got, (std::vector<std::string>{"response"}));
}

TEST_F(TcpConnectionTest, reset_by_the_peer_is_an_error) {
  const linger hard{.l_onoff = 1, .l_linger = 0};
  setsockopt(peer, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
  close_peer();
  while (connection->state() == TcpConnection::State::open && drive()) {
  }
  EXPECT_EQ(connection->state(), TcpConnection::State::closed);
  EXPECT_EQ(connection->error(), ECONNRESET);
}

TEST_F(TcpConnectionTest, handler_may_send_and_close) {
  then = [this] { EXPECT_TRUE(connection->send(octets_of("more"))); };
  speak(framed("a") + framed("b"));
  drive();
  drive();
  EXPECT_EQ(heard(12), framed("more") + framed("more"));
  then = [this] { connection->close(); };
  speak(framed("c") + framed("d"));
  drive();
  EXPECT_EQ(got, (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(connection->state(), TcpConnection::State::closed);
}

TEST_F(TcpConnectionTest, last_used_follows_octets_in_and_out) {
  const Instant opened = connection->last_used();
  now += seconds(10);
  connection->on_ready(POLLIN, now, [](std::span<uint8_t>) {});
  EXPECT_EQ(connection->last_used(), opened);  // nothing came
  speak("\1");
  drive();
  EXPECT_EQ(connection->last_used(), now);
  now += seconds(10);
  ASSERT_TRUE(connection->send(octets_of("x")));
  EXPECT_NE(connection->last_used(), now);
  drive();
  EXPECT_EQ(connection->last_used(), now);
}

TEST_F(TcpConnectionTest, spurious_events_do_nothing) {
  connection->on_ready(0, now, [](std::span<uint8_t>) { FAIL(); });
  connection->on_ready(POLLIN | POLLOUT, now, [](std::span<uint8_t>) { FAIL(); });
  EXPECT_EQ(connection->state(), TcpConnection::State::open);
  connection->close();
  connection->close();
  connection->on_ready(POLLIN | POLLOUT | POLLHUP, now, [](std::span<uint8_t>) { FAIL(); });
  EXPECT_EQ(connection->state(), TcpConnection::State::closed);
}

TEST_F(TcpConnectionTest, refused_connection_closes_with_its_error) {
  const int closed = listen_on_loopback();
  const Address address = local_address(closed);
  close(closed);
  connection = std::make_unique<TcpConnection>(address, Address(), now);
  while (connection->state() == TcpConnection::State::connecting && drive()) {
  }
  EXPECT_EQ(connection->state(), TcpConnection::State::closed);
  EXPECT_EQ(connection->error(), ECONNREFUSED);
}

TEST_F(TcpConnectionTest, queries_queued_while_connecting_leave_once_connected) {
  const int listener = listen_on_loopback();
  TcpConnection early(local_address(listener), *Address::from_text("127.0.0.1", 0), now);
  ASSERT_TRUE(early.send(octets_of("early")));
  const int other = accept(listener, nullptr, nullptr);
  early.on_ready(POLLOUT, now, [](std::span<uint8_t>) {});
  EXPECT_EQ(early.state(), TcpConnection::State::open);
  char room[7];
  EXPECT_EQ(recv(other, room, sizeof room, MSG_WAITALL), 7);
  EXPECT_EQ(std::string(room, 7), framed("early"));
  close(other);
  close(listener);
}

TEST(TcpConnectionErrors, impossible_source_or_peer_fails_at_once) {
  const Address loopback = *Address::from_text("127.0.0.1", 53);
  const std::pair<Address, Address> table[] = {
      {loopback, *Address::from_text("192.0.2.77", 0)},
      {loopback, *Address::from_text("::1", 0)},
      {Address(), Address()},
  };
  for (const auto& [peer, source] : table) {
    const TcpConnection connection(peer, source, Instant{});
    EXPECT_EQ(connection.state(), TcpConnection::State::closed);
    EXPECT_NE(connection.error(), 0);
    EXPECT_EQ(connection.fd(), -1);
  }
}

}  // namespace
}  // namespace dnswarm
