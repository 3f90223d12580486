#include "part_samples.h"

#include "base/check.h"
#include "generate.h"
#include "engine/question.h"
#include "response_writer.h"
#include "rule.h"

namespace dnswarm::bench {
namespace {

constexpr size_t shard_octets = size_t{4} << 20;  // ample for all samples
constexpr uint32_t ttl_s = 300;
constexpr size_t row_octets = 4096;
constexpr std::string_view mix = "nxdomain=20,nodata=5,cname=10,multi=10";

sim::Rule rule_of_compare() {
  sim::RuleOptions options;
  std::string error;
  const auto parsed = sim::Mix::from_text(mix, &error);
  CHECK(parsed.has_value());
  options.mix = *parsed;
  return sim::Rule(options);
}

std::vector<uint8_t> response_to(const Name& name, const QueryBuilder& builder, sim::ResponseWriter& writer) {
  uint8_t query[query_octets_max];
  const size_t size = builder.build(name.wire(), RRType::A, 1, true, query);
  std::vector<uint8_t> room(sim::response_octets_max);
  sim::ResponseNote note;
  room.resize(writer.write({query, size}, sim::Transport::udp, "", room.data(), note));
  CHECK(!room.empty());
  return room;
}

Response response_of(const Message& message, std::string_view text, size_t number) {
  using namespace std::chrono;
  Response response;
  response.name = response.qname = text;
  response.type = RRType::A;
  response.rrclass = RRClass::IN;
  response.rcode = message.rcode();
  response.header_flags = message.header.flags;
  response.records = std::span(message.records).first(message.answer_count);
  response.upstream.text = "127.0.0.1:5300";
  response.rtt = microseconds(500 + number % 4000);
  response.attempts = 1;
  // 64 responses a turn of the loop have the same time.
  response.received_at = system_clock::time_point(seconds(1'795'305'600) + microseconds(number / 64 * 100));
  return response;
}

}  // namespace

CacheValue Sample::value() const {
  size_t size = header_octets + name.size() + 4;
  if (message->answer_count > 0) {
    const Record& last = message->records[message->answer_count - 1];
    size = size_t{last.rdata_offset} + last.rdata_octets;
  }
  CacheValue value;
  value.message = Octets(octets).first(size);
  return value;
}

Samples::Samples() : all(sample_count), empty(shard_octets), filled(shard_octets), rows(row_octets) {
  sim::append_names(sample_count, 1, "realistic", lines);
  const sim::Rule rule = rule_of_compare();
  sim::ResponseWriter writer(rule, &rule, {});
  std::string error;
  ndjson = cli::make_row_format(*cli::row_style_from_text("ndjson", &error));
  std::string_view rest = lines;
  for (size_t i = 0; i < sample_count; ++i) {
    Sample& sample = all[i];
    sample.text = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(sample.text.size() + 1);
    CHECK(sample.name.assign_text(sample.text) == NameError::none);
    sample.hash = question_hash(sample.name.wire(), RRType::A);
    sample.octets = response_to(sample.name, builder, writer);
    sample.message = std::make_unique<Message>();
    CHECK(parse_question(sample.octets, *sample.message) == ParseError::none);
    CHECK(parse_records(*sample.message) == ParseError::none);
    sample.response = response_of(*sample.message, sample.text, i);
    filled.put(sample.key(), sample.value(), ttl_s, Instant{});
  }
  for (size_t i = 0; i < rounds_max; ++i) fresh.emplace_back(shard_octets);
}

}  // namespace dnswarm::bench
