// The command line's code per name: from a chunk of input to a line, from a response to a row.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "base/check.h"
#include "cli/input_line.h"
#include "cli/json_text.h"
#include "cli/line_splitter.h"
#include "cli/row_format.h"
#include "dns/message_parser.h"
#include "dns/name.h"
#include "dns/response_builder.h"

namespace dnswarm::cli {
namespace {

constexpr std::string_view typical = "static.assets-12.example-shop.co.uk";

void line_split_and_parse(benchmark::State& state) {
  std::string chunk;
  while (chunk.size() < size_t{1} << 18) chunk.append(typical).append("\n");
  LineSplitter splitter;
  std::vector<RRType> types;
  int64_t lines = 0;
  for (auto _ : state) {
    splitter.feed(chunk, [&](std::string_view line, bool) {
      benchmark::DoNotOptimize(parse_input_line(line, types));
      ++lines;
    });
  }
  state.SetItemsProcessed(lines);
}
BENCHMARK(line_split_and_parse);

void json_string(benchmark::State& state) {
  RowBuffer out(4096);
  for (auto _ : state) {
    out.clear();
    append_json_string(out, typical);
    benchmark::DoNotOptimize(out.text());
  }
}
BENCHMARK(json_string);

Name name_of(std::string_view text) {
  Name name;
  CHECK(name.assign_text(text) == NameError::none);
  return name;
}

// A NOERROR response of a CNAME and an A record, NXDOMAIN without `answers`.
struct Sample {
  explicit Sample(bool answers) {
    const Name name = name_of(typical);
    const Name target = name_of("edge.cdn.example.net");
    const uint16_t flags = answers ? 0x8180 : 0x8183;
    ResponseBuilder builder(octets, 1, flags, name.wire(), RRType::A, RRClass::IN);
    if (answers) {
      const uint8_t address[] = {192, 0, 2, 53};
      builder.record(Section::answer, name.wire(), RRType::CNAME, 300, target.wire());
      builder.record(Section::answer, target.wire(), RRType::A, 60, address);
    }
    CHECK(parse_question(builder.finish(), message) == ParseError::none);
    CHECK(parse_records(message) == ParseError::none);
    response.name = response.qname = typical;
    response.type = RRType::A;
    response.rrclass = RRClass::IN;
    response.rcode = message.rcode();
    response.header_flags = flags;
    response.records = message.records;
    response.upstream.text = "192.0.2.53:53";
    response.rtt = std::chrono::microseconds(12'345);
    response.attempts = 1;
    response.received_at = std::chrono::system_clock::time_point(std::chrono::seconds(1'795'305'600));
  }

  std::vector<uint8_t> octets = std::vector<uint8_t>(1232);
  Message message;
  Response response;
};

void row(benchmark::State& state, const char* format, bool answers) {
  const Sample sample(answers);
  std::string error;
  const auto style = row_style_from_text(format, &error);
  CHECK(style.has_value());
  const auto formatter = make_row_format(*style);
  RowBuffer out(size_t{1} << 16);
  for (auto _ : state) {
    out.clear();
    formatter->append(sample.response, out);
    benchmark::DoNotOptimize(out.text());
  }
}
BENCHMARK_CAPTURE(row, ndjson, "ndjson", true);
BENCHMARK_CAPTURE(row, ndjson_nxdomain, "ndjson", false);
BENCHMARK_CAPTURE(row, csv, "csv", true);
BENCHMARK_CAPTURE(row, text, "text", true);
BENCHMARK_CAPTURE(row, massdns_simple, "massdns-S", true);
BENCHMARK_CAPTURE(row, massdns_json, "massdns-J", true);

}  // namespace
}  // namespace dnswarm::cli

BENCHMARK_MAIN();
