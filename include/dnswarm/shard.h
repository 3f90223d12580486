// Which of n machines a name belongs to, so that they split one list without talking to each other.
//
// The hash is the same on every machine and in every version: the name's wire format (RFC 1035 section 3.1:
// each label behind its length, an octet 0 at the end), ASCII letters in lower case, through
//
//   h = 14695981039346656037; for each octet: h = (h xor octet) * 1099511628211        (64-bit FNV-1a)
//   h ^= h >> 33; h *= 0xff51afd7ed558ccd; h ^= h >> 33; h *= 0xc4ceb9fe1a85ec53; h ^= h >> 33
//
// all modulo 2^64. A name belongs to shard h mod n + 1. A trailing dot, escapes and letter case do not
// matter, nor do types; UTF-8 counts as its A-labels. What is no name is hashed as it stands.
#ifndef DNSWARM_SHARD_H_
#define DNSWARM_SHARD_H_

#include <cstdint>
#include <string_view>

namespace dnswarm {

// `name` as in Resolver::submit: any octets.
uint64_t shard_hash(std::string_view name);

struct Shard {
  unsigned number = 1;  // 1 to `of`
  unsigned of = 1;      // 1: the whole list. At most shards_max

  bool is_all() const { return of == 1; }
  bool owns(std::string_view name) const { return is_all() || shard_hash(name) % of + 1 == number; }

  static constexpr unsigned shards_max = 1'000'000;
};

}  // namespace dnswarm

#endif  // DNSWARM_SHARD_H_
