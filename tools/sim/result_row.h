// One ndjson row of dnswarm, as far as --check needs it.
#ifndef DNSWARM_SIM_RESULT_ROW_H_
#define DNSWARM_SIM_RESULT_ROW_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dnswarm::sim {

struct ResultRecord {
  std::string name;
  std::string type;
  std::string data;
  uint64_t ttl = 0;
};

struct ResultRow {
  std::string name;
  std::string qname;  // empty: as name
  std::string type;
  std::string status;
  std::vector<ResultRecord> records;  // of `answers`; the first `record_count` are this row's
  size_t record_count = 0;
};

// Reads `line` into `row`, which is reused without allocation. False where it is not a JSON object
// with those members.
[[nodiscard]] bool parse_row(std::string_view line, ResultRow& row);

}  // namespace dnswarm::sim

#endif  // DNSWARM_SIM_RESULT_ROW_H_
