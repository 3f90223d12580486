// A lookup engine with a network whose other end is the test: it sees each query and says what comes
// back, and time passes when it says so.
#ifndef DNSWARM_TESTS_RESOLVER_ENGINE_FIXTURE_H_
#define DNSWARM_TESTS_RESOLVER_ENGINE_FIXTURE_H_

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "dns/name.h"
#include "dns/response_builder.h"
#include "resolver/lookup_engine.h"

namespace dnswarm {

struct SentQuery {
  PeerIndex upstream = 0;
  FlowIndex flow = 0;
  bool tcp = false;
  std::string name;  // in lower case
  uint16_t id = 0;
  bool edns = false;
  std::vector<uint8_t> octets;
};

struct Row {
  uint64_t tag = 0;
  std::string name, qname, status, error_code, upstream;
  std::vector<std::string> answers;  // "owner ttl TYPE data"
  unsigned attempts = 0;
  bool cached = false;
  Protocol protocol = Protocol::udp;
  std::vector<std::pair<uint16_t, std::string>> ede;
  std::string last_rcode;
};

class EngineTest : public ::testing::Test, public EngineNetwork, public EngineSink {
 protected:
  void start(size_t upstreams = 2) {
    for (size_t i = 0; i < upstreams; ++i) {
      options.upstreams.push_back(*Address::from_text("192.0.2." + std::to_string(i + 1), 53));
      options.upstream_texts.push_back(options.upstreams.back().to_text());
    }
    options.flows.per_upstream = 2;
    options.flows.total = 2 * upstreams;
    if (options.cache_octets == 0) options.cache_octets = size_t{1} << 20;
    tcp_open.resize(upstreams);
    engine = std::make_unique<LookupEngine>(options, limits, *this, *this, random, now);
  }

  void submit(const std::string& text, uint64_t tag = 0, RRType type = RRType::A) {
    Name name;
    ASSERT_EQ(name.assign_text(text), NameError::none);
    Question question;
    question.tag = tag;
    question.type = type;
    question.qname = name.wire();
    question.hash = question_hash(name.wire(), type);
    engine->begin_turn(now, {});
    engine->submit(question);
    collect();
  }
  void pass(Duration time) {
    const Instant end = now + time;
    while (now < end) {
      now = std::min(end, now + std::chrono::milliseconds(2));
      engine->begin_turn(now, {});
      engine->run(now);
    }
    collect();
  }

  using Build = std::function<void(ResponseBuilder&, const SentQuery&)>;
  std::vector<uint8_t> response_to(const SentQuery& query, uint16_t flags, const Build& build = {}) {
    Message question;
    EXPECT_EQ(parse_question(query.octets, question), ParseError::none);
    std::vector<uint8_t> room(4096);
    ResponseBuilder builder(room, query.id, static_cast<uint16_t>(HeaderFlags::qr | HeaderFlags::ra | flags),
                            question.qname(), question.qtype, question.qclass);
    if (build) build(builder, query);
    Octets octets = builder.finish();
    return {octets.begin(), octets.end()};
  }
  void deliver(const SentQuery& query, std::vector<uint8_t> octets) {
    engine->begin_turn(now, {});
    if (query.tcp) {
      engine->on_tcp_message(query.upstream, octets);
    } else {
      engine->on_datagram(query.flow, nullptr, octets);
    }
    collect();
  }
  void respond(const SentQuery& query, uint16_t flags, const Build& build = {}) {
    deliver(query, response_to(query, flags, build));
  }
  void respond(const SentQuery& query, Rcode rcode) { respond(query, static_cast<uint16_t>(rcode)); }
  void answer(const SentQuery& query, uint32_t ttl = 60) {
    respond(query, 0, [&](ResponseBuilder& b, const SentQuery& q) { add_a(b, q.name, ttl); });
  }

  static Name name_of(const std::string& text) {
    Name name;
    EXPECT_EQ(name.assign_text(text), NameError::none);
    return name;
  }
  static void add_a(ResponseBuilder& builder, const std::string& owner, uint32_t ttl = 60) {
    const uint8_t address[] = {192, 0, 2, 99};
    builder.record(Section::answer, name_of(owner).wire(), RRType::A, ttl, address);
  }
  static void add_cname(ResponseBuilder& builder, const std::string& owner, const std::string& target) {
    builder.record(Section::answer, name_of(owner).wire(), RRType::CNAME, 60, name_of(target).wire());
  }
  static void add_soa(ResponseBuilder& builder, uint32_t minimum = 30) {
    std::vector<uint8_t> rdata{0, 0};
    for (uint32_t field : {1u, 2u, 3u, 4u, minimum}) {
      for (int shift = 24; shift >= 0; shift -= 8) rdata.push_back(static_cast<uint8_t>(field >> shift));
    }
    builder.record(Section::authority, name_of("example").wire(), RRType::SOA, 600, rdata);
  }

  // EngineNetwork
  uint8_t* queue_udp(FlowIndex flow, PeerIndex upstream, size_t octets, uint16_t) override {
    pending.push_back({upstream, flow, false, {}, 0, false, std::vector<uint8_t>(octets)});
    return pending.back().octets.data();
  }
  TcpState tcp_state(PeerIndex upstream) override {
    if (!tcp_open[upstream]) return TcpState::closed;
    return tcp_connecting ? TcpState::connecting : TcpState::open;
  }
  bool send_tcp(PeerIndex upstream, Octets query) override {
    if (tcp_fails) return false;
    tcp_open[upstream] = true;
    pending.push_back({upstream, 0, true, {}, 0, false, {query.begin(), query.end()}});
    return true;
  }
  void close_tcp(PeerIndex upstream) override { tcp_open[upstream] = false; }
  // EngineSink
  void on_response(const Response& r) override {
    Row row{r.tag, std::string(r.name), std::string(r.qname), std::string(status_text(r)),
            std::string(r.error_code), std::string(r.upstream.text), {}, r.attempts, r.cached,
            r.protocol, {}, {}};
    for (const Record& record : r.records) {
      std::string text;
      record.append_owner_text(text);
      if (record.owner_is_qname) {
        EXPECT_EQ(text, r.qname);
      }
      text += " " + std::to_string(record.ttl) + " " + to_text(record.type) + " ";
      record.append_data_text(text);
      row.answers.push_back(text);
    }
    for (const ExtendedError& e : r.extended_errors) row.ede.emplace_back(e.info_code, e.extra_text);
    if (r.has_last_rcode) row.last_rcode = to_text(r.last_rcode);
    rows.push_back(row);
  }

  // What was queued is complete only after the engine filled it.
  void collect() {
    for (SentQuery& query : pending) {
      Message message;
      ASSERT_EQ(parse_question(query.octets, message), ParseError::none);
      append_name_text(name_at(query.octets, header_octets).wire(), query.name);
      query.id = message.header.id;
      query.edns = message.header.arcount == 1;
      sent.push_back(std::move(query));
    }
    pending.clear();
  }

  EngineOptions options;
  SharedLimits limits;
  Random random{1};
  Instant now{std::chrono::hours(10)};
  std::unique_ptr<LookupEngine> engine;
  std::vector<bool> tcp_open;
  bool tcp_fails = false;
  bool tcp_connecting = false;
  std::vector<SentQuery> pending;
  std::vector<SentQuery> sent;
  std::vector<Row> rows;
};

}  // namespace dnswarm

#endif  // DNSWARM_TESTS_RESOLVER_ENGINE_FIXTURE_H_
