// Octets out and in, over both loops: nothing lost, nothing mixed up.
#include <deque>
#include <map>
#include <random>

#include "tests/net/loop_fixture.h"

namespace dnswarm {
namespace {

class LoopExchange : public LoopTest {
 protected:
  // 150 datagrams wait in each of four sockets.
  void receive_600_later() {
    Peer peer;
    Address ours[4];
    for (Address& address : ours) connect_to(peer, &address);
    turn();
    for (int i = 0; i < 150; ++i) {
      for (const Address& to : ours) peer.send_to(to, "x");
    }
  }
};

std::string kind_name(const testing::TestParamInfo<LoopKind>& info) { return info.param.name; }
INSTANTIATE_TEST_SUITE_P(Loops, LoopExchange, testing::ValuesIn(loop_kinds), kind_name);

// A datagram that tells where it belongs: its number, then octets that follow from it.
std::string numbered(uint32_t number, size_t size) {
  std::string octets(size, '\0');
  for (size_t i = 0; i < size; ++i) {
    octets[i] = static_cast<char>(i < 4 ? number >> (8 * i) : number * 31 + i);
  }
  return octets;
}

struct Conversation {
  SocketIndex socket;
  const Address* destination;
  Peer* peer;
};

// Sends batches of 1 to 40 datagrams of 4 to 1,232 octets, `total` in all, to echoing peers, and
// expects each back once, unchanged, on the socket it left from.
void converse(Loop& loop, Recorder& recorder, const std::vector<Conversation>& all,
              uint32_t total) {
  std::minstd_rand random(7);
  std::map<uint32_t, std::pair<SocketIndex, std::string>> waiting;
  std::deque<std::string> kept;  // does not move what is in it
  uint32_t number = 0;
  int idle = 0;
  while ((number < total || !waiting.empty()) && idle < 100) {
    kept.clear();
    while (waiting.size() < 150 && number < total) {
      const Conversation& to = all[random() % all.size()];
      const size_t size = 4 + random() % 1229;
      const auto segments = static_cast<uint16_t>(1 + random() % 40);
      kept.emplace_back();
      for (uint16_t i = 0; i < segments; ++i, ++number) {
        kept.back() += numbered(number, size);
        waiting[number] = {to.socket, numbered(number, size)};
      }
      const auto* octets = reinterpret_cast<const uint8_t*>(kept.back().data());
      loop.send({to.socket, to.destination, octets, static_cast<uint16_t>(size), segments});
    }
    loop.turn(Duration::zero(), 1, recorder);
    for (std::string& octets : kept) octets.assign(octets.size(), '!');
    for (const Conversation& each : all) each.peer->receive();
    loop.turn(milliseconds(10), 64, recorder);
    idle = recorder.datagrams.empty() ? idle + 1 : 0;
    for (const Recorder::Datagram& datagram : recorder.datagrams) {
      ASSERT_GE(datagram.octets.size(), 4u);
      uint32_t got = 0;
      for (size_t i = 4; i-- > 0;) got = got << 8 | static_cast<uint8_t>(datagram.octets[i]);
      const auto found = waiting.find(got);
      ASSERT_NE(found, waiting.end()) << "twice, or never sent: " << got;
      EXPECT_EQ(datagram.socket, found->second.first);
      EXPECT_EQ(datagram.octets, found->second.second);
      EXPECT_FALSE(datagram.truncated);
      waiting.erase(found);
    }
    recorder.datagrams.clear();
  }
  EXPECT_TRUE(waiting.empty()) << waiting.size() << " lost of " << total;
  EXPECT_TRUE(recorder.failures.empty());
  EXPECT_TRUE(recorder.errors.empty());
}

TEST_P(LoopExchange, echoes_on_connected_sockets) {
  for (const int family : {AF_INET, AF_INET6}) {
    Peer one(family), two(family);
    one.echo = two.echo = true;
    std::vector<Conversation> all;
    for (Peer* peer : {&one, &two, &one, &two, &two}) {
      all.push_back({connect_to(*peer), nullptr, peer});
    }
    converse(*loop, recorder, all, 6000);
    for (const Conversation& each : all) loop->remove_socket(each.socket);
  }
}

TEST_P(LoopExchange, echoes_on_unconnected_sockets) {
  for (const int family : {AF_INET, AF_INET6}) {
    Peer one(family), two(family), three(family);
    std::vector<Conversation> all;
    const SocketIndex sockets[] = {open_unconnected(family), open_unconnected(family)};
    for (const SocketIndex socket : sockets) {
      for (Peer* peer : {&one, &two, &three}) {
        peer->echo = true;
        all.push_back({socket, &peer->address(), peer});
      }
    }
    converse(*loop, recorder, all, 6000);
    for (const SocketIndex socket : sockets) loop->remove_socket(socket);
  }
}

TEST_P(LoopExchange, names_the_source_on_unconnected_sockets_only) {
  for (const int family : {AF_INET, AF_INET6}) {
    recorder.datagrams.clear();
    Peer peer(family);
    Address ours[2];
    const SocketIndex open = open_unconnected(family, &ours[0]);
    const SocketIndex connected = connect_to(peer, &ours[1]);
    turn();
    for (const Address& to : ours) peer.send_to(to, "x");
    turn_until(2);
    ASSERT_EQ(recorder.datagrams.size(), 2u);
    for (const Recorder::Datagram& datagram : recorder.datagrams) {
      EXPECT_EQ(datagram.source, datagram.socket == open ? peer.address() : Address());
      EXPECT_TRUE(datagram.socket == open || datagram.socket == connected);
    }
  }
}

TEST_P(LoopExchange, batch_arrives_as_separate_datagrams) {
  Peer peer;
  const SocketIndex connected = connect_to(peer), open = open_unconnected(AF_INET);
  for (const uint16_t segments : std::initializer_list<uint16_t>{1, 2, 3, 31, 64}) {
    std::string octets;
    std::vector<std::string> expected;
    for (uint32_t i = 0; i < segments; ++i) octets += expected.emplace_back(numbered(i, 51));
    for (const bool is_open : {false, true}) {
      std::string copy = octets;
      send(is_open ? open : connected, copy, segments, is_open ? &peer.address() : nullptr);
      turn();
      copy.assign(copy.size(), '!');  // ours again
      EXPECT_EQ(peer.receive(), expected);
    }
  }
  EXPECT_TRUE(recorder.failures.empty());
}

TEST_P(LoopExchange, batch_over_64_KiB_goes_in_several_sends) {
  Peer peer;
  const SocketIndex socket = connect_to(peer);
  std::string octets;
  std::vector<std::string> expected;
  for (uint32_t i = 0; i < 64; ++i) octets += expected.emplace_back(numbered(i, 1232));
  send(socket, octets, 64);
  turn();
  EXPECT_EQ(peer.receive(), expected);
  EXPECT_TRUE(recorder.failures.empty());
}

TEST_P(LoopExchange, more_sends_than_a_queue_holds_go_out_in_one_turn) {
  Peer peers[5];
  const SocketIndex socket = open_unconnected(AF_INET);
  const std::string octet = "q";
  for (int i = 0; i < 300; ++i) {
    for (const Peer& peer : peers) send(socket, octet, 1, &peer.address());
  }
  turn();
  for (Peer& peer : peers) EXPECT_EQ(peer.receive().size(), 300u);
}

TEST_P(LoopExchange, more_datagrams_than_receive_buffers_lose_nothing) {
  open({.receive_buffers = 16});
  if (!loop) return;
  Peer peer;
  Address ours[3];
  const SocketIndex sockets[] = {connect_to(peer, &ours[0]), connect_to(peer, &ours[1]),
                                 open_unconnected(AF_INET, &ours[2])};
  turn();
  std::vector<std::string> expected;
  for (uint32_t i = 0; i < 150; ++i) {
    expected.push_back(numbered(i, 20));
    for (const Address& to : ours) peer.send_to(to, expected.back());
  }
  turn_until(450);
  std::map<SocketIndex, std::vector<std::string>> got;
  for (const auto& datagram : recorder.datagrams) got[datagram.socket].push_back(datagram.octets);
  for (const SocketIndex socket : sockets) EXPECT_EQ(got[socket], expected);
  EXPECT_TRUE(recorder.errors.empty());
}

TEST_P(LoopExchange, one_turn_drains_what_has_come_before_it) {
  receive_600_later();
  turn(seconds(10));
  EXPECT_EQ(recorder.datagrams.size(), 600u);
  // All but perhaps a few that came alone were announced, each once.
  EXPECT_GT(recorder.announced, 500u);
  EXPECT_EQ(recorder.foretold, recorder.announced);
}

TEST_P(LoopExchange, a_turn_can_be_told_to_deliver_a_part) {
  receive_600_later();
  // One receive request, or socket, is taken whole.
  EXPECT_FALSE(loop->turn(seconds(10), 1, recorder, 50));
  EXPECT_GE(recorder.datagrams.size(), 50u);
  EXPECT_LT(recorder.datagrams.size(), 600u);
  int turns = 0;
  while (!loop->turn(Duration::zero(), 1, recorder, 50) && turns < 600) ++turns;
  EXPECT_EQ(recorder.datagrams.size(), 600u);
  EXPECT_TRUE(loop->turn(Duration::zero(), 1, recorder, 50));
}

TEST_P(LoopExchange, zero_length_datagrams_come_and_do_not_stop_reception) {
  Peer peer;
  Address ours[2];
  connect_to(peer, &ours[0]);
  open_unconnected(AF_INET, &ours[1]);
  turn();
  const std::vector<std::string> expected = {"", "a", "", "", "b", ""};
  for (const Address& to : ours) {
    recorder.datagrams.clear();
    for (const std::string& octets : expected) peer.send_to(to, octets);
    turn_until(expected.size());
    std::vector<std::string> got;
    for (const auto& datagram : recorder.datagrams) got.push_back(datagram.octets);
    EXPECT_EQ(got, expected);
  }
}

TEST_P(LoopExchange, sends_zero_length_datagrams) {
  Peer peer;
  const SocketIndex socket = connect_to(peer);
  send(socket, "", 3);
  turn();
  EXPECT_EQ(peer.receive(), std::vector<std::string>(3));
  EXPECT_TRUE(recorder.failures.empty());
}

TEST_P(LoopExchange, marks_truncated_datagrams) {
  open({.receive_buffer_octets = 512});
  if (!loop) return;
  Peer peer;
  Address ours[2];
  connect_to(peer, &ours[0]);
  open_unconnected(AF_INET, &ours[1]);
  turn();
  for (const Address& to : ours) {
    for (const size_t size : {size_t{400}, size_t{513}, size_t{2000}}) peer.send_to(to, numbered(9, size));
  }
  turn_until(6);
  ASSERT_EQ(recorder.datagrams.size(), 6u);
  for (size_t i = 0; i < 6; ++i) {
    const Recorder::Datagram& datagram = recorder.datagrams[i];
    const std::string whole = numbered(9, 2000);
    EXPECT_EQ(datagram.truncated, datagram.octets.size() != 400) << datagram.octets.size();
    EXPECT_LE(datagram.octets.size(), 512u);
    EXPECT_GE(datagram.octets.size(), 400u);
    EXPECT_EQ(datagram.octets, whole.substr(0, datagram.octets.size()));
  }
}

TEST_P(LoopExchange, sends_from_a_handler_leave_with_the_next_turn) {
  Peer peer;
  Address ours;
  const SocketIndex socket = connect_to(peer, &ours);
  turn();
  const std::string octets = "response";
  recorder.then = [&] { send(socket, octets); };
  for (int i = 0; i < 5; ++i) peer.send_to(ours, "x");
  turn_until(5);
  turn();
  EXPECT_EQ(peer.receive(), std::vector<std::string>(5, octets));
}

}  // namespace
}  // namespace dnswarm
