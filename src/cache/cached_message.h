// Messages as cache entries: the question, and as much of the records as will be needed again.
#ifndef DNSWARM_CACHE_CACHED_MESSAGE_H_
#define DNSWARM_CACHE_CACHED_MESSAGE_H_

#include <cstdint>

#include "cache/cache_shard.h"
#include "dns/message_parser.h"

namespace dnswarm {

enum class KeptRecords : uint8_t { answers, answers_and_authority, all };

// Puts a parsed message, whose question is the key, without the sections that are not kept: entries stay
// small. `upstream` and `kind` are the caller's (CacheValue). The message's counts are changed and restored.
void put_message(CacheShard& cache, const CacheKey& key, const Message& message, KeptRecords kept,
                 uint16_t upstream, uint8_t kind, uint32_t ttl_s, Instant now);

// Parses an entry into `message` and counts its TTLs down. False cannot be: it was parsed before it was put.
[[nodiscard]] bool load_message(const CacheValue& value, Message& message);

}  // namespace dnswarm

#endif  // DNSWARM_CACHE_CACHED_MESSAGE_H_
