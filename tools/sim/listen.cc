#include "listen.h"

#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>

namespace dnswarm::sim {
namespace {

constexpr int socket_buffer_octets = 8 << 20;  // what the kernel grants of it
constexpr int sockets_for_room_max = 16;       // by worker: 6.5 MiB with Linux's usual rmem_max of 208 KiB
constexpr int tcp_backlog = 4096;              // the usual net.core.somaxconn
constexpr unsigned free_port_attempts = 50;    // until a port is free on all addresses of a text

int open_socket(int type, const sockaddr* address, socklen_t octets, bool shared_port) {
  const int fd = socket(address->sa_family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  const int on = 1;
  if (shared_port) setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  if (type == SOCK_STREAM) {
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  } else {
    for (const int option : {SO_RCVBUFFORCE, SO_SNDBUFFORCE, SO_RCVBUF, SO_SNDBUF}) {
      // The unforced ones are for users without CAP_NET_ADMIN, and change nothing for the others.
      if ((option == SO_RCVBUF || option == SO_SNDBUF) && geteuid() == 0) continue;
      setsockopt(fd, SOL_SOCKET, option, &socket_buffer_octets, sizeof socket_buffer_octets);
    }
    setsockopt(fd, IPPROTO_UDP, UDP_GRO, &on, sizeof on);  // without it the kernel splits: as good
  }
  if (bind(fd, address, octets) == 0 && (type != SOCK_STREAM || listen(fd, tcp_backlog) == 0))
    return fd;
  const int problem = errno;
  close(fd);
  errno = problem;
  return -1;
}

// One socket for the queries to all addresses needs the room of many. Where the kernel grants less than is
// asked for (SO_RCVBUF without CAP_NET_ADMIN) this many share the port: the kernel deals out peers to them.
unsigned sockets_for_room(int fd) {
  int granted = 0;  // doubled (socket(7))
  socklen_t octets = sizeof granted;
  if (getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &granted, &octets) != 0 || granted <= 0) return 1;
  return static_cast<unsigned>(std::clamp(2 * socket_buffer_octets / granted, 1, sockets_for_room_max));
}

uint16_t bound_port(int fd) {
  sockaddr_storage storage{};
  socklen_t octets = sizeof storage;
  getsockname(fd, reinterpret_cast<sockaddr*>(&storage), &octets);
  return Address(reinterpret_cast<sockaddr*>(&storage)).port();
}

struct Binding {
  Simulation& simulation;
  uint32_t group_index;
  std::vector<std::vector<BoundSocket>> udp;
  std::vector<BoundSocket> tcp;

  void close_all() {
    for (auto& sockets : udp) {
      for (const BoundSocket& socket : sockets) close(socket.fd);
      sockets.clear();
    }
    for (const BoundSocket& socket : tcp) close(socket.fd);
    tcp.clear();
  }

  // One address over UDP, for all workers, and TCP. `port` 0 is replaced by the one found.
  bool bind_one(Address address, uint16_t& port, uint32_t upstream, bool any_address) {
    const bool shared_port = simulation.workers > 1 || any_address;
    unsigned wanted = 1;  // by worker
    for (auto& sockets : udp) {
      for (unsigned i = 0; i < wanted; ++i) {
        address.set_port(port);
        const int fd = open_socket(SOCK_DGRAM, address.sa(), address.sa_octets(), shared_port);
        if (fd < 0) return false;
        sockets.push_back({fd, group_index, upstream});
        if (port == 0) port = bound_port(fd);
        if (any_address) wanted = sockets_for_room(fd);
      }
    }
    address.set_port(port);
    const int fd = open_socket(SOCK_STREAM, address.sa(), address.sa_octets(), false);
    if (fd < 0) return false;
    tcp.push_back({fd, group_index, upstream});
    return true;
  }

