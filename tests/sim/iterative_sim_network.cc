#include "iterative_sim_network.h"

#include <algorithm>
#include <cerrno>

#include "iterative/root_hints.h"
#include "iterative_sim_worker.h"
#include "lower_question.h"

namespace dnswarm::sim {
namespace {

using std::chrono::milliseconds;

constexpr Duration connection_refused_after = milliseconds(1);
constexpr Duration tcp_idle_longest = std::chrono::seconds(10);  // as TcpConnections

Delegation root_of(const World& world) {
  std::string error;
  auto root = root_hints_from_text(world.root_hints(), &error);
  CHECK(root.has_value());
  return *std::move(root);
}

// QNAMEs alike to the letter's case.
bool asks_the_same(Octets response, Octets query) {
  QueryView view;
  CHECK(parse_query(query, view) == QueryError::none);
  return std::equal(view.qname().begin(), view.qname().end(), response.begin() + header_octets);
}

uint32_t ipv4_of(const Address& address) {
  return ntohl(reinterpret_cast<const sockaddr_in*>(address.sa())->sin_addr.s_addr);
}

}  // namespace

IterativeSimulation::IterativeSimulation(const IterativeSimOptions& options)
    : options_(options),
      random_(options.seed),
      internet_(options.zones, options.faults, options.seed),
      hierarchy_(root_of(internet_.world()), {.cuts_octets_max = size_t{8} << 20,
                                              .rate_per_server = options.rate_per_server,
                                              .primed = options.primed,
                                              .several_workers = options.workers > 1}) {
  for (unsigned i = 0; i < options.workers; ++i)
    workers_.push_back(std::make_unique<Worker>(*this, options.seed * 7919 + i));
  make_lines();
}

IterativeSimulation::~IterativeSimulation() = default;

void IterativeSimulation::add_line(const Name& name, RRType type) {
  std::string text;
  append_name_text(name.wire(), text);
  lines_.push_back({name, std::move(text), type});
}

Name IterativeSimulation::draw_name(bool hostile) {
  const auto& zones = hostile ? internet_.hostile_zones() : internet_.honest_zones();
  const Octets apex =
      internet_.world().zones().apex(zones[random_.below(static_cast<uint32_t>(zones.size()))]);
  std::string text;
  const std::string number = std::to_string(random_.below(1000));
  if (options_.plain_names) {
    text = "www.";
  } else {
    switch (random_.below(12)) {
      case 0: text = "alias."; break;
      case 1: text = "away."; break;
      case 2: text = "n" + number + "."; break;
      case 3: text = "n" + number + ".ent."; break;
      case 4: break;
      case 5: text = "ns1."; break;
      case 6: text = "a.b.c.d.e.f.g.n" + number + "."; break;
      case 7: text = "host" + std::to_string(1 + random_.below(4)) + "."; break;
      default: text = "www."; break;
    }
  }
  if (hostile && random_.below(2) == 0) text = "a.b.c.d.n" + number + ".";
  append_name_text(apex, text);
  Name name;
  if (name.assign_text(text) != NameError::none) name.assign_wire(apex);
  return name;
}

void IterativeSimulation::make_lines() {
  constexpr RRType types[] = {RRType::A,  RRType::A,  RRType::A,  RRType::A,   RRType::AAAA,
                              RRType::NS, RRType::MX, RRType::DS, RRType::TXT, RRType::SOA};
  while (lines_.size() < options_.lines) {
    if (!lines_.empty() && chance(options_.repeated_lines)) {
      const Line& again = lines_[random_.below(static_cast<uint32_t>(lines_.size()))];
      add_line(Name(again.name), again.type);
      continue;
    }
    const bool hostile = internet_.honest_zones().empty() ||
                         (chance(options_.hostile_lines) && !internet_.hostile_zones().empty());
    add_line(draw_name(hostile), options_.plain_names ? RRType::A : types[random_.below(std::size(types))]);
  }
}

void IterativeSimulation::submit_some() {
  for (; submitted_ < lines_.size(); ++submitted_) {
    Line& line = lines_[submitted_];
    Question question;
    question.tag = submitted_;
    question.type = line.type;
    question.qname = line.name.wire();
    question.token = line.text;
    question.hash = question_hash(line.name.wire(), line.type);
    // As the resolver shares out: equal questions to the same worker.
    IterativeEngine& engine = workers_[scan_name(question.qname).hash % workers_.size()]->engine();
    if (!engine.can_accept()) return;
    check_line_cost();
    line.submitted = now_;
    engine.submit(question);
  }
}

bool IterativeSimulation::turn() {
  for (const auto& worker : workers_) worker->engine().begin_turn(now_, {});
  while (!events_.empty() && events_.top().at <= now_) {
    Event event = events_.top();
    events_.pop();
    deliver(event);
  }
  submit_some();
  Instant next = never;
  for (const auto& worker : workers_) {
    worker->engine().run(now_);
    worker->transmit();
    next = std::min(next, worker->engine().next_due(now_));
  }
  if (submitted_ < lines_.size() && finished_ == submitted_) next = now_;
  if (!events_.empty()) next = std::min(next, events_.top().at);
  if (next == never) return false;
  now_ = std::max(next, now_ + std::chrono::microseconds(50));
  return true;
}

void IterativeSimulation::run() {
  bool cancelled = false;
  while (finished_ < lines_.size()) {
    if (!turn() || now_ - start_ > std::chrono::hours(24)) break;
    if (options_.cancelled_after == Duration(0) || cancelled) continue;
    cancelled = now_ - start_ >= options_.cancelled_after;
    if (!cancelled) continue;
    for (const auto& worker : workers_) worker->engine().cancel_all();
    for (; submitted_ < lines_.size(); ++submitted_) {
      Question question;
      question.tag = submitted_;
      question.type = lines_[submitted_].type;
      question.qname = lines_[submitted_].name.wire();
      question.token = lines_[submitted_].text;
      workers_[0]->engine().submit_cancelled(question);
    }
  }
  check_end();
}

void IterativeSimulation::ask_caches() {
  cut_off_ = true;
  const auto add = [this](const std::string& label, Octets zone) {
    std::string text = label;
    append_name_text(zone, text);
    Name name;
    if (name.assign_text(text) != NameError::none) return;
    for (const RRType type : {RRType::A, RRType::NS}) add_line(name, type);
  };
  const World& world = internet_.world();
  // Some 50 zones, for what they do not know takes time.
  const auto& honest = internet_.honest_zones();
  for (size_t i = 0; i < honest.size(); i += 1 + honest.size() / 50) {
    const ZoneIndex zone = honest[i];
    for (const char* label : {"www.", "ns1.", "ns2.", ""}) add(label, world.zones().apex(zone));
  }
  for (ZoneIndex zone = 0; zone < world.zones().zone_count(); ++zone) {
    if (world.zones().apex(zone).size() == 1 || parent_of(world.zones().apex(zone)).size() == 1)
      add("", world.zones().apex(zone));
  }
  for (const char* name : {"ns1.tld-servers", "ns2.tld-servers", "ns1.root-servers", "ns2.root-servers"})
    add(name, {});
  run();
}

void IterativeSimulation::count_packet(const Address& to) {
  ++packets_;
  const uint32_t ipv4 = ipv4_of(to);
  if (ipv4 >> 28 >= 14 || ipv4 >> 24 == 0) violate("a packet to " + to.to_text());
  sent_[ipv4].push_back(now_);
}

bool IterativeSimulation::has_no_tcp(const Address& address) const {
  const auto server = internet_.world().server_at(ipv4_of(address));
  return !server || internet_.model(*server).tcp == TcpFault::unreachable;
}

void IterativeSimulation::count_lame(const ServerModel& model, Octets octets) {
  if (model.fault != ServerFault::refers_up && model.fault != ServerFault::not_authoritative &&
      model.fault != ServerFault::empty) {
    return;
  }
  QueryView query;
  CHECK(parse_query(octets, query) == QueryError::none);
  queries_to_lame_ += internet_.is_reachable(internet_.zone_of(query.qname(), query.qtype));
}

Duration IterativeSimulation::draw_delay() {
  if (options_.weather.bimodal) {
    const uint32_t share = random_.below(100);
    return milliseconds(share < 90 ? 5 : share < 99 ? 300 : 2000);
  }
  return std::chrono::microseconds(1000 + random_.below(19'000));
}

void IterativeSimulation::schedule(Event event, Duration after) {
  event.at = now_ + after;
  event.order = ++order_;
  events_.push(std::move(event));
}

void IterativeSimulation::leave(Worker& worker, FlowIndex flow, PeerIndex peer, const Address& to,
                                Transport transport, Octets query, uint64_t connection) {
  count_packet(to);
  const bool udp = transport == Transport::udp;
  const auto server = internet_.world().server_at(ipv4_of(to));
  Event event{{}, 0,  &worker, udp ? Kind::datagram : Kind::tcp_message, flow, peer, connection,
              to, {}, false};
  const ServerModel model = server ? internet_.model(*server) : ServerModel{.fault = ServerFault::dead};
  count_lame(model, query);
  const Instant since_start(now_ - start_);
  if (!udp) {
    Event idle = event;
    idle.kind = Kind::tcp_idle;
    schedule(idle, tcp_idle_longest);
    if (cut_off_ || model.tcp == TcpFault::refused || model.dead_at(since_start)) {
      event.kind = Kind::tcp_lost;
      return schedule(std::move(event), connection_refused_after);
    }
    if (model.tcp == TcpFault::silent) return;
  }
  if (!server || cut_off_) return;
  const Weather& weather = options_.weather;
  Duration wait = draw_delay();
  if (udp && chance(weather.forge)) forge(worker, flow, peer, to, query, wait);
  if (udp && chance(weather.forge_case)) forge_case(worker, flow, peer, to, query, wait);
  for (unsigned i = 0; udp && i < weather.guesses; ++i) guess(worker, flow, peer, to, query, wait);
  if (udp && chance(weather.loss)) return;
  event.octets = internet_.respond(*server, transport, query, since_start, wait);
  if (event.octets.empty()) return;
  if (udp && chance(weather.malformed)) damage(event.octets);
  if (udp && chance(weather.duplicate)) schedule(event, draw_delay());
  event.is_true = model.answers() && weather.is_calm();
  if (event.is_true) {
    most_open_ = std::max(most_open_, ++worker.open(ipv4_of(to)));
    if (worker.open(ipv4_of(to)) > options_.engine.in_flight_per_server)
      violate(to.to_text() + " has too many queries open");
  }
  schedule(std::move(event), wait);
}

IterativeSimulation::Event IterativeSimulation::forgery(Worker& worker, FlowIndex flow, PeerIndex peer,
                                                        const Address& to, Octets query) {
  QueryView view;
  CHECK(parse_query(query, view) == QueryError::none);
  return {{},   0, &worker, Kind::datagram, flow, peer, 0, to, internet_.hostile().forgery(view, random_),
          false};
}

// Right in all points it would be believed by any resolver; it is wrong in one.
void IterativeSimulation::forge(Worker& worker, FlowIndex flow, PeerIndex peer, const Address& to,
                                Octets query, Duration before) {
  Event event = forgery(worker, flow, peer, to, query);
  const uint32_t other = random_.below(internet_.world().server_count());
  switch (random_.below(5)) {
    case 0: change_id(event.octets); break;
    case 1: event.octets[header_octets + 1 + random_.below(event.octets[header_octets] > 0)] ^= 1; break;
    case 2: event.flow = static_cast<FlowIndex>((flow + 1) % options_.engine.flows_v4); break;
    case 3: event.source = internet_.world().address(other, 53); break;
    case 4: event.source.set_port(static_cast<uint16_t>(1024 + random_.below(60'000))); break;
  }
  if (event.source == to && event.flow == flow &&
      std::equal(query.begin(), query.begin() + 2, event.octets.begin()) &&
      asks_the_same(event.octets, query))
    return;
  ++forged_;
  schedule(std::move(event), before * random_.below(100) / 100);
}

void IterativeSimulation::guess(Worker& worker, FlowIndex flow, PeerIndex peer, const Address& to,
                                Octets query, Duration before) {
  Event event = forgery(worker, flow, peer, to, query);
  change_id(event.octets);
  ++forged_;
  schedule(std::move(event), before * random_.below(100) / 100);
}

void IterativeSimulation::change_id(std::vector<uint8_t>& octets) {
  octets[random_.below(2)] ^= static_cast<uint8_t>(1 + random_.below(255));
}

// He knows all but the case: who asks for a name without letters in it is defenceless here.
void IterativeSimulation::forge_case(Worker& worker, FlowIndex flow, PeerIndex peer, const Address& to,
                                     Octets query, Duration before) {
  Event event = forgery(worker, flow, peer, to, query);
  lower_question(event.octets);
  if (asks_the_same(event.octets, query)) return;
  ++forged_;
  schedule(std::move(event), before * random_.below(100) / 100);
}

void IterativeSimulation::damage(std::vector<uint8_t>& octets) {
  if (random_.below(2) == 0) return octets.resize(octets.size() - 1 - random_.below(8));
  // From the header on: what is right up to its records has passed a checksum on a real network.
  for (size_t i = 2 + random_.below(10); i < octets.size(); ++i)
    octets[i] = static_cast<uint8_t>(random_.u32());
}

void IterativeSimulation::deliver(Event& event) {
  Worker& worker = *event.worker;
  if (event.is_true) --worker.open(ipv4_of(event.source));
  if (event.kind != Kind::datagram && !worker.is_connected(event.peer, event.connection)) return;
  switch (event.kind) {
    case Kind::datagram: return worker.engine().on_datagram(event.flow, &event.source, event.octets);
    case Kind::tcp_message: return worker.engine().on_tcp_message(event.peer, event.octets);
    case Kind::tcp_lost: return worker.lose(event.peer, ECONNREFUSED);
    case Kind::tcp_idle:
      if (worker.engine().tcp_outstanding(event.peer) == 0) return worker.lose(event.peer, 0);
      return schedule(event, tcp_idle_longest);
  }
}

}  // namespace dnswarm::sim
