// Names in wire format as keys: in as much memory as they need, found without a copy, and placed by a seeded
// hash, so that no zone's owner chooses where they go.
#ifndef DNSWARM_ITERATIVE_NAME_MAP_H_
#define DNSWARM_ITERATIVE_NAME_MAP_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "base/hash.h"
#include "base/octets.h"

namespace dnswarm {

// Lower case.
using NameOctets = std::string;
inline Octets wire_of(const NameOctets& name) {
  return {reinterpret_cast<const uint8_t*>(name.data()), name.size()};
}
inline std::string_view key_of(Octets wire) {
  return {reinterpret_cast<const char*>(wire.data()), wire.size()};
}
inline NameOctets octets_of(Octets wire) { return NameOctets(key_of(wire)); }

struct NameHash {
  using is_transparent = void;
  size_t operator()(std::string_view name) const {
    static const uint64_t seed = hash_seed();
    return hash_octets({reinterpret_cast<const uint8_t*>(name.data()), name.size()}, 0, seed);
  }
};

template <typename Value>
using NameMap = absl::flat_hash_map<NameOctets, Value, NameHash, std::equal_to<>>;

}  // namespace dnswarm

#endif  // DNSWARM_ITERATIVE_NAME_MAP_H_
