#include "sim_network.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "dns/name.h"
#include "lower_question.h"

namespace dnswarm::sim {

namespace {

using std::chrono::milliseconds;

constexpr unsigned part = 256;  // datagrams that are delivered at a time

}  // namespace

Simulation::Simulation(const SimOptions& options)
    : options_(options), random_(options.seed), engine_random_(options.seed * 7919 + 1) {
  next_stop_ = start_ + options.stops_from;
  limits_.total.set(options.rate);
  if (options.rate_per_upstream > 0) {
    limits_.per_upstream =
        std::vector<RateLimit>(options.upstreams.size(), RateLimit(options.rate_per_upstream));
  }
  tcp_open_.resize(options.upstreams.size());
  caps_.resize(options.upstreams.size());
  for (UpstreamModel& model : options_.upstreams) {
    // Deaths are given relative to the start.
    if (model.dies != Instant::max()) model.dies += start_.time_since_epoch();
    if (model.returns != Instant::max()) model.returns += start_.time_since_epoch();
    if (model.cap_changes != Instant::max()) model.cap_changes += start_.time_since_epoch();
  }
  EngineOptions engine;
  for (size_t i = 0; i < options.upstreams.size(); ++i) {
    std::string text = "127.0." + std::to_string(i / 250) + "." + std::to_string(i % 250 + 1);
    engine.upstreams.push_back(*Address::from_text(text, 53));
    engine.upstream_texts.push_back(engine.upstreams.back().to_text());
  }
  engine.flows.connected = options.connected;
  engine.flows.per_upstream = 4;
  engine.flows.capacity = options.in_flight;
  if (!options.connected) engine.flows.v4 = 16;
  engine.flows.total = options.connected ? 4 * options.upstreams.size() : 16;
  engine.in_flight = options.in_flight;
  engine.in_flight_per_upstream = options.in_flight;
  engine.attempts = options.attempts;
  engine.timeout = options.timeout;
  engine.deadline = options.deadline;
  engine.cache_octets = options.cache_octets;
  engine_ = std::make_unique<LookupEngine>(engine, limits_, *this, *this, engine_random_, start_);
  for (unsigned i = 0; i < options.names; ++i) {
    if (i > 0 && chance(options.repeated_names)) {
      names_.push_back(names_[random_.below(i)]);
    } else {
      names_.push_back("n" + std::to_string(i) + ".d" + std::to_string(random_.below(options.domains)) +
                       options.suffix);
    }
  }
  results_.resize(names_.size());
}

void Simulation::submit_some() {
  while (submitted_ < names_.size() && engine_->can_accept()) {
    Name name;
    CHECK(name.assign_text(names_[submitted_]) == NameError::none);
    Question question;
    question.tag = submitted_++;
    question.type = RRType::A;
    question.qname = name.wire();
    question.hash = question_hash(name.wire(), RRType::A);
    engine_->submit(question);
  }
}

void Simulation::run(Duration limit) {
  while (finished_ < names_.size() && now_ - start_ < limit) {
    stop_for_a_while();
    engine_->begin_turn(now_, {});
    const bool delivered_all = deliver();
    submit_some();
    if (delivered_all) engine_->run(now_);
    else engine_->start_waiting(now_);
    submit_some();
    transmit();
    engine_->on_departed(engine_->tokens_taken(), now_);
    if (finished_ == names_.size()) break;
    Instant next = engine_->next_due(now_);
    if (!events_.empty()) next = std::min(next, events_.top().at);
    if (next == never) {
      violations_.push_back("the engine waits for nothing with " +
                            std::to_string(names_.size() - finished_) + " names left");
      return;
    }
    now_ = std::max(next, now_ + std::chrono::microseconds(50));
  }
  if (finished_ < names_.size()) violations_.push_back("names without a result at the end");
}

// What has come by now, or a part of it; whether it was all.
bool Simulation::deliver() {
  unsigned datagrams = 0;
  while (!events_.empty() && events_.top().at <= now_) {
    if (++datagrams > part) return false;
    Event event = events_.top();
    events_.pop();
    if (event.tcp_lost) {
      engine_->on_tcp_lost(event.upstream, 0);
    } else if (event.tcp) {
      engine_->on_tcp_message(event.upstream, event.octets);
    } else if (finds_room(event)) {
      engine_->on_datagram(event.flow, options_.connected ? nullptr : &event.source, event.octets);
    }
  }
  return true;
}

void Simulation::stop_for_a_while() {
  if (options_.stopped == Duration(0) || now_ < next_stop_) return;
  now_ += options_.stopped;
  stopped_until_ = now_;
  next_stop_ = now_ + milliseconds(100) - options_.stopped;
  room_ = options_.room_while_stopped;
  std::vector<Event> came;
  for (; !events_.empty() && events_.top().at <= now_; events_.pop()) came.push_back(events_.top());
  // It lies in sockets, and is taken from one after the other.
  std::stable_sort(came.begin(), came.end(), [](const Event& a, const Event& b) { return a.flow < b.flow; });
  for (Event& event : came) {
    event.at = now_;
    event.order = ++order_;
    events_.push(std::move(event));
  }
}

bool Simulation::finds_room(const Event& response) {
  if (response.at > stopped_until_) return true;
  if (room_ > 0) return room_-- > 0;
  engine_->on_local_drops();
  return false;
}

uint8_t* Simulation::queue_udp(FlowIndex flow, PeerIndex upstream, size_t octets, uint16_t) {
  queued_.push_back({flow, upstream, std::make_unique<uint8_t[]>(octets), octets});
  return queued_.back().octets.get();
}

void Simulation::transmit() {
  auto batch = std::move(queued_);
  queued_.clear();
  for (const Queued& q : batch) {
    sends_.push_back({now_, q.upstream});
    answer(q.flow, q.upstream, false, {q.octets.get(), q.size});
  }
}

bool Simulation::send_tcp(PeerIndex upstream, Octets query) {
  if (!tcp_open_[upstream]) sends_.push_back({now_, upstream});
  tcp_open_[upstream] = true;
  sends_.push_back({now_, upstream});
  answer(0, upstream, true, query);
  return true;
}

Duration Simulation::delay(const UpstreamModel& model) {
  if (model.bimodal) {
    uint32_t share = random_.below(100);
    return share < 90 ? milliseconds(5) : share < 99 ? milliseconds(300) : milliseconds(2000);
  }
  auto span = static_cast<uint64_t>((model.delay_max - model.delay_min).count());
  return model.delay_min + Duration(span == 0 ? 0 : static_cast<int64_t>(random_.u64() % span));
}

void Simulation::answer(FlowIndex flow, PeerIndex upstream, bool tcp, Octets query) {
  const UpstreamModel& model = options_.upstreams[upstream];
  std::string text;
  append_name_text(name_at(query, header_octets).wire(), text);
  first_sent_.try_emplace(text, now_);
  if (model.dead(now_) || (tcp && model.tcp_dead)) {
    if (!tcp) return;
    tcp_open_[upstream] = false;
    events_.push({now_ + milliseconds(1), ++order_, 0, upstream, true, true, {}, {}});
    return;
  }
  Duration wait = delay(model);
  if (over_cap(upstream)) {
    if (model.over_cap == OverCap::dropped) return;
    return schedule(now_ + wait, flow, upstream, tcp, respond_over_cap(upstream, query));
  }
  if (chance(model.forge)) {
    forge(now_ + wait * static_cast<int>(random_.below(100)) / 100, flow, upstream,
          respond(upstream, tcp, query));
  }
  if (!tcp) {
    for (unsigned i = 0; i < model.guesses; ++i) {
      std::vector<uint8_t> octets = respond(upstream, tcp, query);
      if (octets.empty()) break;
      octets[0] = static_cast<uint8_t>(random_.u16()), octets[1] = static_cast<uint8_t>(random_.u16());
      guess(now_ + wait * static_cast<int>(random_.below(100)) / 100, flow, upstream, std::move(octets));
    }
    if (chance(model.forge_case)) guess(now_ + wait / 2, flow, upstream, respond(upstream, tcp, query));
  }
  if (!tcp && chance(model.loss)) return;
  std::vector<uint8_t> response = respond(upstream, tcp, query);
  if (response.empty()) return;
  if (model.lowers_case && !tcp) lower_question(response);
  if (!tcp && chance(model.malformed)) response.resize(response.size() - 1 - random_.below(4));
  schedule(now_ + wait, flow, upstream, tcp, response);
  if (!tcp && chance(model.duplicate)) schedule(now_ + delay(model), flow, upstream, tcp, response);
}

void Simulation::schedule(Instant at, FlowIndex flow, PeerIndex upstream, bool tcp,
                          std::vector<uint8_t> octets) {
  Address source = *Address::from_text(
      "127.0." + std::to_string(upstream / 250) + "." + std::to_string(upstream % 250 + 1), 53);
  events_.push({at, ++order_, flow, upstream, tcp, false, source, std::move(octets)});
}

// The forger's address, wherever the rule's stands.
void poison(std::vector<uint8_t>& octets) {
  for (size_t i = header_octets; i + 4 <= octets.size(); ++i) {
    if (octets[i] == 10 && i >= 2 && octets[i - 1] == 4 && octets[i - 2] == 0) {
      octets[i] = 198, octets[i + 1] = 51, octets[i + 2] = 100;
    }
  }
}

// He does not see the query: he knows the name, not its case.
void Simulation::guess(Instant at, FlowIndex flow, PeerIndex upstream, std::vector<uint8_t> octets) {
  if (octets.empty()) return;
  poison(octets);
  lower_question(octets);
  schedule(at, flow, upstream, false, std::move(octets));
}

// Wrong in one point each: the ID, the question, the flow (port), the source address. Right in all
// would be believed by any resolver.
void Simulation::forge(Instant at, FlowIndex flow, PeerIndex upstream, std::vector<uint8_t> octets) {
  if (octets.size() < header_octets + 6) return;
  poison(octets);
  switch (random_.below(options_.connected ? 3 : 4)) {
    case 0: octets[0] ^= static_cast<uint8_t>(1 + random_.below(255)); break;
    case 1: octets[header_octets + 1] ^= 1; break;  // 'n' -> 'o': another name
    case 2: flow = static_cast<FlowIndex>(flow ^ 1); break;
    case 3: upstream = static_cast<PeerIndex>((upstream + 1) % options_.upstreams.size()); break;
  }
  if (upstream == 0 && options_.upstreams.size() == 1 && !options_.connected) return;
  schedule(at, flow, upstream, false, std::move(octets));
}

bool Simulation::over_cap(PeerIndex upstream) {
  const UpstreamModel& model = options_.upstreams[upstream];
  const unsigned cap = now_ < model.cap_changes ? model.cap : model.cap_later;
  if (cap == 0) return false;
  CapState& state = caps_[upstream];
  if (model.cap_by_tokens) {
    const double most = std::max(1.0, cap / 10.0);
    const double seconds = seconds_of(now_ - state.counted);
    state.tokens = state.counted == Instant() ? most : std::min(state.tokens + seconds * cap, most);
    state.counted = now_;
    if (state.tokens < 1) return true;
    state.tokens -= 1;
  } else {
    while (!state.passed.empty() && now_ - state.passed.front() >= std::chrono::seconds(1)) {
      state.passed.pop_front();
    }
    if (state.passed.size() >= cap) return true;
    state.passed.push_back(now_);
  }
  passes_.push_back({now_, upstream});
  return false;
}

void Simulation::on_response(const Response& response) {
  Result& result = results_[response.tag];
  ++result.count;
  ++finished_;
  result.status = status_text(response);
  result.attempts = response.attempts;
  ++by_status_[result.status];
  if (response.definitive()) result.wrong = !right(response);
  if (response.name != names_[response.tag]) result.wrong = true;
  auto sent = first_sent_.find(names_[response.tag]);
  if (sent != first_sent_.end() && !response.cached) result.took = now_ - sent->second;
}

size_t Simulation::most_in_a_second(const std::vector<Packet>& packets, int upstream) {
  std::vector<Instant> sent;
  for (const Packet& p : packets) {
    if (upstream < 0 || static_cast<int>(p.upstream) == upstream) sent.push_back(p.at);
  }
  size_t most = 0, first = 0;
  for (size_t last = 0; last < sent.size(); ++last) {
    while (sent[last] - sent[first] >= std::chrono::seconds(1)) ++first;
    most = std::max(most, last - first + 1);
  }
  return most;
}

std::vector<uint64_t> Simulation::packets_per_upstream() const {
  std::vector<uint64_t> counts(options_.upstreams.size());
  for (const Packet& p : sends_) ++counts[p.upstream];
  return counts;
}

Simulation::StepCounts Simulation::in_steps(const std::vector<Packet>& packets, Duration step) const {
  StepCounts counts(options_.upstreams.size(),
                    std::vector<uint64_t>(static_cast<size_t>((now_ - start_) / step) + 1));
  for (const Packet& p : packets) ++counts[p.upstream][static_cast<size_t>((p.at - start_) / step)];
  return counts;
}

uint64_t Simulation::packets_between(Duration from, Duration to) const {
  return static_cast<uint64_t>(std::count_if(sends_.begin(), sends_.end(), [&](const Packet& p) {
    return p.at >= start_ + from && p.at < start_ + to;
  }));
}

uint64_t Simulation::passed_between(Duration from, Duration to) const {
  return static_cast<uint64_t>(std::count_if(passes_.begin(), passes_.end(), [&](const Packet& p) {
    return p.at >= start_ + from && p.at < start_ + to;
  }));
}

std::vector<std::string> Simulation::violations() const {
  std::vector<std::string> all = violations_;
  for (size_t i = 0; i < results_.size() && all.size() < 20; ++i) {
    const Result& r = results_[i];
    std::string who = names_[i] + " (" + r.status + "): ";
    if (r.count != 1) all.push_back(who + std::to_string(r.count) + " results");
    if (r.wrong) all.push_back(who + "wrong answer");
    if (r.attempts > packets_max) all.push_back(who + std::to_string(r.attempts) + " packets");
    // Repeats of a name have the first one's start; limits put waiting between the packets.
    bool timed = options_.repeated_names == 0 && options_.rate == 0 && options_.rate_per_upstream == 0;
    for (const UpstreamModel& upstream : options_.upstreams) timed &= upstream.cap == 0;
    if (timed && r.took > options_.deadline + milliseconds(20)) {
      all.push_back(who + "took " + std::to_string(r.took / milliseconds(1)) + " ms");
    }
  }
  auto allowed = [](double rate) { return std::floor(rate + std::max(1.0, rate / 100)); };
  if (options_.rate > 0) {
    size_t most = most_in_a_second(sends_, -1);
    if (static_cast<double>(most) > allowed(options_.rate)) {
      all.push_back(std::to_string(most) + " packets in one second, limit " + std::to_string(options_.rate));
    }
  }
  for (size_t u = 0; options_.rate_per_upstream > 0 && u < options_.upstreams.size(); ++u) {
    size_t most = most_in_a_second(sends_, static_cast<int>(u));
    if (static_cast<double>(most) > allowed(options_.rate_per_upstream)) {
      all.push_back("upstream " + std::to_string(u) + ": " + std::to_string(most) + " packets in one second");
    }
  }
  return all;
}

}  // namespace dnswarm::sim
