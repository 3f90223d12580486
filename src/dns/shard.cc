#include "dnswarm/shard.h"

#include "base/hash.h"
#include "dns/name.h"

namespace dnswarm {
namespace {

// FNV's low bits depend on the octets' low bits alone; this is the finalizer of MurmurHash3, in which all do.
uint64_t mixed(uint64_t hash) {
  hash = (hash ^ hash >> 33) * 0xff51afd7ed558ccdu;
  hash = (hash ^ hash >> 33) * 0xc4ceb9fe1a85ec53u;
  return hash ^ hash >> 33;
}

}  // namespace

uint64_t shard_hash(std::string_view text) {
  Name name;
  if (name.assign_plain_text(text) || name.assign_text(text) == NameError::none)
    return mixed(fnv1a(name.wire()));
  return mixed(fnv1a({reinterpret_cast<const uint8_t*>(text.data()), text.size()}));
}

}  // namespace dnswarm
