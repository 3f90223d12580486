#include "hostile_servers.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "dns/name.h"
#include "rule.h"

namespace dnswarm::sim {
namespace {

constexpr uint8_t root_octets[] = {0};
constexpr uint32_t long_ttl = 172'800;
// Just before a server that nobody asked before counts as silent.
constexpr Duration almost_late = std::chrono::milliseconds(350);
constexpr size_t message_octets_max = 65'535;

// The name `labels` ("ns1", "a.b") below another; that one where there is no room.
Name below(const std::string& labels, Octets above) {
  std::string text = labels + '.';
  append_name_text(above, text);
  Name name;
  if (name.assign_text(text) != NameError::none) name.assign_wire(above);
  return name;
}

}  // namespace

// One response in the making.
class HostileServers::Response {
 public:
  Response(const HostileServers& servers, std::array<uint8_t, 4> own_address, const QueryView& query,
           Random& random, unsigned flags = HeaderFlags::aa)
      : servers_(servers),
        own_address_(own_address),
        query_(query),
        random_(random),
        room_(message_octets_max),
        builder_(room_, query.id, static_cast<uint16_t>(HeaderFlags::qr | flags), query.qname(), query.qtype,
                 RRClass::IN) {
    victim_.assign_wire(draw(servers.victims_.empty() ? servers.hostile_ : servers.victims_));
    evil_.assign_wire(draw(servers.hostile_));
  }

  void address(Section section, Octets owner, std::array<uint8_t, 4> ipv4, uint32_t ttl = long_ttl) {
    builder_.record(section, owner, RRType::A, ttl, ipv4);
  }
  void name(Section section, Octets owner, RRType type, Octets target, uint32_t ttl = long_ttl) {
    builder_.record(section, owner, type, ttl, target);
  }
  void soa(Octets owner) {
    std::vector<uint8_t> rdata(2 + 5 * 4, 0);
    rdata.back() = 60;
    builder_.record(Section::authority, owner, RRType::SOA, 60, rdata);
  }
  // Of the type asked for, where that can be.
  void answer(uint32_t ttl = long_ttl) {
    if (query_.qtype == RRType::NS)
      name(Section::answer, query_.qname(), RRType::NS, below("ns", evil()).wire(), ttl);
    else
      address(Section::answer, query_.qname(), HostileServers::poison, ttl);
  }
  void poison_answers() {
    address(Section::answer, below("www", victim()).wire(), HostileServers::poison);
    name(Section::answer, victim(), RRType::NS, below("ns", evil()).wire());
  }
  void poison_rest() {
    const Octets tld = victim().size() > 1 ? parent_of(victim()) : victim();
    const Name evil_server = below("ns", evil());
    for (const Octets zone : {victim(), tld, Octets(root_octets)})
      name(Section::authority, zone, RRType::NS, evil_server.wire());
    poison_glue();
    address(Section::additional, evil_server.wire(), own_address_);
    address(Section::additional, below("www", victim()).wire(), HostileServers::poison);
  }
  void poison_glue() {
    for (const char* server : {"ns1", "ns2"}) {
      address(Section::additional, below(server, victim()).wire(), own_address_);
      address(Section::additional, below(server + std::string(".tld-servers"), root_octets).wire(),
              own_address_);
      address(Section::additional, below(server + std::string(".root-servers"), root_octets).wire(),
              own_address_);
    }
  }
  // A label nobody has asked for.
  std::string fresh() { return "x" + std::to_string(random_.u32()); }
  Octets victim() const { return victim_.wire(); }
  Octets evil() const { return evil_.wire(); }
  std::array<uint8_t, 4> own_address() const { return own_address_; }

  std::vector<uint8_t> finish() {
    const Octets octets = builder_.finish();
    return {octets.begin(), octets.end()};
  }
  void attack(Attack attack, Octets zone);

