// What all threads of a run share, and one fault story.
#ifndef DNSWARM_SIM_SIMULATION_H_
#define DNSWARM_SIM_SIMULATION_H_

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "answer.h"
#include "base/clock.h"
#include "counts.h"
#include "faults.h"
#include "net/address.h"
#include "response_writer.h"
#include "rule.h"

namespace dnswarm::sim {

// One address that is listened on.
struct Upstream {
  Address address;
  std::string text;                      // "127.0.0.1:5300"; also its NSID
  const AnswerSource* source = nullptr;  // what it answers
  std::string_view role;                 // in a world: "root", "tld", "domain"
  FaultSpec faults;
  bool has_faults = false;
  std::atomic<uint64_t> queries{0};      // where it has faults
  SharedCounts shared;
};

// Consecutive upstreams that are served by one socket per worker, bound to any address, or by a
// socket each.
struct ListenGroup {
  uint32_t first_upstream = 0;
  uint32_t count = 0;
  uint16_t port = 0;
  bool any_address = false;
  uint32_t first_ipv4 = 0;      // where any_address
  std::vector<uint32_t> ipv4s;  // all of them in order, where any_address and they are not consecutive
  std::string text;             // for the ready line, where any_address

  // Which of the group's upstreams has the address; `count` where none has. For any_address.
  uint32_t index_of(uint32_t ipv4) const {
    if (ipv4s.empty()) return std::min(ipv4 - first_ipv4, count);
    const auto at = std::lower_bound(ipv4s.begin(), ipv4s.end(), ipv4);
    return at == ipv4s.end() || *at != ipv4 ? count : static_cast<uint32_t>(at - ipv4s.begin());
  }
};

struct Simulation {
  const AnswerSource* source = nullptr;  // of upstreams that are not given another one
  const Rule* rule = nullptr;            // null where answers are from zones
  ResponderOptions responder;
  std::vector<std::unique_ptr<Upstream>> upstreams;
  std::vector<ListenGroup> groups;
  SharedCounts total;
  unsigned workers = 1;
  uint64_t seed = 1;
  bool kernel_time = false;  // packets are counted at the kernel's receive time
  bool gso = true;
  Instant started{};
  std::atomic<bool> stopping{false};
};

}  // namespace dnswarm::sim

#endif  // DNSWARM_SIM_SIMULATION_H_
