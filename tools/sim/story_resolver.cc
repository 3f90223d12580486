#include "story_resolver.h"

#include <memory>
#include <utility>

#include "base/check.h"
#include "iterative/root_hints.h"

namespace dnswarm::sim {
namespace {

Delegation root_of(const World& world) {
  std::string error;
  std::optional<Delegation> root = root_hints_from_text(world.root_hints(), &error);
  CHECK(root.has_value());
  return std::move(*root);
}

IterativeOptions options_of(const StoryResolver::Setup& setup) {
  IterativeOptions options;
  options.in_flight = 1000;
  options.cache_octets = setup.cache_octets;
  options.trace = setup.trace;
  options.loopback_servers = true;  // the world lies in 127/8
  return options;
}

}  // namespace

StoryResolver::StoryResolver(VirtualTime& time, StoryServers& servers, const Setup& setup, OnQuery on_query,
                             OnResponse on_response)
    : time_(time),
      servers_(servers),
      delays_(setup.delays),
      on_query_(std::move(on_query)),
      on_response_(std::move(on_response)),
      random_(setup.seed),
      hierarchy_(root_of(servers.world()), {}),
      engine_(options_of(setup), hierarchy_, rate_, *this, *this, random_, time.now()) {}

void StoryResolver::ask(uint64_t tag, const Name& name) {
  asked_.push_back({tag, name});
  wake_at(time_.now());
}

// One turn as engine.h has it.
void StoryResolver::turn() {
  engine_.begin_turn(time_.now(), {});
  for (; !arrived_.empty(); arrived_.pop_front()) deliver(*arrived_.front());
  for (; !asked_.empty() && engine_.can_accept(); asked_.pop_front()) {
    Question question;
    question.tag = asked_.front().tag;
    question.qname = asked_.front().name.wire();
    question.type = RRType::A;
    question.hash = question_hash(question.qname, question.type);
    engine_.submit(question);
  }
  engine_.run(time_.now());
  for (; !queued_.empty(); queued_.pop_front()) send(std::move(queued_.front()));
  wake_at(engine_.next_due(time_.now()));
}

void StoryResolver::wake_at(Instant when) {
  if (when >= wakes_) return;
  wakes_ = when;
  time_.at(when, [this, when] {
    if (when != wakes_) return;  // another one was arranged, which is earlier
    wakes_ = never;
    turn();
  });
}

Duration StoryResolver::delay_to(ServerIndex server) const {
  switch (servers_.world().role(server)) {
    case ServerRole::root: return delays_.root;
    case ServerRole::tld: return delays_.tld;
    case ServerRole::domain: break;
  }
  return delays_.domain;
}

// There and, where it is answered, back.
void StoryResolver::send(Sent sent) {
  const auto* to = reinterpret_cast<const sockaddr_in*>(sent.to.sa());
  const auto server = servers_.world().server_at(ntohl(to->sin_addr.s_addr));
  CHECK(server.has_value());  // the world delegates to its own servers alone
  const Duration delay = delay_to(*server);
  const auto packet = std::make_shared<Sent>(std::move(sent));
  time_.after(delay, [this, packet, delay, server = *server] {
    on_query_(server);
    packet->octets = servers_.respond(server, packet->octets, packet->transport, time_.now());
    if (packet->octets.empty()) return;
    time_.after(delay, [this, packet] {
      arrived_.push_back(packet);
      wake_at(time_.now());
    });
  });
}

void StoryResolver::deliver(Sent& answered) {
  if (answered.transport == Transport::tcp)
    engine_.on_tcp_message(answered.peer, answered.octets);
  else
    engine_.on_datagram(answered.flow, &answered.to, answered.octets);
}

uint8_t* StoryResolver::queue_udp(FlowIndex flow, PeerIndex peer, size_t octets, uint16_t) {
  queued_.push_back({flow, peer, engine_.address_of(peer), Transport::udp, MessageOctets(octets)});
  return queued_.back().octets.data();
}

bool StoryResolver::send_tcp(PeerIndex peer, Octets query) {
  queued_.push_back({0, peer, engine_.address_of(peer), Transport::tcp, {query.begin(), query.end()}});
  return true;
}

}  // namespace dnswarm::sim
