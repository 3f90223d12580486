// The lookup engine against upstreams that send anything: responses are made of the fuzzer's octets,
// with the right ID often enough to get past it. Whatever comes, each question ends in exactly one
// row, within its packets and its deadline.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <memory>
#include <vector>

#include "dns/name.h"
#include "resolver/lookup_engine.h"

namespace dnswarm {
namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

class Hostile : public EngineNetwork, public EngineSink {
 public:
  Hostile() {
    EngineOptions options;
    for (int i = 1; i <= 3; ++i) {
      options.upstreams.push_back(*Address::from_text("192.0.2." + std::to_string(i), 53));
      options.upstream_texts.push_back(options.upstreams.back().to_text());
    }
    options.flows.total = 3;
    options.cache_octets = 1 << 16;
    engine_ = std::make_unique<LookupEngine>(options, limits_, *this, *this, random_, now_);
  }

  void run(const uint8_t* data, size_t size) {
    const char* names[] = {"a.example", "b.example", "www.c.example", "a.example"};
    for (uint64_t tag = 0; tag < 4; ++tag) submit(names[tag], tag);
    while (size >= 4) {
      uint8_t how = data[0];
      size_t n = std::min<size_t>(data[1] | size_t{data[2] & 7u} << 8, size - 3);
      std::vector<uint8_t> octets(data + 3, data + 3 + n);
      data += 3 + n;
      size -= 3 + n;
      step(how, octets);
    }
    for (int s = 0; s < 400 && engine_->in_flight() > 0; ++s) pass(std::chrono::milliseconds(100));
    require(engine_->in_flight() == 0);
    for (uint64_t tag = 0; tag < 4; ++tag) require(rows_[tag] == 1);
  }

  uint8_t* queue_udp(FlowIndex flow, PeerIndex, size_t octets, uint16_t) override {
    queries_.push_back({flow, false, std::vector<uint8_t>(octets)});
    return queries_.back().octets.data();
  }
  TcpState tcp_state(PeerIndex) override {
    return tcp_ ? TcpState::open : TcpState::closed;
  }
  bool send_tcp(PeerIndex upstream, Octets query) override {
    tcp_ = true;
    queries_.push_back({static_cast<FlowIndex>(upstream), true, {query.begin(), query.end()}});
    return true;
  }
  void close_tcp(PeerIndex) override { tcp_ = false; }
  void on_response(const Response& response) override {
    ++rows_[response.tag];
    require(response.attempts <= packets_max);
    std::string text;
    for (const Record& record : response.records) {
      record.append_owner_text(text);
      record.append_data_text(text);
    }
  }

 private:
  struct Query {
    FlowIndex flow;
    bool tcp;
    std::vector<uint8_t> octets;
  };

  void submit(const char* text, uint64_t tag) {
    Name name;
    require(name.assign_text(text) == NameError::none);
    Question question;
    question.tag = tag;
    question.type = RRType::A;
    question.qname = name.wire();
    question.hash = question_hash(name.wire(), RRType::A);
    engine_->begin_turn(now_, {});
    engine_->submit(question);
  }
  void pass(Duration time) {
    now_ += time;
    engine_->begin_turn(now_, {});
    engine_->run(now_);
  }
  void step(uint8_t how, std::vector<uint8_t>& octets) {
    if (how >= 0xf8) return pass(std::chrono::milliseconds(300));
    if (how >= 0xf0) {
      tcp_ = false;
      return engine_->on_tcp_lost(how % 3, how & 4 ? 104 : 0);
    }
    if (queries_.empty()) return;
    const Query query = queries_[how % queries_.size()];
    if (how & 0x40) return engine_->on_send_failed(query.flow, query.octets, how & 1 ? 11 : 101);
    // The query's own ID (or the one beside it) and question (or in lower case), then what the fuzzer says.
    if (octets.size() >= 2) std::copy_n(query.octets.begin(), 2, octets.begin());
    if (how & 0x10 && octets.size() >= 2) octets[1] ^= 1;
    const size_t name_end = skip_name(query.octets, header_octets);
    if (how & 0x80 && octets.size() >= name_end + 4) {
      std::copy_n(query.octets.begin() + header_octets, name_end + 4 - header_octets,
                  octets.begin() + header_octets);
      for (size_t i = header_octets; how & 0x20 && i < name_end; ++i) octets[i] = ascii_lower(octets[i]);
      octets[2] |= 0x80, octets[2] &= 0x87;
      octets[4] = 0, octets[5] = 1;
    }
    if (query.tcp) {
      engine_->on_tcp_message(query.flow, octets);
    } else {
      engine_->on_datagram(query.flow, nullptr, octets);
    }
  }

  SharedLimits limits_;
  Random random_{1};
  Instant now_{std::chrono::hours(1)};
  std::unique_ptr<LookupEngine> engine_;
  std::vector<Query> queries_;
  std::map<uint64_t, unsigned> rows_;
  bool tcp_ = false;
};

}  // namespace
}  // namespace dnswarm

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  dnswarm::Hostile().run(data, size);
  return 0;
}
