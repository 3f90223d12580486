#include "resolver/upstream_list.h"

#include <unistd.h>

#include <cerrno>

#include "absl/container/flat_hash_set.h"
#include "net/udp_socket.h"
#include "upstream/upstream_pool.h"

namespace dnswarm {

namespace {

constexpr uint16_t dns_port = 53;

const char* version_of(int family) { return family == AF_INET6 ? "IPv6" : "IPv4"; }

// Why upstreams of this family cannot be asked; empty where they can.
std::string obstacle(int family, const Address& source) {
  if (source.family() != AF_UNSPEC) {
    if (source.family() == family) return {};
    return "the source address " + source.host_text() + " is " + version_of(source.family());
  }
  UdpSocket probe = open_unconnected_udp(family, Address());
  if (probe.fd >= 0) close(probe.fd);
  if (probe.fd >= 0 || probe.error != EAFNOSUPPORT) return {};
  return std::string("this machine has no ") + version_of(family);
}

void leave_out_family(int family, const Address& source, UpstreamList& list) {
  std::vector<Address> kept;
  const Address* first = nullptr;
  for (const Address& address : list.addresses) {
    if (address.family() != family) {
      kept.push_back(address);
    } else if (first == nullptr) {
      first = &address;
    }
  }
  if (first == nullptr) return;
  std::string reason = obstacle(family, source);
  if (reason.empty()) return;
  size_t left_out = list.addresses.size() - kept.size();
  std::string what = "upstream " + first->to_text();
  if (left_out > 1) what = std::to_string(left_out) + " upstreams, such as " + first->to_text() + ",";
  std::string sentence = what + " cannot be asked: " + reason;
  if (kept.empty()) {
    list.error = sentence;
  } else {
    list.notes.push_back(sentence);
  }
  list.addresses = std::move(kept);
}

}  // namespace

UpstreamList list_upstreams(const Options& options, const SystemConfig& system, const Address& source) {
  UpstreamList list;
  absl::flat_hash_set<Address> seen;
  auto add = [&](const Address& address) {
    if (seen.insert(address).second) list.addresses.push_back(address);
  };
  for (const std::string& text : options.upstreams) {
    auto address = Address::from_text(text, dns_port);
    if (!address) {
      list.error = "upstream \"" + text + "\" is not an address: ip, ip:port or [v6]:port";
      return list;
    }
    add(*address);
  }
  if (options.upstreams.empty()) {
    for (const Address& address : system.upstreams) add(address);
    if (system.use_vc) list.notes.push_back("resolv.conf says use-vc: not supported, UDP is asked first");
  }
  for (int family : {AF_INET, AF_INET6}) leave_out_family(family, source, list);
  if (!list.error.empty()) return list;
  if (list.addresses.empty()) list.error = "no upstream is configured";
  if (size_t n = list.addresses.size(); n > upstreams_max) {
    list.error = std::to_string(n) + " upstreams, at most " + std::to_string(upstreams_max);
  }
  for (const Address& address : list.addresses) list.texts.push_back(address.to_text());
  return list;
}

}  // namespace dnswarm
