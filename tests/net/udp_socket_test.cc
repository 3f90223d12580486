#include "net/udp_socket.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <set>

#include "tests/net/loop_fixture.h"

namespace dnswarm {
namespace {

class UdpSockets : public testing::TestWithParam<const char*> {
 protected:
  Address loopback() const { return *Address::from_text(GetParam(), 0); }
};
INSTANTIATE_TEST_SUITE_P(Families, UdpSockets, testing::Values("127.0.0.1", "::1"));

TEST_P(UdpSockets, connected_is_nonblocking_and_close_on_exec_with_a_large_buffer) {
  Address peer = loopback();
  peer.set_port(53);
  const UdpSocket socket = open_connected_udp(peer, Address());
  ASSERT_GE(socket.fd, 0);
  EXPECT_EQ(socket.error, 0);
  EXPECT_NE(fcntl(socket.fd, F_GETFL) & O_NONBLOCK, 0);
  EXPECT_NE(fcntl(socket.fd, F_GETFD) & FD_CLOEXEC, 0);
  // The kernel's default for an ordinary user, doubled, is what it may not fall below.
  EXPECT_GE(socket.receive_octets, 212992u);
  sockaddr_in6 raw{};
  socklen_t length = sizeof raw;
  ASSERT_EQ(getpeername(socket.fd, reinterpret_cast<sockaddr*>(&raw), &length), 0);
  EXPECT_EQ(Address(reinterpret_cast<const sockaddr*>(&raw)), peer);
  close(socket.fd);
}

TEST_P(UdpSockets, source_gives_the_address_but_not_the_port) {
  Address source = loopback(), peer = loopback();
  peer.set_port(53);
  source.set_port(1);  // would want privileges, or be taken
  std::set<uint16_t> ports;
  for (int i = 0; i < 16; ++i) {
    for (const UdpSocket& socket :
         {open_connected_udp(peer, source), open_unconnected_udp(source.family(), source)}) {
      ASSERT_GE(socket.fd, 0);
      const Address local = local_address(socket.fd);
      EXPECT_EQ(local.host_text(), GetParam());
      EXPECT_NE(local.port(), 1);
      ports.insert(local.port());
      close(socket.fd);
    }
  }
  EXPECT_GT(ports.size(), 16u);  // drawn, not counted up from a fixed start
}

TEST_P(UdpSockets, unconnected_has_a_port_at_once) {
  const UdpSocket socket = open_unconnected_udp(loopback().family(), Address());
  ASSERT_GE(socket.fd, 0);
  EXPECT_NE(local_address(socket.fd).port(), 0);
  EXPECT_EQ(local_address(socket.fd).family(), loopback().family());
  EXPECT_GT(socket.receive_octets, 0u);
  close(socket.fd);
}

TEST_P(UdpSockets, nothing_is_sent_in_fragments) {
  Address peer = loopback();
  peer.set_port(53);
  const bool v6 = peer.family() == AF_INET6;
  for (const UdpSocket& socket :
       {open_connected_udp(peer, Address()), open_unconnected_udp(peer.family(), Address())}) {
    ASSERT_GE(socket.fd, 0);
    int discovery = -1;
    socklen_t length = sizeof discovery;
    ASSERT_EQ(getsockopt(socket.fd, v6 ? IPPROTO_IPV6 : IPPROTO_IP, v6 ? IPV6_MTU_DISCOVER : IP_MTU_DISCOVER,
                         &discovery, &length), 0);
    EXPECT_EQ(discovery, v6 ? IPV6_PMTUDISC_PROBE : IP_PMTUDISC_PROBE);
    close(socket.fd);
  }
}

TEST_P(UdpSockets, source_that_is_not_ours_is_an_error) {
  const bool v6 = loopback().family() == AF_INET6;
  const Address foreign = *Address::from_text(v6 ? "2001:db8::77" : "192.0.2.77", 0);
  for (const UdpSocket& socket : {open_connected_udp(loopback(), foreign),
                                  open_unconnected_udp(foreign.family(), foreign)}) {
    EXPECT_EQ(socket.fd, -1);
    EXPECT_EQ(socket.error, EADDRNOTAVAIL);
  }
}

TEST(UdpSocketErrors, families_that_differ_or_are_unknown) {
  const Address v4 = *Address::from_text("127.0.0.1", 53), v6 = *Address::from_text("::1", 53);
  for (const UdpSocket& socket :
       {open_connected_udp(v4, v6), open_connected_udp(v6, v4), open_connected_udp(Address(), v4),
        open_unconnected_udp(AF_INET, v6), open_unconnected_udp(AF_UNIX, Address())}) {
    EXPECT_EQ(socket.fd, -1);
    EXPECT_NE(socket.error, 0);
  }
}

TEST(DatagramsThatFit, charges_each_its_buffer) {
  EXPECT_EQ(datagrams_that_fit(0), 1u);
  EXPECT_EQ(datagrams_that_fit(2303), 1u);
  EXPECT_EQ(datagrams_that_fit(425984), 184u);  // stock sysctls
}

}  // namespace
}  // namespace dnswarm
