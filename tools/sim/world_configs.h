// Configurations of real servers for a world's zone files, as text.
#ifndef DNSWARM_SIM_WORLD_CONFIGS_H_
#define DNSWARM_SIM_WORLD_CONFIGS_H_

#include <cstdint>
#include <string>
#include <vector>

namespace dnswarm::sim {

struct ServedZone {
  std::string name;  // "." or without the last dot
  std::string file;  // below the folder
};

// What one program serves.
struct Served {
  std::vector<std::string> addresses;
  std::vector<ServedZone> zones;
};

class WorldConfigs {
 public:
  // `folder`: absolute, without quotes and backslashes.
  WorldConfigs(std::string folder, uint16_t port) : folder_(std::move(folder)), port_(port) {}

  std::string nsd(const Served& served) const;
  std::string knot(const Served& served) const;
  std::string named(const Served& served) const;
  // Commands for ip -batch that give the loopback interface the addresses.
  std::string addresses(const Served& served) const;
  std::string readme(const Served& root, const Served& tlds, const Served& domains) const;

 private:
  std::string quoted(const std::string& path) const { return '"' + folder_ + '/' + path + '"'; }

  std::string folder_;
  uint16_t port_;
};

}  // namespace dnswarm::sim

#endif  // DNSWARM_SIM_WORLD_CONFIGS_H_
