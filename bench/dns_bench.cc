// The wire code per name: what a lookup pays between the input line and the row.
#include <benchmark/benchmark.h>

#include <vector>

#include "base/check.h"
#include "dns/message_parser.h"
#include "dns/name.h"
#include "dns/query_builder.h"
#include "dns/rdata_text.h"
#include "dns/response_builder.h"

namespace dnswarm {
namespace {

Name name_of(std::string_view text) {
  Name name;
  const NameError error = name.assign_text(text);
  CHECK(error == NameError::none);
  return name;
}

constexpr std::string_view typical = "Static.assets-12.example-shop.co.uk";

void name_from_text(benchmark::State& state) {
  Name name;
  for (auto _ : state) {
    benchmark::DoNotOptimize(name.assign_text(typical));
    benchmark::DoNotOptimize(name);
  }
}
BENCHMARK(name_from_text);

void name_from_plain_text(benchmark::State& state) {
  Name name;
  for (auto _ : state) {
    benchmark::DoNotOptimize(name.assign_plain_text("static.assets-12.example-shop.co.uk"));
    benchmark::DoNotOptimize(name);
  }
}
BENCHMARK(name_from_plain_text);

void name_to_text(benchmark::State& state) {
  const Name name = name_of(typical);
  std::string text;
  for (auto _ : state) {
    text.clear();
    append_name_text(name.wire(), text);
    benchmark::DoNotOptimize(text.data());
  }
}
BENCHMARK(name_to_text);

void address_test(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(is_ip_address_text(typical));
}
BENCHMARK(address_test);

void query_build(benchmark::State& state) {
  const Name name = name_of(typical);
  const QueryBuilder builder({});
  uint8_t room[query_octets_max];
  uint16_t id = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(builder.build(name.wire(), RRType::A, ++id, true, room));
    benchmark::ClobberMemory();
  }
}
BENCHMARK(query_build);

std::vector<uint8_t> response(size_t addresses) {
  std::vector<uint8_t> room(4096);
  const Name name = name_of(typical);
  const Name target = name_of("edge.cdn.example.net");
  ResponseBuilder builder(room, 1, 0x8180, name.wire(), RRType::A, RRClass::IN);
  builder.record(Section::answer, name.wire(), RRType::CNAME, 300, target.wire());
  for (size_t i = 0; i < addresses; ++i) {
    const uint8_t address[] = {192, 0, 2, static_cast<uint8_t>(i)};
    builder.record(Section::answer, target.wire(), RRType::A, 60, address);
  }
  builder.opt(1232, 0, false);
  const Octets octets = builder.finish();
  return {octets.begin(), octets.end()};
}

void message_parse(benchmark::State& state) {
  const std::vector<uint8_t> octets = response(static_cast<size_t>(state.range(0)));
  Message message;
  for (auto _ : state) {
    CHECK(parse_question(octets, message) == ParseError::none);
    CHECK(parse_records(message) == ParseError::none);
    benchmark::DoNotOptimize(message.records.data());
  }
}
BENCHMARK(message_parse)->Arg(1)->Arg(8);

void rdata_to_text(benchmark::State& state) {
  const uint8_t address[] = {0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x12, 0x34};
  const RRType type = state.range(0) == 4 ? RRType::A : RRType::AAAA;
  std::string text;
  for (auto _ : state) {
    text.clear();
    append_rdata_text(type, RRClass::IN, address, 0, static_cast<size_t>(state.range(0)), text);
    benchmark::DoNotOptimize(text.data());
  }
}
BENCHMARK(rdata_to_text)->Arg(4)->Arg(16);

}  // namespace
}  // namespace dnswarm

BENCHMARK_MAIN();
