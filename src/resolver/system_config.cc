#include "resolver/system_config.h"

#include <ares.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <sstream>

#include "base/words.h"

namespace dnswarm {

namespace {

constexpr uint16_t dns_port = 53;
constexpr std::string_view default_path = "/etc/resolv.conf";  // what c-ares reads
constexpr size_t search_max = 32;  // glibc took 6, and takes any number since 2.26

void read_option(std::string_view option, SystemConfig& config) {
  if (option == "use-vc") config.use_vc = true;
  size_t colon = option.find(':');
  if (colon == std::string_view::npos) return;
  unsigned value = 0;
  std::string_view text = option.substr(colon + 1);
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return;
  std::string_view key = option.substr(0, colon);
  // resolv.conf(5): silently capped at 15, 30 and 5.
  if (key == "ndots") config.ndots = std::min(value, 15u);
  if (key == "timeout") config.timeout_s = std::min(value, 30u);
  if (key == "attempts") config.attempts = std::min(value, 5u);
}

void read_line(std::string_view line, SystemConfig& config) {
  line = line.substr(0, line.find_first_of("#;"));
  std::vector<std::string_view> words = words_of(line);
  if (words.size() < 2) return;
  if (words[0] == "nameserver") {
    auto address = Address::from_text(words[1], dns_port);
    if (address) config.upstreams.push_back(*address);
  } else if (words[0] == "search" || words[0] == "domain") {
    // The last one of either counts.
    config.search.clear();
    for (size_t i = 1; i < words.size() && config.search.size() < search_max; ++i) {
      config.search.emplace_back(words[i]);
      if (words[0] == "domain") break;
    }
  } else if (words[0] == "options") {
    for (size_t i = 1; i < words.size(); ++i) read_option(words[i], config);
  }
}

// The servers c-ares would ask: resolv.conf, or the loopback default.
std::vector<Address> cares_servers() {
  std::vector<Address> servers;
  ares_channel channel;
  if (ares_library_init(ARES_LIB_INIT_ALL) != ARES_SUCCESS) return servers;
  if (ares_init(&channel) == ARES_SUCCESS) {
    ares_addr_port_node* list = nullptr;
    if (ares_get_servers_ports(channel, &list) == ARES_SUCCESS) {
      for (auto* node = list; node != nullptr; node = node->next) {
        char text[INET6_ADDRSTRLEN] = "";
        ares_inet_ntop(node->family, &node->addr, text, sizeof text);
        uint16_t port = node->udp_port != 0 ? static_cast<uint16_t>(node->udp_port) : dns_port;
        if (auto address = Address::from_text(text, port)) servers.push_back(*address);
      }
      ares_free_data(list);
    }
    ares_destroy(channel);
  }
  ares_library_cleanup();
  return servers;
}

}  // namespace

SystemConfig parse_resolv_conf(std::string_view text) {
  SystemConfig config;
  while (!text.empty()) {
    size_t end = std::min(text.find('\n'), text.size());
    read_line(text.substr(0, end), config);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return config;
}

SystemConfig load_system_config(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  if (file) text << file.rdbuf();
  SystemConfig config = parse_resolv_conf(text.str());
  if (config.upstreams.empty()) {
    // resolver(3): the name server on this machine.
    config.upstreams = path == default_path ? cares_servers()
                                            : std::vector{*Address::from_text("127.0.0.1", dns_port)};
  }
  return config;
}

}  // namespace dnswarm
