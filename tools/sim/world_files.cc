#include "world_files.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>

#include "world_configs.h"
#include "zone_text.h"

namespace dnswarm::sim {
namespace {

// A file's name for a zone. Names may hold anything; those that a file system or a configuration might take
// amiss are numbered.
std::string file_name(const ZoneSet& zones, ZoneIndex zone) {
  std::string text;
  append_name_text(zones.apex(zone), text);
  const bool is_plain =
      text.size() <= 200 && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
      });
  return (is_plain ? text : "zone " + std::to_string(zone)) + ".zone";
}

// For each zone those that it delegates.
std::vector<std::vector<ZoneIndex>> children_of(const RuleZones& zones) {
  std::vector<std::vector<ZoneIndex>> children(zones.zone_count());
  for (ZoneIndex zone = 1; zone < zones.zone_count(); ++zone) children[zones.parent(zone)].push_back(zone);
  return children;
}

class WorldWriter {
 public:
  WorldWriter(const World& world, const std::string& folder, std::string* error)
      : world_(world), zones_(*world.rule_zones()), folder_(folder), error_(error) {}

  bool write(uint16_t port) {
    for (const char* part : {"tld", "domain", "run"}) {
      std::error_code problem;
      std::filesystem::create_directories(folder_ / part, problem);
      if (problem) return fail(folder_ / part, problem.message());
    }
    return write_zones() && write_configs(port);
  }

 private:
  bool fail(const std::filesystem::path& path, const std::string& why) {
    *error_ = "'" + path.string() + "': " + why;
    return false;
  }
  bool put(const std::string& name, const std::string& text) {
    std::ofstream out(folder_ / name, std::ios::binary);
    return (out << text << std::flush) ? true : fail(folder_ / name, "cannot be written");
  }

  bool write_zones() {
    const std::vector<std::vector<ZoneIndex>> children = children_of(zones_);
    std::string text;
    for (ZoneIndex zone = 0; zone < zones_.zone_count(); ++zone) {
      const ServerRole role = world_.role(zones_.servers(zone)[0]);
      ServedZone served{".", "root.zone"};
      if (role != ServerRole::root) {
        served.name.clear();
        append_name_text(zones_.apex(zone), served.name);
        served.file = std::string(to_text(role)) + "/" + file_name(zones_, zone);
      }
      text.clear();
      append_zone_text(zones_, zone, children[zone], text);
      if (!put(served.file, text)) return false;
      served_[static_cast<size_t>(role)].zones.push_back(std::move(served));
    }
    return true;
  }

  bool write_configs(uint16_t port) {
    for (ServerIndex server = 0; server < world_.server_count(); ++server) {
      served_[static_cast<size_t>(world_.role(server))].addresses.push_back(
          world_.address(server, port).host_text());
    }
    const WorldConfigs configs(std::filesystem::absolute(folder_).lexically_normal().string(), port);
    const auto& [root, tlds, domains] = served_;
    return put("hints", world_.root_hints()) && put("nsd.conf", configs.nsd(root)) &&
           put("knot.conf", configs.knot(tlds)) && put("named.conf", configs.named(domains)) &&
           put("addresses", configs.addresses(domains)) && put("README", configs.readme(root, tlds, domains));
  }

  const World& world_;
  const RuleZones& zones_;
  std::filesystem::path folder_;
  std::string* error_;
  std::array<Served, 3> served_;  // by role
};

}  // namespace

bool write_world(const World& world, const std::string& folder, uint16_t port, std::string* error) {
  const RuleZonesOptions& options = world.rule_zones()->options();
  if (std::max(options.domain_servers, options.tld_servers) > real_servers_max) {
    *error = "this world has " + std::to_string(options.domain_servers) + " servers of domains and " +
             std::to_string(options.tld_servers) + " of TLDs; BIND and Knot take " +
             std::to_string(real_servers_max) + " here (--servers, --tld-servers)";
    return false;
  }
  if (folder.find_first_of("\"\\\n") != std::string::npos) {
    *error = "'" + folder + "': a path with quotes, backslashes or line ends cannot stand in configurations";
    return false;
  }
  std::error_code problem;
  const bool exists = std::filesystem::exists(folder, problem);
  const bool is_folder = exists && std::filesystem::is_directory(folder, problem);
  if (exists && (!is_folder || !std::filesystem::is_empty(folder, problem))) {
    *error = "'" + folder + "': " + (is_folder ? "is not empty" : "is no folder");
    return false;
  }
  return WorldWriter(world, folder, error).write(port);
}

}  // namespace dnswarm::sim
