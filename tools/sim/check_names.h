// Which rows an input must have, and which it has: as hashes, so that 10 million names are 160 MB.
#ifndef DNSWARM_SIM_CHECK_NAMES_H_
#define DNSWARM_SIM_CHECK_NAMES_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dnswarm::sim {

class CheckNames {
 public:
  explicit CheckNames(std::vector<std::string> default_types)
      : default_types_(std::move(default_types)) {}

  // Reads lines "name [TYPE,...]" as dnswarm does. False where the file cannot be read.
  [[nodiscard]] bool read(const std::string& path);
  void add_row(std::string_view name, std::string_view type);

  struct Difference {
    uint64_t missing = 0;
    uint64_t doubled = 0;
  };
  // Compares. The first ten missing names, and doubled rows' count, go to standard error.
  Difference compare();

 private:
  template <typename Each>
  bool each_line(Each each) const;

  std::vector<std::string> default_types_;
  std::string path_;
  std::vector<uint64_t> wanted_;
  std::vector<uint64_t> rows_;
};

// An input token as a row's `name` shows it: less one trailing dot, octets that are not UTF-8 as
// \DDD, cut at 1 KiB.
std::string shown_name(std::string_view token);

}  // namespace dnswarm::sim

#endif  // DNSWARM_SIM_CHECK_NAMES_H_
