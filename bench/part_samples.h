// What the pure parts work on: names and responses as in bench/compare (the simulator's names, its mix
// of kinds), every stage of a lookup prepared, so that a part can be run alone.
#ifndef DNSWARM_BENCH_PART_SAMPLES_H_
#define DNSWARM_BENCH_PART_SAMPLES_H_

#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cache/cache_shard.h"
#include "cli/row_buffer.h"
#include "cli/row_format.h"
#include "dns/message_parser.h"
#include "dns/name.h"
#include "dns/query_builder.h"
#include "dnswarm/response.h"

namespace dnswarm::bench {

inline constexpr size_t sample_count = 4096;
inline constexpr size_t rounds_max = 8;

struct Sample {
  std::string_view text;  // of a line
  Name name;
  uint64_t hash = 0;                  // of the question
  std::vector<uint8_t> octets;        // the response
  std::unique_ptr<Message> message;   // it, parsed
  Response response;                  // as the row formatter gets it

  CacheKey key() const { return {hash, name.wire(), RRType::A}; }
  CacheValue value() const;  // what is kept of the response
};

struct Samples {
  Samples();

  std::string lines;  // a name each
  std::vector<Sample> all;
  QueryBuilder builder{{}};
  Message message;  // one that is used again and again, as in the engine
  std::string scratch;
  CacheShard empty, filled;
  std::deque<CacheShard> fresh;  // one a round
  std::unique_ptr<cli::RowFormat> ndjson;
  cli::RowBuffer rows;
  uint64_t sum = 0;  // of what the parts found, so that nothing is optimized away
};

}  // namespace dnswarm::bench

#endif  // DNSWARM_BENCH_PART_SAMPLES_H_