 private:
  Octets draw(const std::vector<ZoneIndex>& zones) {
    if (zones.empty()) return root_octets;
    return servers_.world_.zones().apex(zones[random_.below(static_cast<uint32_t>(zones.size()))]);
  }
  // Somewhere from below the zone down to the name asked for.
  Name some_cut(Octets zone) {
    std::vector<Octets> cuts;
    for (Octets at = query_.qname(); at.size() > zone.size(); at = parent_of(at)) cuts.push_back(at);
    Name cut;
    cut.assign_wire(cuts.empty() ? zone : cuts[random_.below(static_cast<uint32_t>(cuts.size()))]);
    return cut;
  }
  // The hostile zone that this one plays with.
  Octets partner_of(Octets zone) const {
    const size_t index = servers_.index_of(zone);
    if (index == none) return zone;
    return servers_.world_.zones().apex(servers_.hostile_[std::min(index ^ 1, servers_.hostile_.size() - 1)]);
  }
  void delegate(Octets cut, const Name& server) { name(Section::authority, cut, RRType::NS, server.wire()); }
  void delegate_to_servers_of(Octets cut, Octets zone) {
    Answer answer;
    if (!servers_.world_.expect(zone, RRType::NS, answer)) return;
    for (const auto& record : answer.records())
      builder_.record(Section::authority, cut, RRType::NS, long_ttl, answer.rdata(record));
  }

