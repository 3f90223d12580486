// What the network and the kernel refuse, over both loops: told, and survived.
#include <netinet/udp.h>

#include <algorithm>
#include <cstring>
#include <set>
#include <utility>

#include "tests/net/loop_fixture.h"

namespace dnswarm {
namespace {

class LoopErrors : public LoopTest {
 protected:
  static std::vector<std::string> strings(std::initializer_list<const char*> from) {
    return {from.begin(), from.end()};
  }
  std::vector<std::string> failed(int error) const {
    std::vector<std::string> octets;
    for (const Recorder::Failure& failure : recorder.failures) {
      if (failure.error == error) octets.push_back(failure.octets);
    }
    return octets;
  }
};

std::string kind_name(const testing::TestParamInfo<LoopKind>& info) { return info.param.name; }
INSTANTIATE_TEST_SUITE_P(Loops, LoopErrors, testing::ValuesIn(loop_kinds), kind_name);

// A port on loopback that nobody listens to, and may come back.
uint16_t closed_port() { return Peer().address().port(); }

TEST_P(LoopErrors, refused_is_reported_and_reception_goes_on) {
  const uint16_t port = closed_port();
  Address peer_address = *Address::from_text("127.0.0.1", port);
  const UdpSocket socket = open_connected_udp(peer_address, Address());
  const Address ours = local_address(socket.fd);
  const SocketIndex index = loop->add_socket(socket.fd, true);
  const std::string query = "query";
  for (int i = 0; i < 3; ++i) {
    send(index, query);
    turn();
    turn(milliseconds(1));
  }
  EXPECT_GE(recorder.errors.size() + recorder.failures.size(), 2u);
  for (const int error : recorder.errors) EXPECT_EQ(error, ECONNREFUSED);
  EXPECT_EQ(failed(ECONNREFUSED).size(), recorder.failures.size());

  Peer peer(AF_INET, port);
  turn();
  recorder.failures.clear();
  send(index, query);
  turn();
  EXPECT_EQ(peer.receive(), strings({"query"}));
  EXPECT_TRUE(recorder.failures.empty());
  for (int i = 0; i < 3; ++i) peer.send_to(ours, "response");
  turn_until(3);
  EXPECT_EQ(recorder.datagrams.size(), 3u);
}

// Each datagram either arrives or is reported: the ones that an ICMP error ate are told one by one.
TEST_P(LoopErrors, datagrams_eaten_by_a_pending_error_are_reported_one_by_one) {
  const uint16_t port = closed_port();
  const UdpSocket socket = open_connected_udp(*Address::from_text("127.0.0.1", port), Address());
  const SocketIndex index = loop->add_socket(socket.fd, true);
  turn();
  ASSERT_EQ(::send(socket.fd, "x", 1, 0), 1);  // its ICMP error is pending now
  Peer peer(AF_INET, port);
  const std::string octets = "aabbccddee";
  send(index, octets, 5);
  send(index, octets, 5);
  turn();
  turn();
  std::vector<std::string> all = peer.receive();
  for (const std::string& each : failed(ECONNREFUSED)) all.push_back(each);
  std::sort(all.begin(), all.end());
  EXPECT_EQ(all, strings({"aa", "aa", "bb", "bb", "cc", "cc", "dd", "dd", "ee", "ee"}));
  EXPECT_EQ(recorder.failures.size() + recorder.errors.size() > 0, true);
  // The mmsg loop sends before it reads, so there the batch in front meets the error.
  if (!GetParam().ring) {
    EXPECT_EQ(recorder.failures.size(), GetParam().gso ? 5u : 1u);
  }
}

TEST_P(LoopErrors, failed_segmentation_falls_back_to_single_sends) {
  Peer peer;
  const UdpSocket socket = open_connected_udp(peer.address(), Address());
  const int on = 1;  // a socket without checksums cannot have its sends segmented: EINVAL or EIO
  ASSERT_EQ(setsockopt(socket.fd, SOL_SOCKET, SO_NO_CHECK, &on, sizeof on), 0);
  const SocketIndex index = loop->add_socket(socket.fd, true);
  const std::string one = "aabbccdd", two = "112233";
  for (int i = 0; i < 3; ++i) {
    send(index, one, 4);
    send(index, two, 1);
    send(index, two, 3);
    turn();
    std::vector<std::string> got = peer.receive();
    std::sort(got.begin(), got.end());
    EXPECT_EQ(got, strings({"11", "112233", "22", "33", "aa", "bb", "cc", "dd"}));
  }
  EXPECT_TRUE(recorder.failures.empty());
}

TEST_P(LoopErrors, forbidden_destination_fails_datagram_by_datagram) {
  const UdpSocket socket = open_unconnected_udp(AF_INET, Address());
  const SocketIndex index = loop->add_socket(socket.fd, false);
  const Address broadcast = *Address::from_text("127.255.255.255", 53);  // wants SO_BROADCAST
  Peer peer;
  const std::string octets = "aabbcc";
  send(index, octets, 1, &peer.address());
  send(index, octets, 3, &broadcast);
  send(index, octets, 3, &peer.address());
  turn();
  ASSERT_EQ(recorder.failures.size(), 3u);
  EXPECT_EQ(failed(EACCES), strings({"aa", "bb", "cc"}));
  for (const auto& failure : recorder.failures) {
    EXPECT_EQ(failure.destination, broadcast);
    EXPECT_EQ(failure.socket, index);
  }
  EXPECT_EQ(peer.receive(), strings({"aabbcc", "aa", "bb", "cc"}));
}

TEST_P(LoopErrors, datagram_over_64_KiB_fails_alone) {
  Peer peer;
  const SocketIndex index = connect_to(peer);
  const std::string large(65535, 'x'), small = "small";
  send(index, large);
  send(index, small);
  turn();
  EXPECT_EQ(failed(EMSGSIZE), std::vector<std::string>{large});
  EXPECT_EQ(recorder.failures.size(), 1u);
  EXPECT_EQ(peer.receive(), strings({"small"}));
}

// On loopback UDP never has to wait; a local datagram socket stands in, which is charged for what
// its peer has not read.
TEST_P(LoopErrors, congestion_is_reported_for_each_datagram_that_did_not_leave) {
  int fds[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, fds), 0);
  const int least = 1;  // the kernel makes it 4,608 octets: a few datagrams
  setsockopt(fds[0], SOL_SOCKET, SO_SNDBUF, &least, sizeof least);
  const SocketIndex index = loop->add_socket(fds[0], true);
  const auto receive = [&] {
    std::vector<std::string> all;
    char octet;
    while (recv(fds[1], &octet, 1, 0) == 1) all.emplace_back(1, octet);
    return all;
  };
  std::string octets;
  while (octets.size() < 200) octets += static_cast<char>('!' + octets.size() % 64);
  std::vector<std::string> expected;
  for (size_t i = 0; i < 200; ++i) {
    expected.emplace_back(1, octets[i]);
    loop->send({.socket = index,
                .octets = reinterpret_cast<const uint8_t*>(&octets[i]),
                .segment_octets = 1,
                .segments = 1});
  }
  turn();
  std::vector<std::string> all = receive();
  EXPECT_GT(all.size(), 0u);
  EXPECT_GT(recorder.failures.size(), 0u);
  EXPECT_EQ(failed(EAGAIN).size(), recorder.failures.size());
  for (const std::string& each : failed(EAGAIN)) all.push_back(each);
  EXPECT_EQ(all, expected);
  // It goes on once there is room.
  recorder.failures.clear();
  send(index, octets);
  turn();
  EXPECT_EQ(receive().size(), 1u);
  EXPECT_TRUE(recorder.failures.empty());
  close(fds[1]);
}

TEST_P(LoopErrors, drops_counts_what_the_socket_had_no_room_for) {
  Peer peer;
  const UdpSocket socket = open_connected_udp(peer.address(), Address());
  const int octets = 1;
  setsockopt(socket.fd, SOL_SOCKET, SO_RCVBUF, &octets, sizeof octets);
  const Address ours = local_address(socket.fd);
  const SocketIndex index = loop->add_socket(socket.fd, true);
  EXPECT_EQ(loop->drops(index), 0u);
  for (int i = 0; i < 100; ++i) peer.send_to(ours, "x");
  turn_until(1);
  turn();
  EXPECT_GT(loop->drops(index), 0u);
  EXPECT_EQ(loop->drops(index) + recorder.datagrams.size(), 100u);
}

// ------------------------------------------------------------------ sockets that come and go

TEST_P(LoopErrors, late_completions_of_removed_sockets_are_not_delivered) {
  open({.receive_buffers = 16});  // few, so that it shows if theirs were not given back
  if (!loop) return;
  Peer peer;
  Address ours;
  SocketIndex socket = connect_to(peer, &ours);
  for (int i = 0; i < 10; ++i) {
    turn();
    for (int k = 0; k < 100; ++k) peer.send_to(ours, "old");
    loop->remove_socket(socket);
    const SocketIndex fresh = connect_to(peer, &ours);
    EXPECT_EQ(fresh, std::exchange(socket, fresh));
  }
  turn();
  EXPECT_TRUE(recorder.datagrams.empty());
  for (int i = 0; i < 10; ++i) peer.send_to(ours, "new");
  turn_until(10);
  ASSERT_EQ(recorder.datagrams.size(), 10u);
  for (const auto& datagram : recorder.datagrams) EXPECT_EQ(datagram.octets, "new");
}

TEST_P(LoopErrors, handler_may_remove_the_socket_it_hears) {
  Peer peer;
  Address ours[2];
  const SocketIndex first = connect_to(peer, &ours[0]);
  const SocketIndex second = connect_to(peer, &ours[1]);
  turn();
  for (int i = 0; i < 100; ++i) peer.send_to(ours[0], "first");
  Address fresh_address;
  SocketIndex fresh = 99;
  recorder.then = [&] {
    loop->remove_socket(first);
    fresh = connect_to(peer, &fresh_address);
    recorder.then = nullptr;
  };
  turn_until(1);
  turn();
  EXPECT_EQ(recorder.datagrams.size(), 1u);
  peer.send_to(fresh_address, "fresh");
  peer.send_to(ours[1], "second");
  turn_until(3);
  ASSERT_EQ(recorder.datagrams.size(), 3u);
  for (const auto& datagram : recorder.datagrams) {
    const SocketIndex expected = datagram.octets == "fresh"    ? fresh
                                 : datagram.octets == "second" ? second
                                                               : first;
    EXPECT_EQ(datagram.socket, expected);
  }
}

TEST_P(LoopErrors, batches_queued_for_a_removed_socket_do_not_leave_from_its_successor) {
  Peer one, two;
  const std::string octets = "aabb";
  const SocketIndex old = connect_to(one);
  send(old, octets, 2);
  loop->remove_socket(old);
  const SocketIndex fresh = connect_to(two);
  send(fresh, octets, 1);
  turn();
  EXPECT_TRUE(one.receive().empty());
  EXPECT_EQ(two.receive(), strings({"aabb"}));
}

TEST_P(LoopErrors, removed_sockets_give_back_port_descriptor_and_index) {
  Peer peer;
  int first_fd = -1;
  std::set<uint16_t> ports;
  for (int i = 0; i < 300; ++i) {
    const UdpSocket socket = open_connected_udp(peer.address(), Address());
    if (i == 0) first_fd = socket.fd;
    ASSERT_EQ(socket.fd, first_fd);
    const Address ours = local_address(socket.fd);
    const SocketIndex index = loop->add_socket(socket.fd, true);
    ASSERT_EQ(index, 0u);
    if (i % 3 != 0) turn();
    if (i % 2 == 0) peer.send_to(ours, "x");
    loop->remove_socket(index);
    ports.insert(ours.port());
  }
  turn();
  for (uint16_t port : ports) Peer successor(AF_INET, port);  // binds, so the port is free
}

}  // namespace
}  // namespace dnswarm
