// The iterative engine against servers that send anything: responses are made of the fuzzer's octets, to
// queries that were sent, with the right ID and question (or that in lower case). Whatever comes, each line
// ends in exactly one row, within its packets; every row's records are readable; nothing is left behind.
#include <algorithm>
#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <vector>

#include "base/check.h"
#include "dns/header.h"
#include "iterative/iterative_engine.h"
#include "iterative/root_hints.h"

namespace dnswarm {
namespace {

class Hostile : public EngineNetwork, public EngineSink {
 public:
  // `settings`: which of the options are on.
  explicit Hostile(uint8_t settings)
      : hierarchy_(compiled_root_hints(), hierarchy_settings(settings)),
        engine_(options(settings), hierarchy_, rate_, *this, *this, random_, now_) {}

  void run(const uint8_t* data, size_t size) {
    const char* names[] = {"www.a.com", "b.a.com", "www.a.net", "a.com"};
    for (uint64_t tag = 0; tag < 4; ++tag) submit(names[tag], tag);
    turn();
    while (size >= 4 && !queries_.empty()) {
      const uint8_t how = data[0];
      const size_t n = std::min<size_t>(data[1] | size_t{data[2] & 3u} << 8, size - 3);
      answer(how, {data + 3, n});
      data += 3 + n;
      size -= 3 + n;
      turn();
    }
    // Walks for addresses may go on a little after the line that caused them.
    for (int s = 0; s < 1000 && engine_.in_flight() + engine_.waiting_for_answers() > 0; ++s) {
      now_ += std::chrono::milliseconds(100);
      turn();
    }
    CHECK(engine_.in_flight() == 0);
    CHECK(engine_.waiting_for_answers() == 0);
    for (uint64_t tag = 0; tag < 4; ++tag) CHECK(rows_[tag] == 1);
    CHECK(sent_ <= 4 * line_packets_max);
  }

  uint8_t* queue_udp(FlowIndex flow, PeerIndex peer, size_t octets, uint16_t) override {
    ++sent_;
    queries_.push_back({flow, peer, false, engine_.address_of(peer), std::vector<uint8_t>(octets)});
    return queries_.back().octets.data();
  }
  TcpState tcp_state(PeerIndex) override { return TcpState::open; }
  bool send_tcp(PeerIndex peer, Octets query) override {
    ++sent_;
    queries_.push_back({0, peer, true, engine_.address_of(peer), {query.begin(), query.end()}});
    return true;
  }
  void close_tcp(PeerIndex) override {}
  void on_response(const Response& response) override {
    ++rows_[response.tag];
    std::string text;
    for (const Record& record : response.records) {
      record.append_owner_text(text);
      record.append_data_text(text);
    }
  }

 private:
  struct Query {
    FlowIndex flow;
    PeerIndex peer;
    bool tcp;
    Address server;
    std::vector<uint8_t> octets;
  };

  static Hierarchy::Settings hierarchy_settings(uint8_t settings) {
    return {.cuts_octets_max = 1 << 16,
            .rate_per_server = (settings & 1) != 0 ? 50.0 : 0.0,
            .primed = (settings & 2) == 0,
            .several_workers = (settings & 4) != 0};
  }
  static IterativeOptions options(uint8_t settings) {
    IterativeOptions options;
    options.trace = (settings & 8) != 0;
    options.qname_minimisation = (settings & 16) != 0;
    options.nxdomain_cut = (settings & 32) != 0;
    options.in_flight = 4;
    options.cache_octets = 1 << 16;
    options.in_flight_per_server = 2;
    return options;
  }
  void submit(const char* text, uint64_t tag) {
    Name name;
    CHECK(name.assign_text(text) == NameError::none);
    Question question;
    question.tag = tag;
    question.type = RRType::A;
    question.qname = name.wire();
    question.token = text;
    question.hash = question_hash(name.wire(), RRType::A);
    engine_.begin_turn(now_, {});
    engine_.submit(question);
  }
  void turn() {
    engine_.begin_turn(now_, {});
    engine_.run(now_);
  }
  // The rest of a response, behind header and question, is the fuzzer's; so are flags and counts.
  void answer(uint8_t how, Octets rest) {
    const size_t which = how % queries_.size();
    const Query query = queries_[which];
    if ((how & 0x80) == 0) queries_.erase(queries_.begin() + static_cast<std::ptrdiff_t>(which));
    if ((how & 0x60) == 0x60) {
      if (query.tcp) return engine_.on_tcp_lost(query.peer, 104);
      return engine_.on_send_failed(query.flow, query.octets, rest.empty() ? 11 : 101);
    }
    size_t end = header_octets;
    while (query.octets[end] != 0) end += query.octets[end] + size_t{1};
    const auto name_end = static_cast<std::ptrdiff_t>(end);
    end += 5;
    std::vector<uint8_t> octets(query.octets.begin(),
                                query.octets.begin() + static_cast<std::ptrdiff_t>(end));
    if ((how & 0x10) != 0) {
      const auto name = octets.begin() + header_octets;
      std::transform(name, octets.begin() + name_end, name, ascii_lower);
    }
    octets[2] = 0x80;
    std::fill(octets.begin() + 6, octets.begin() + 12, uint8_t{0});
    if (rest.size() >= 5) {
      octets[2] = static_cast<uint8_t>(0x80 | (rest[0] & 0x06));  // AA, TC
      octets[3] = rest[1] & 0x0f;
      octets[7] = rest[2] & 0x07, octets[9] = rest[3] & 0x0f, octets[11] = rest[4] & 0x0f;
      rest = rest.subspan(5);
    }
    octets.insert(octets.end(), rest.begin(), rest.end());
    now_ += std::chrono::milliseconds(1);
    engine_.begin_turn(now_, {});
    if (query.tcp)
      engine_.on_tcp_message(query.peer, octets);
    else
      engine_.on_datagram(query.flow, &query.server, octets);
  }

  RateLimit rate_;
  Random random_{1};
  Instant now_{std::chrono::seconds(1000)};
  Hierarchy hierarchy_;
  IterativeEngine engine_;
  std::deque<Query> queries_;
  std::map<uint64_t, int> rows_;
  unsigned sent_ = 0;
};

}  // namespace
}  // namespace dnswarm

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  dnswarm::Hostile(size > 0 ? data[size - 1] : 0).run(data, size);
  return 0;
}