  const HostileServers& servers_;
  const std::array<uint8_t, 4> own_address_;
  const QueryView& query_;
  Random& random_;
  std::vector<uint8_t> room_;
  ResponseBuilder builder_;
  Name victim_, evil_;
};

void HostileServers::Response::attack(Attack attack, Octets zone) {
  const Name cut = some_cut(zone);
  const Octets qname = query_.qname();
  constexpr uint32_t ttls[] = {0, 0x7fffffff, 0x80000000, 0xffffffff};
  switch (attack) {
    case Attack::poison: return answer(), poison_answers(), poison_rest();
    case Attack::fake_glue:
      delegate(cut.wire(), below("ns1", victim()));
      delegate(cut.wire(), below("ns2", victim()));
      return poison_glue();
    case Attack::sideways: return poison_rest();
    case Attack::stolen_alias:
      name(Section::answer, qname, RRType::CNAME, below("www", victim()).wire());
      return poison_answers(), poison_rest();
    case Attack::denial: return soa(victim()), soa(parent_of(victim())), poison_glue();
    case Attack::fan_out:
      for (int i = 0; i < 20; ++i) delegate(cut.wire(), below("ns." + fresh(), i % 2 == 0 ? evil() : zone));
      return;
    case Attack::borrowed_servers:
      for (int i = 0; i < 10; ++i)
        delegate_to_servers_of(cut.wire(), servers_.victims_.empty() ? evil() : draw(servers_.victims_));
      return;
    case Attack::ever_deeper: return delegate(cut.wire(), below(fresh() + ".d.d", partner_of(zone)));
    case Attack::delegation_loop: return delegate(cut.wire(), below("loop", partner_of(zone)));
    case Attack::down_and_up:
      delegate(cut.wire(), below("ns", cut.wire()));
      return address(Section::additional, below("ns", cut.wire()).wire(), own_address_);
    case Attack::endless_chain:
      return name(Section::answer, qname, RRType::CNAME, below(fresh(), evil()).wire());
    case Attack::chain_loop:
      return name(Section::answer, qname, RRType::CNAME, below("loop", partner_of(zone)).wire());
    case Attack::dname_tower: {
      // Now and then it speaks for all of the TLD.
      const Octets owner = zone.size() > 1 && random_.below(4) == 0 ? parent_of(zone) : zone;
      return name(Section::answer, owner, RRType::DNAME, below(fresh() + ".tower", partner_of(zone)).wire());
    }
    case Attack::other_name:
      address(Section::answer, below(fresh(), zone).wire(), HostileServers::poison);
      return poison_answers();
    case Attack::thousand_servers:
      for (int i = 0; i < 1000; ++i) delegate(cut.wire(), below("n" + std::to_string(i), evil()));
      return;
    case Attack::odd_addresses:
      delegate(cut.wire(), below("ns", cut.wire()));
      for (const auto& ipv4 : {std::array<uint8_t, 4>{224, 0, 0, 1},
                               {255, 255, 255, 255},
                               {0, 0, 0, 0},
                               {240, 0, 0, 1},
                               {0, 1, 2, 3},
                               {198, 51, 100, 1}}) {
        address(Section::additional, below("ns", cut.wire()).wire(), ipv4);
      }
      return;
    case Attack::odd_ttls:
      if (random_.below(2) == 0) return answer(ttls[random_.below(4)]);
      name(Section::authority, cut.wire(), RRType::NS, below("ns", cut.wire()).wire(),
           ttls[random_.below(4)]);
      return address(Section::additional, below("ns", cut.wire()).wire(), own_address_,
                     ttls[random_.below(4)]);
    case Attack::drip:
      return this->attack(random_.below(2) == 0 ? Attack::endless_chain : Attack::down_and_up, zone);
    case Attack::truncation:
    case Attack::silence:
    case Attack::garbage:
    case Attack::rcodes:
    case Attack::mixed: return;
  }
}

HostileServers::HostileServers(const World& world, std::vector<ZoneIndex> hostile,
                               std::vector<ZoneIndex> victims, uint64_t seed)
    : world_(world), hostile_(std::move(hostile)), victims_(std::move(victims)), seed_(seed) {}

size_t HostileServers::index_of(Octets apex) const {
  const auto zone = world_.zones().zone_at(apex);
  if (!zone) return none;
  const auto at = std::lower_bound(hostile_.begin(), hostile_.end(), *zone);
  return at != hostile_.end() && *at == *zone ? static_cast<size_t>(at - hostile_.begin()) : none;
}

std::vector<uint8_t> HostileServers::respond(ServerIndex server, Transport transport, const QueryView& query,
                                             Random& random, Duration& wait) const {
  const uint32_t ipv4 = world_.ipv4(server);
  const std::array<uint8_t, 4> own = {static_cast<uint8_t>(ipv4 >> 24), static_cast<uint8_t>(ipv4 >> 16),
                                      static_cast<uint8_t>(ipv4 >> 8), static_cast<uint8_t>(ipv4)};
  Name asked;  // in lower case
  asked.assign_wire(query.qname());
  Octets zone = asked.wire();
  while (zone.size() > 1 && index_of(zone) == none) zone = parent_of(zone);
  Attack attack = Attack::poison;  // of a name that nobody honest sent here
  // Partners go about it in the same way.
  if (zone.size() > 1) attack = static_cast<Attack>(mix64(seed_ ^ mix64(index_of(zone) / 2)) % attack_count);
  if (attack == Attack::mixed) attack = static_cast<Attack>(random.below(attack_count - 1));
  if (attack == Attack::drip) wait = almost_late;
  if (attack == Attack::silence) return {};
  unsigned flags = HeaderFlags::aa;
  switch (attack) {
    case Attack::denial: flags |= static_cast<unsigned>(Rcode::NXDOMAIN); break;
    case Attack::rcodes: flags |= random.below(16); break;
    case Attack::truncation: flags |= HeaderFlags::tc; break;
    case Attack::thousand_servers: flags = transport == Transport::udp ? HeaderFlags::tc : 0u; break;
    case Attack::fake_glue:
    case Attack::sideways: flags = random.below(2) == 0 ? 0 : flags; break;
    default: break;
  }
  Response response(*this, own, query, random, flags);
  if ((flags & HeaderFlags::tc) == 0) response.attack(attack, zone);
  std::vector<uint8_t> octets = response.finish();
  if (attack == Attack::garbage) {
    for (size_t i = query.question_end() - 4 * random.below(2); i < octets.size() + 40; ++i) {
      if (i >= octets.size()) octets.push_back(0);
      octets[i] = static_cast<uint8_t>(random.u32());
      if (octets.size() > 400) break;
    }
    octets[4 + 2 * random.below(4) + 1] = static_cast<uint8_t>(random.u32());
  }
  return octets;
}

std::vector<uint8_t> HostileServers::forgery(const QueryView& query, Random& random) const {
  Response response(*this, poison, query, random);
  response.attack(Attack::poison, query.qname());
  return response.finish();
}

}  // namespace dnswarm::sim
