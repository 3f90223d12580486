// An IP address and port.
#ifndef DNSWARM_NET_ADDRESS_H_
#define DNSWARM_NET_ADDRESS_H_

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dnswarm {

class Address {
 public:
  Address() = default;  // no address: family() is AF_UNSPEC
  explicit Address(const sockaddr* from);

  // "192.0.2.1", "192.0.2.1:5353", "2001:db8::1", "[2001:db8::1]:5353", and IPv6 with %scope.
  // The port is `default_port` where none is given. Nothing where the text is malformed or the port
  // is outside 1-65535.
  static std::optional<Address> from_text(std::string_view text, uint16_t default_port);
  // "192.0.2.1:53", "[2001:db8::1]:53", with %scope where there is one.
  std::string to_text() const;
  void append_text(std::string& out) const;  // the same
  std::string host_text() const;             // without the port

  int family() const { return storage_.sa.sa_family; }
  uint16_t port() const {
    if (family() == AF_INET6) return ntohs(storage_.v6.sin6_port);
    return family() == AF_INET ? ntohs(storage_.v4.sin_port) : uint16_t{0};
  }
  void set_port(uint16_t port) {
    if (family() == AF_INET6) storage_.v6.sin6_port = htons(port);
    if (family() == AF_INET) storage_.v4.sin_port = htons(port);
  }
  bool is_loopback() const {  // 127/8, ::1
    if (family() == AF_INET6) return IN6_IS_ADDR_LOOPBACK(&storage_.v6.sin6_addr);
    return family() == AF_INET && ntohl(storage_.v4.sin_addr.s_addr) >> 24 == 127;
  }
  const sockaddr* sa() const { return &storage_.sa; }
  socklen_t sa_octets() const { return family() == AF_INET6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in); }

  // Same family, address, port and (for link-local IPv6) scope.
  bool operator==(const Address& other) const {
    if (family() != other.family()) return false;
    if (family() == AF_INET6) return is_same_v6(other.storage_.v6);
    const sockaddr_in &a = storage_.v4, &b = other.storage_.v4;
    return a.sin_addr.s_addr == b.sin_addr.s_addr && a.sin_port == b.sin_port;
  }
  template <typename H>
  friend H AbslHashValue(H h, const Address& a) {
    return a.family() == AF_INET6
               ? H::combine(H::combine_contiguous(std::move(h), a.storage_.v6.sin6_addr.s6_addr, 16),
                            a.storage_.v6.sin6_port)
               : H::combine(std::move(h), a.storage_.v4.sin_addr.s_addr, a.storage_.v4.sin_port);
  }

 private:
  bool is_same_v6(const sockaddr_in6& other) const;

  union Storage {
    sockaddr sa;
    sockaddr_in v4;
    sockaddr_in6 v6;
    Storage() : v6{} { sa.sa_family = AF_UNSPEC; }
  } storage_;
};

}  // namespace dnswarm

#endif  // DNSWARM_NET_ADDRESS_H_
