// dnswarm-bench-parts: one pure part of a lookup over and over, for bench/instructions to count.
//
//   dnswarm-bench-parts --list          names of the parts and what they do, a line each
//   dnswarm-bench-parts PART ROUNDS     runs PART over 4,096 samples, ROUNDS (0-8) times
//
// Prints how many names it went over. Everything but the part itself is the same whatever ROUNDS is:
// the instructions of a run with 0 rounds taken off those of another leave the part's own.
#include <charconv>
#include <cstdio>
#include <cstring>
#include <string_view>

#include "base/check.h"
#include "cli/input_line.h"
#include "cli/line_splitter.h"
#include "part_samples.h"
#include "engine/question.h"

namespace dnswarm::bench {
namespace {

void split_lines(Samples& samples, size_t) {
  cli::LineSplitter splitter;
  std::vector<RRType> types;
  splitter.feed(samples.lines, [&](std::string_view line, bool) {
    samples.sum += cli::parse_input_line(line, types).name.size();
  });
}

void check_names(Samples& samples, size_t) {
  Name name;
  for (const Sample& sample : samples.all) {
    CHECK(name.assign_plain_text(sample.text));
    CHECK(!is_ip_address_text(sample.text));
    samples.sum += question_hash(name.wire(), RRType::A);
  }
}

void build_queries(Samples& samples, size_t) {
  uint8_t room[query_octets_max];
  uint16_t id = 0;
  for (const Sample& sample : samples.all) {
    samples.sum += samples.builder.build(sample.name.wire(), RRType::A, ++id, true, room);
  }
}

void parse_responses(Samples& samples, size_t) {
  for (const Sample& sample : samples.all) {
    CHECK(parse_question(sample.octets, samples.message) == ParseError::none);
    CHECK(names_equal(samples.message.qname(), sample.name.wire()));
    CHECK(parse_records(samples.message) == ParseError::none);
    samples.sum += samples.message.records.size();
  }
}

void miss_cache(Samples& samples, size_t) {
  for (const Sample& sample : samples.all) {
    samples.sum += samples.empty.get(sample.key(), Instant{}).has_value();
  }
}

void fill_cache(Samples& samples, size_t round) {
  constexpr uint32_t ttl_s = 300;
  for (const Sample& sample : samples.all) {
    samples.fresh[round].put(sample.key(), sample.value(), ttl_s, Instant{});
  }
}

void hit_cache(Samples& samples, size_t) {
  for (const Sample& sample : samples.all) {
    const auto found = samples.filled.get(sample.key(), Instant{});
    CHECK(found.has_value());
    samples.sum += found->message.size();
  }
}

void write_names(Samples& samples, size_t) {
  for (const Sample& sample : samples.all) {
    samples.scratch.clear();
    append_plain_name_text(sample.name.wire(), samples.scratch);
    samples.sum += samples.scratch.size();
  }
}

void format_rows(Samples& samples, size_t) {
  for (const Sample& sample : samples.all) {
    samples.rows.clear();
    samples.ndjson->append(sample.response, samples.rows);
    samples.sum += samples.rows.size();
  }
}

struct Part {
  const char* name;
  const char* text;
  void (*run)(Samples& samples, size_t round);
};

constexpr Part parts[] = {
    {"line", "chunk of input to a line and its words", split_lines},
    {"name", "the name checked, in wire format, hashed with its type", check_names},
    {"query", "query built", build_queries},
    {"response", "response parsed and its question compared", parse_responses},
    {"cache-miss", "cache asked in vain", miss_cache},
    {"cache-put", "response put into the cache", fill_cache},
    {"cache-hit", "cache asked with success", hit_cache},
    {"name-text", "name in wire format to text", write_names},
    {"row", "ndjson row", format_rows},
};

int list() {
  for (const Part& part : parts) std::printf("%s %s\n", part.name, part.text);
  return 0;
}

int usage() {
  std::fprintf(stderr, "dnswarm-bench-parts: --list, or PART and ROUNDS (0-%zu) are needed\n", rounds_max);
  return 2;
}

int run(int argc, char** argv) {
  if (argc == 2 && std::strcmp(argv[1], "--list") == 0) return list();
  if (argc != 3) return usage();
  size_t rounds = 0;
  const char* const end = argv[2] + std::strlen(argv[2]);
  const auto [at, error] = std::from_chars(argv[2], end, rounds);
  if (error != std::errc{} || at != end || rounds > rounds_max) return usage();
  for (const Part& part : parts) {
    if (std::string_view(part.name) != argv[1]) continue;
    Samples samples;
    for (size_t round = 0; round < rounds; ++round) part.run(samples, round);
    std::printf("%zu\n", rounds * sample_count);
    return samples.sum == 1 ? 1 : 0;
  }
  return usage();
}

}  // namespace
}  // namespace dnswarm::bench

int main(int argc, char** argv) { return dnswarm::bench::run(argc, argv); }
