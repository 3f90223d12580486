// Plays scenarios: those named (files or folders), or all of the folder scenarios. Each is a test of its own,
// Scenario.NAME; the tests of the runner itself are in here too.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include "tests/iterative/scenario.h"

namespace dnswarm::testing {
namespace {

namespace fs = std::filesystem;

// What is expected must hold whichever server the engine draws: so often is each scenario played.
constexpr uint64_t seeds = 10;

class ScenarioFile : public ::testing::Test {
 public:
  explicit ScenarioFile(fs::path path) : path_(std::move(path)) {}
  void TestBody() override {
    std::ostringstream text;
    text << std::ifstream(path_).rdbuf();
    const Scenario scenario = scenario_from_text(text.str());
    ASSERT_EQ(scenario.error, "") << path_.string() << ":" << scenario.error;
    for (uint64_t seed = 1; seed <= seeds && !HasFailure(); ++seed) {
      for (const std::string& wrong : play(scenario, seed)) {
        ADD_FAILURE() << path_.string() << ":" << wrong << "\n    (seed " << seed << ")";
      }
    }
  }

 private:
  fs::path path_;
};

std::vector<fs::path> scenarios_in(const fs::path& folder) {
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".scenario") found.push_back(entry.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

void add(const fs::path& path) {
  std::string name = path.stem().string();
  for (char& c : name) c = std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
  ::testing::RegisterTest("Scenario", name.c_str(), nullptr, nullptr, path.c_str(), 1,
                          [path]() -> ::testing::Test* { return new ScenarioFile(path); });
}

}  // namespace
}  // namespace dnswarm::testing

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  std::vector<std::filesystem::path> named(argv + 1, argv + argc);
  if (named.empty()) named.emplace_back(SCENARIOS_FOLDER);
  for (const auto& path : named) {
    if (!std::filesystem::exists(path)) {
      std::cerr << path.string() << ": no such file or folder\n";
      return 2;
    }
    if (!std::filesystem::is_directory(path)) {
      dnswarm::testing::add(path);
      continue;
    }
    const auto files = dnswarm::testing::scenarios_in(path);
    if (files.empty()) {
      std::cerr << path.string() << ": no file ends in .scenario\n";
      return 2;
    }
    for (const auto& file : files) dnswarm::testing::add(file);
  }
  return RUN_ALL_TESTS();
}
