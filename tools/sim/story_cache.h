// The small cache of a client or a forwarder: what it was told, until the TTLs that came with it are over.
//
// Threads: one.
#ifndef DNSWARM_SIM_STORY_CACHE_H_
#define DNSWARM_SIM_STORY_CACHE_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "cache/cache_shard.h"
#include "dns/message_parser.h"

namespace dnswarm::sim {

using MessageOctets = std::vector<uint8_t>;

// A response on its way from a resolver to a client: header, question, and the answer section, whose records
// are addresses and the CNAMEs before them. All else is left out.
MessageOctets response_octets(const Response& response, Octets qname);

// What a client reads in it.
struct ToldAddress {
  Rcode rcode{};
  std::optional<uint32_t> ipv4;  // the first, in host order
  uint32_t ttl_s = 0;            // the least of the records
};
ToldAddress read_address(Octets message);

class StoryCache {
 public:
  explicit StoryCache(size_t octets_max) : shard_(octets_max) {}
  StoryCache(const StoryCache&) = delete;  // a shard stays where it is

  // The response as it is to be passed on now, its TTLs counted down; empty where there is none.
  MessageOctets find(Octets qname, RRType type, Instant now);
  // Until the least TTL in it is over (ttl_policy.h).
  void keep(Octets message, Instant now);

 private:
  CacheShard shard_;
  Message message_;
};

}  // namespace dnswarm::sim

#endif  // DNSWARM_SIM_STORY_CACHE_H_
