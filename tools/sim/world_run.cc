#include "world_run.h"

#include <fstream>
#include <iostream>
#include <sstream>

#include "expectation.h"
#include "serve.h"
#include "world_files.h"
#include "world_flags.h"
#include "world_names.h"
#include "world_serve.h"

namespace dnswarm::sim {
namespace {

bool read_all(const std::string& path, std::string& text) {
  std::ostringstream octets;
  if (path == "-") {
    octets << std::cin.rdbuf();
  } else {
    std::ifstream in(path, std::ios::binary);
    if (!in || in.peek() == std::ifstream::traits_type::eof()) return false;
    octets << in.rdbuf();
  }
  text = octets.str();
  return !text.empty();
}

std::unique_ptr<World> make_world(const WorldFlags& flags) {
  std::string error;
  std::unique_ptr<World> world;
  if (!flags.zone_files.empty()) {
    world = World::load(flags.zone_files, &error);
    if (!world) usage_error("--zone", error);
    return world;
  }
  RuleZonesOptions options = flags.zones;
  if (!flags.domain_list.empty() && !read_all(flags.domain_list, options.names)) {
    usage_error("--domain-list", "'" + flags.domain_list + "' cannot be read, or is empty");
    return nullptr;
  }
  world = World::make(options, &error);
  if (!world) usage_error("world", flags.domain_list.empty() ? error : flags.domain_list + ": " + error);
  return world;
}

int check(const World& world, const CheckOptions& options) {
  std::string error;
  const auto result = check_results(options, WorldExpectation(world), &error);
  if (!result) return usage_error("--check", error);
  std::printf("%s\n", result->to_json().c_str());
  return result->passed(options) ? exit_ok : exit_failure;
}

int cannot_write(const char* flag, const std::string& path) {
  std::fprintf(stderr, "dnswarm-sim: %s: '%s' cannot be written\n", flag, path.c_str());
  return exit_failure;
}

int write_files(const World& world, const WorldFlags& flags) {
  if (!flags.hints_file.empty() && !(std::ofstream(flags.hints_file) << world.root_hints() << std::flush)) {
    return cannot_write("--hints", flags.hints_file);
  }
  if (!flags.names_file.empty()) {
    std::ofstream out(flags.names_file, std::ios::binary);
    write_world_names(*world.rule_zones(), flags.names_per_domain, out);
    if (!out.flush()) return cannot_write("--write-names", flags.names_file);
  }
  std::string error;
  if (!flags.write_folder.empty() && !write_world(world, flags.write_folder, flags.port, &error)) {
    std::fprintf(stderr, "dnswarm-sim: --write: %s\n", error.c_str());
    return exit_failure;
  }
  return exit_ok;
}

}  // namespace

int run_world(int argc, const char* const* argv) {
  WorldFlags flags;
  if (const auto code = parse_world_flags(argc, argv, flags, std::cout, std::cerr)) return *code;
  const std::unique_ptr<World> world = make_world(flags);
  if (!world) return exit_usage;
  if (!flags.check.results_path.empty()) return check(*world, flags.check);
  const int code = write_files(*world, flags);
  if (code != exit_ok || flags.no_serve || !flags.write_folder.empty()) return code;
  return serve_world(*world, flags);
}

}  // namespace dnswarm::sim
