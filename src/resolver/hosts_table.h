// The hosts file, read once (hosts(5)): address, canonical name, aliases a line. c-ares reads hosts
// files too, but file by file and name by name; a bulk run asks millions of times.
#ifndef DNSWARM_RESOLVER_HOSTS_TABLE_H_
#define DNSWARM_RESOLVER_HOSTS_TABLE_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "base/octets.h"
#include "dnswarm/types.h"

namespace dnswarm {

class HostsTable {
 public:
  // False where the file cannot be read. Lines that are malformed are skipped, as every libc does.
  [[nodiscard]] bool load(const std::string& path);
  void add_line(std::string_view line);

  // RDATA of the records of `type` (A, AAAA, PTR) for the lower-case wire name; empty where the file
  // says nothing. A name that has an address of one family only is left to DNS for the other.
  std::span<const std::string> find(Octets qname, RRType type) const;
  const std::string& path() const { return path_; }

  static constexpr uint32_t ttl_s = 0;  // the file may change at any time

 private:
  void add(Octets qname, RRType type, std::string rdata);

  std::string path_;
  absl::flat_hash_map<std::string, std::vector<std::string>> records_;  // wire name + type -> RDATA
};

}  // namespace dnswarm

#endif  // DNSWARM_RESOLVER_HOSTS_TABLE_H_
