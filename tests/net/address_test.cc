#include "net/address.h"

#include <absl/hash/hash.h>
#include <gtest/gtest.h>

#include <cstring>

namespace dnswarm {
namespace {

struct Good {
  const char* text;
  const char* host;
  uint16_t port;
};

class AddressGood : public testing::TestWithParam<Good> {};
INSTANTIATE_TEST_SUITE_P(
    Table, AddressGood,
    testing::Values(Good{"192.0.2.1", "192.0.2.1", 53}, Good{"192.0.2.1:5353", "192.0.2.1", 5353},
                    Good{"0.0.0.0:1", "0.0.0.0", 1},
                    Good{"255.255.255.255:65535", "255.255.255.255", 65535},
                    Good{"192.0.2.1:00053", "192.0.2.1", 53}, Good{"::", "::", 53},
                    Good{"::1", "::1", 53}, Good{"2001:DB8::1", "2001:db8::1", 53},
                    Good{"2001:db8::1:5353", "2001:db8::1:5353", 53},
                    Good{"[2001:db8::1]", "2001:db8::1", 53},
                    Good{"[2001:db8::1]:5353", "2001:db8::1", 5353},
                    Good{"1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8", 53},
                    Good{"::ffff:192.0.2.1", "::ffff:192.0.2.1", 53},
                    Good{"[::ffff:192.0.2.1]:1", "::ffff:192.0.2.1", 1},
                    Good{"fe80::1%lo", "fe80::1%lo", 53}, Good{"[fe80::1%lo]:99", "fe80::1%lo", 99},
                    Good{"fe80::1%1", "fe80::1%lo", 53},
                    Good{"fe80::1%4000000000", "fe80::1%4000000000", 53},
                    Good{"fe80::1", "fe80::1", 53}));

TEST_P(AddressGood, is_parsed_and_comes_back_as_text) {
  const auto address = Address::from_text(GetParam().text, 53);
  ASSERT_TRUE(address);
  const std::string host = GetParam().host, port = std::to_string(GetParam().port);
  const bool v6 = host.find(':') != host.npos;
  EXPECT_EQ(address->family(), v6 ? AF_INET6 : AF_INET);
  EXPECT_EQ(address->host_text(), host);
  EXPECT_EQ(address->port(), GetParam().port);
  EXPECT_EQ(address->to_text(), v6 ? '[' + host + "]:" + port : host + ':' + port);
  const auto again = Address::from_text(address->to_text(), 1);
  ASSERT_TRUE(again);
  EXPECT_EQ(*again, *address);
  EXPECT_EQ(Address(address->sa()), *address);
  EXPECT_EQ(absl::HashOf(*again), absl::HashOf(*address));
}

class AddressBad : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(
    Table, AddressBad,
    testing::Values("", " ", ":", "::::", ":53", "[", "]", "[]", "[]:53", "[:]:53", "192.0.2", "192.0.2.",
                    "192.0.2.1.", "192.0.2.256", "192.0.2.-1", "192.0.2.01", "0x7f.0.0.1",
                    "192.0.2.1:", "192.0.2.1:0", "192.0.2.1:65536", "192.0.2.1:99999999999",
                    "192.0.2.1:abc", "192.0.2.1:53x", "192.0.2.1:+53", "192.0.2.1:-1",
                    "192.0.2.1: 53", "192.0.2.1 ", " 192.0.2.1", "192.0.2.1:5:3", "[192.0.2.1]",
                    "[192.0.2.1]:53", "[::1", "::1]", "[::1]53", "[::1]:", "[::1]:0", "[::1]:65536",
                    "[::1]:abc", "[::1]]:53", "[[::1]]:53", "[::1]:53:", "2001:db8::g", "1:2:3:4:5:6:7",
                    "1:2:3:4:5:6:7:8:9", "12345::", "::1::2", "::1%lo", "2001:db8::1%1", "fe80::1%",
                    "fe80::1%0", "fe80::1%nosuchlink0", "[fe80::1%]:53", "[fe80::1]%lo:53",
                    "fe80::1%4294967296", "fe80::1%averyveryverylonginterfacename", "%lo",
                    "192.0.2.1%lo", "ns.example", "localhost", "ns.example:53",
                    std::string("192.0.2.1\0", 10), std::string("::1\0x", 5),
                    std::string("fe80::1%lo\0", 11), std::string(70000, '1'),
                    std::string(70000, ':')));

TEST_P(AddressBad, is_refused) { EXPECT_FALSE(Address::from_text(GetParam(), 53)) << GetParam(); }

TEST(Address, default_port_may_be_none) {
  EXPECT_EQ(Address::from_text("192.0.2.1", 0)->port(), 0);
  EXPECT_EQ(Address::from_text("::1", 0)->to_text(), "[::1]:0");
}

TEST(Address, is_none_by_default_and_of_other_families) {
  const Address none;
  EXPECT_EQ(none.family(), AF_UNSPEC);
  EXPECT_EQ(none.port(), 0);
  EXPECT_EQ(none.to_text(), "");
  EXPECT_EQ(none, Address());
  EXPECT_FALSE(none == *Address::from_text("192.0.2.1", 53));
  sockaddr unix_address{};
  unix_address.sa_family = AF_UNIX;
  EXPECT_EQ(Address(&unix_address), none);
}

TEST(Address, equality_takes_in_family_address_port_and_link_scope) {
  const char* all[] = {"192.0.2.1:53", "192.0.2.1:54",    "192.0.2.2:53",    "[::1]:53",
                       "[::1]:54",     "[fe80::1%1]:53",  "[fe80::1%2]:53",  "[fe80::1]:53",
                       "[::2]:53",     "[::192.0.2.1]:53", "[::ffff:192.0.2.1]:53"};
  for (const char* a : all) {
    for (const char* b : all) {
      EXPECT_EQ(*Address::from_text(a, 1) == *Address::from_text(b, 1), a == b) << a << ' ' << b;
    }
  }
}

// The kernel may fill in what identifies nothing.
TEST(Address, equality_leaves_out_flow_label_and_global_scope) {
  sockaddr_in6 raw{};
  raw.sin6_family = AF_INET6;
  raw.sin6_port = htons(53);
  raw.sin6_addr = in6addr_loopback;
  raw.sin6_flowinfo = 77;
  raw.sin6_scope_id = 3;
  EXPECT_EQ(Address(reinterpret_cast<const sockaddr*>(&raw)), *Address::from_text("::1", 53));
}

TEST(Address, port_can_be_set) {
  for (const char* host : {"192.0.2.1", "::1"}) {
    Address address = *Address::from_text(host, 53);
    address.set_port(5353);
    EXPECT_EQ(address.port(), 5353);
    EXPECT_EQ(address.host_text(), host);
  }
}

TEST(Address, knows_this_hosts_own_addresses) {
  for (const char* text : {"127.0.0.1", "127.255.255.254", "::1"})
    EXPECT_TRUE(Address::from_text(text, 53)->is_loopback()) << text;
  for (const char* text : {"126.255.255.255", "128.0.0.1", "0.0.0.0", "::", "::2", "2001:db8::1"})
    EXPECT_FALSE(Address::from_text(text, 53)->is_loopback()) << text;
  EXPECT_FALSE(Address().is_loopback());
}

}  // namespace
}  // namespace dnswarm
