// UDP queries that are open, as every engine finds them: by flow and ID.
#ifndef DNSWARM_ENGINE_OPEN_QUERIES_H_
#define DNSWARM_ENGINE_OPEN_QUERIES_H_

#include <array>
#include <cstdint>
#include <span>

#include "base/check.h"
#include "base/probe_table.h"
#include "dns/header.h"
#include "engine/engine.h"

namespace dnswarm {

// Of one query in a table of open ones: the tag, and unique.
inline uint32_t open_key(FlowIndex flow, uint16_t id) { return uint32_t{flow} << 16 | id; }

using FoundQueries = std::array<uint32_t, Engine::expected_max>;

// Which entries of `open` these datagrams seem to answer: the first of `found`, as many as are returned. What
// is read is brought near first, for all of them: one by one, each would wait for its own.
inline size_t find_open(const ProbeTable& open, std::span<const ExpectedResponse> responses,
                        FoundQueries& found) {
  CHECK(responses.size() <= found.size());
  const auto has_id = [](const ExpectedResponse& r) { return r.octets.size() >= header_octets; };
  const auto key = [](const ExpectedResponse& r) { return open_key(r.flow, load_u16(r.octets.data())); };
  for (const ExpectedResponse& r : responses) __builtin_prefetch(r.octets.data());
  for (const ExpectedResponse& r : responses) {
    if (has_id(r)) open.prefetch(key(r));
  }
  size_t n = 0;
  for (const ExpectedResponse& r : responses) {
    const uint32_t entry = has_id(r) ? open.find(key(r)) : ProbeTable::none;
    if (entry != ProbeTable::none) found[n++] = entry;
  }
  return n;
}

}  // namespace dnswarm

#endif  // DNSWARM_ENGINE_OPEN_QUERIES_H_
