#include "floor_settings.h"

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string_view>

namespace dnswarm::bench {
namespace {

unsigned number_from_text(std::string_view text, unsigned max) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < 1 || value > max) {
    fail("not a number from 1 to " + std::to_string(max) + ": " + std::string(text));
  }
  return value;
}

void add_server(const std::string& text, std::vector<Address>& servers) {
  const auto server = Address::from_text(text, 53);
  if (!server) fail("'" + text + "' is no address");
  if (!servers.empty() && servers.front().family() != server->family()) fail("IPv4 and IPv6 are mixed");
  servers.push_back(*server);
}

void add_servers_of(const char* path, std::vector<Address>& servers) {
  std::ifstream file(path);
  if (!file) fail(std::string("cannot read ") + path);
  for (std::string line; std::getline(file, line);) add_server(line, servers);
}

}  // namespace

void fail(const std::string& what) {
  std::fprintf(stderr, "dnswarm-bench-floor: %s\n", what.c_str());
  std::exit(2);
}

FloorSettings settings_from_arguments(int argc, char** argv) {
  FloorSettings settings;
  for (int i = 1; i < argc; ++i) {
    const std::string_view flag = argv[i];
    if (!flag.starts_with("--")) {
      settings.names = flag;
      continue;
    }
    if (flag == "--plain") settings.segments = 1;
    if (flag == "--unconnected") settings.unconnected = true;
    if (flag == "--plain" || flag == "--unconnected") continue;
    if (i + 1 == argc) fail(std::string(flag) + " needs a value");
    const char* const value = argv[++i];
    if (flag == "--server") add_server(value, settings.servers);
    else if (flag == "--servers") add_servers_of(value, settings.servers);
    else if (flag == "--names") settings.names = value;
    else if (flag == "--in-flight") settings.in_flight = number_from_text(value, 65'536);
    else if (flag == "--sockets") settings.sockets = number_from_text(value, 256);
    else if (flag == "--segments") settings.segments = number_from_text(value, 64);
    else fail("unknown flag " + std::string(flag));
  }
  if (settings.servers.empty() || settings.names.empty()) fail("--server IP:PORT and FILE are needed");
  if (settings.servers.size() > 1 && !settings.unconnected) fail("several servers need --unconnected");
  return settings;
}

}  // namespace dnswarm::bench