  bool bind_group(const std::vector<Address>& addresses, const ListenGroup& group, uint16_t& port) {
    if (group.any_address) {
      sockaddr_in any{};
      any.sin_family = AF_INET;
      const Address address(reinterpret_cast<const sockaddr*>(&any));
      if (!bind_one(address, port, group.first_upstream, true)) return false;
      const int on = 1;
      for (const auto& sockets : udp) {
        for (const BoundSocket& one : sockets) setsockopt(one.fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof on);
      }
      return true;
    }
    for (uint32_t i = 0; i < group.count; ++i) {
      if (!bind_one(addresses[i], port, group.first_upstream + i, false)) return false;
    }
    return true;
  }
};

uint32_t ipv4_of(const Address& address) {
  sockaddr_in v4;
  std::memcpy(&v4, address.sa(), sizeof v4);
  return ntohl(v4.sin_addr.s_addr);
}

// A group that will be bound to any address knows which ones it has.
void note_ipv4s(const std::vector<Address>& addresses, ListenGroup& group) {
  if (!group.any_address) return;
  group.first_ipv4 = ipv4_of(addresses.front());
  if (ipv4_of(addresses.back()) - group.first_ipv4 + 1 == group.count) return;
  for (const Address& address : addresses) group.ipv4s.push_back(ipv4_of(address));
}

// "127.1.0.0-127.1.0.106:5300"
std::string range_text(const std::vector<Address>& addresses, uint16_t port) {
  Address last = addresses.back();
  last.set_port(port);
  return addresses.size() == 1 ? last.to_text() : addresses.front().host_text() + "-" + last.to_text();
}

}  // namespace

bool open_group(const std::vector<Address>& addresses, uint16_t wanted, bool any_address,
                Simulation& simulation, Listeners& listeners, std::string* error) {
  listeners.udp.resize(simulation.workers);
  ListenGroup group;
  group.first_upstream = static_cast<uint32_t>(simulation.upstreams.size());
  group.count = static_cast<uint32_t>(addresses.size());
  group.any_address = any_address;
  note_ipv4s(addresses, group);
  Binding binding{simulation, static_cast<uint32_t>(simulation.groups.size()), {}, {}};
  binding.udp.resize(simulation.workers);
  uint16_t port = wanted;
  unsigned attempt = 1;
  while (!binding.bind_group(addresses, group, port)) {
    const int problem = errno;
    binding.close_all();
    if (wanted != 0 || problem != EADDRINUSE || attempt++ == free_port_attempts) {
      *error = "'" + range_text(addresses, wanted) + "' cannot be listened on: " + std::strerror(problem);
      return false;
    }
    port = 0;
  }
  group.port = port;
  group.text = range_text(addresses, port);
  for (const Address& address : addresses) {
    auto upstream = std::make_unique<Upstream>();
    upstream->address = address;
    upstream->address.set_port(port);
    upstream->text = upstream->address.to_text();
    upstream->source = simulation.source;
    simulation.upstreams.push_back(std::move(upstream));
  }
  simulation.groups.push_back(std::move(group));
  for (unsigned worker = 0; worker < simulation.workers; ++worker) {
    auto& all = listeners.udp[worker];
    all.insert(all.end(), binding.udp[worker].begin(), binding.udp[worker].end());
  }
  listeners.tcp.insert(listeners.tcp.end(), binding.tcp.begin(), binding.tcp.end());
  return true;
}

bool open_listeners(const std::vector<std::string>& texts, Simulation& simulation,
                    Listeners& listeners, std::string* error) {
  for (const std::string& text : texts) {
    const auto range = AddressRange::from_text(text, error);
    if (!range) return false;
    if (range->count > addresses_per_text_max) {
      *error = "'" + text + "' has more than 65536 addresses";
      return false;
    }
    std::vector<Address> addresses;
    for (uint32_t i = 0; i < range->count; ++i) addresses.push_back(range->address(i, 0));
    if (!open_group(addresses, range->port.value_or(default_port), range->count > sockets_per_text_max,
                    simulation, listeners, error)) {
      return false;
    }
  }
  add_port_sets(simulation);
  return true;
}

void add_port_sets(Simulation& simulation) {
  const bool few = simulation.upstreams.size() <= 1024;  // 8 KiB each
  for (auto& upstream : simulation.upstreams) {
    if (few) upstream->shared.ports = std::make_unique<PortSet>();
  }
  simulation.total.ports = std::make_unique<PortSet>();
}

bool apply_fault(std::string_view flag, Simulation& simulation, std::string* error) {
  const auto parts = split_fault_flag(flag);
  if (!parts) {
    *error = "'" + std::string(flag) + "' is not WHERE:FAULT[,FAULT...] such as 127.0.0.2:loss=5%";
    return false;
  }
  std::optional<AddressRange> range;
  const bool is_role = std::any_of(simulation.upstreams.begin(), simulation.upstreams.end(),
                                   [&](const auto& upstream) { return upstream->role == parts->where; });
  if (parts->where != "*" && !is_role) {
    range = AddressRange::from_text(parts->where, error);
    const bool has_roles = !simulation.upstreams.empty() && !simulation.upstreams[0]->role.empty();
    if (!range && has_roles) *error += ", nor a role of servers: root, tld, domain";
    if (!range) return false;
  }
  bool any = false;
  for (auto& upstream : simulation.upstreams) {
    if (range ? !range->contains(upstream->address) : is_role && upstream->role != parts->where) continue;
    if (!upstream->faults.add_text(parts->faults, error)) return false;
    upstream->has_faults = upstream->faults.any();
    any = true;
  }
  if (!any) *error = "'" + std::string(parts->where) + "' is no address that is listened on";
  return any;
}

bool close_closed(Simulation& simulation, Listeners& listeners, std::string* error) {
  for (const ListenGroup& group : simulation.groups) {
    for (uint32_t i = 0; group.any_address && i < group.count; ++i) {
      if (!simulation.upstreams[group.first_upstream + i]->faults.closed) continue;
      *error = "'closed' needs a socket for each address, and there are too many of them";
      return false;
    }
  }
  const auto close_if = [&](const BoundSocket& socket) {
    const bool closed = simulation.upstreams[socket.upstream]->faults.closed;
    if (closed) close(socket.fd);
    return closed;
  };
  for (auto& sockets : listeners.udp) std::erase_if(sockets, close_if);
  std::erase_if(listeners.tcp, close_if);
  return true;
}

std::string ready_json(const Simulation& simulation) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const ListenGroup& group : simulation.groups) {
    if (group.any_address) {
      list.push_back(group.text);
      continue;
    }
    for (uint32_t i = 0; i < group.count; ++i) {
      list.push_back(simulation.upstreams[group.first_upstream + i]->text);
    }
  }
  nlohmann::ordered_json ready{{"listening", list}, {"addresses", simulation.upstreams.size()}};
  for (const auto& upstream : simulation.upstreams) {
    if (upstream->role.empty()) continue;
    nlohmann::ordered_json& role = ready["roles"][std::string(upstream->role)];
    if (role.is_null()) role = {{"servers", 0}, {"first", upstream->address.host_text()}};
    role["servers"] = role["servers"].get<uint32_t>() + 1;
    role["last"] = upstream->address.host_text();
  }
  return ready.dump();
}

}  // namespace dnswarm::sim
