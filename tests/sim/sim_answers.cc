// What the simulated upstreams answer: the rule, which is a function of the name alone; and whether a row is
// that.
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "base/hash.h"
#include "dns/name.h"
#include "dns/response_builder.h"
#include "sim_network.h"

namespace dnswarm::sim {

namespace {

constexpr unsigned large_addresses = 40;
constexpr uint16_t response_flags = HeaderFlags::qr | HeaderFlags::rd | HeaderFlags::ra;

uint64_t fnv(std::string_view text) {
  const uint64_t hash = fnv1a({reinterpret_cast<const uint8_t*>(text.data()), text.size()});
  return hash ^ hash >> 31;
}

// The address the rule gives a name: 10.x.y.z. Forgers answer with 198.51.100.x.
std::array<uint8_t, 4> address_of(std::string_view name) {
  uint64_t h = fnv(name);
  return {10, static_cast<uint8_t>(h), static_cast<uint8_t>(h >> 8), static_cast<uint8_t>(h >> 16)};
}

std::string dotted(const std::array<uint8_t, 4>& a) {
  return std::to_string(a[0]) + "." + std::to_string(a[1]) + "." + std::to_string(a[2]) + "." +
         std::to_string(a[3]);
}

Name name_of(const std::string& text) {
  Name name;
  CHECK(name.assign_text(text) == NameError::none);
  return name;
}

std::vector<uint8_t> soa_rdata() {
  std::vector<uint8_t> rdata{0, 0};
  for (uint32_t field : {1u, 2u, 3u, 4u, 30u}) {
    for (int shift = 24; shift >= 0; shift -= 8) rdata.push_back(static_cast<uint8_t>(field >> shift));
  }
  return rdata;
}

}  // namespace

Kind Simulation::kind_of(const std::string& name) const {
  double share = static_cast<double>(fnv(name + "?") % 1'000'000) / 1e6;
  if (share < options_.broken_names) return Kind::broken;
  share -= options_.broken_names;
  if (share < options_.silent_names) return Kind::silent;
  share -= options_.silent_names;
  if (share < options_.large_names) return Kind::large;
  if (options_.plain) return fnv(name + "!") % 5 == 0 ? Kind::nxdomain : Kind::address;
  switch (fnv(name + "!") % 20) {
    case 0: case 1: case 2: case 3: return Kind::nxdomain;
    case 4: return Kind::nodata;
    case 5: case 6: return Kind::cname;
    case 7: return Kind::open_cname;
    case 8: return Kind::truncated;
    case 9: return name.starts_with("n") && fnv(name) % 4 == 0 ? Kind::loop : Kind::address;
    default: return Kind::address;
  }
}

std::vector<uint8_t> Simulation::respond_over_cap(PeerIndex upstream, Octets query) const {
  Message question;
  CHECK(parse_question(query, question) == ParseError::none);
  uint16_t flags = response_flags;
  switch (options_.upstreams[upstream].over_cap) {
    case OverCap::dropped: break;
    case OverCap::refused: flags |= static_cast<uint16_t>(Rcode::REFUSED); break;
    case OverCap::servfail: flags |= static_cast<uint16_t>(Rcode::SERVFAIL); break;
    case OverCap::truncated: flags |= HeaderFlags::tc; break;
  }
  std::vector<uint8_t> room(512);
  ResponseBuilder builder(room, question.header.id, flags, question.qname(), RRType::A, RRClass::IN);
  const Octets octets = builder.finish();
  return {octets.begin(), octets.end()};
}

std::vector<uint8_t> Simulation::respond(PeerIndex upstream, bool tcp, Octets query) {
  Message question;
  CHECK(parse_question(query, question) == ParseError::none);
  std::string name;
  append_name_text(name_at(query, header_octets).wire(), name);
  bool target = name.starts_with("t-");
  Kind kind = target ? Kind::address : kind_of(name);
  if (kind == Kind::silent) return {};
  uint16_t flags = response_flags;
  const UpstreamModel& model = options_.upstreams[upstream];
  bool edns = question.header.arcount > 0;
  if (kind == Kind::broken) flags |= static_cast<uint16_t>(Rcode::SERVFAIL);
  if (kind == Kind::nxdomain) flags |= static_cast<uint16_t>(Rcode::NXDOMAIN);
  if (model.refuses_edns && edns) flags = response_flags | static_cast<uint16_t>(Rcode::FORMERR);
  bool cut = (kind == Kind::truncated || kind == Kind::large) && !tcp;
  if (cut) flags |= HeaderFlags::tc;
  std::vector<uint8_t> room(4096);
  ResponseBuilder builder(room, question.header.id, flags, question.qname(), RRType::A, RRClass::IN);
  bool error = (flags & HeaderFlags::rcode_mask) != 0 && kind != Kind::nxdomain;
  if (!error && !cut) {
    const std::string goal_text = "t-" + name.substr(0, 200);
    const Name goal = name_of(goal_text);
    auto address = address_of(kind == Kind::cname ? goal_text : name);
    switch (kind) {
      case Kind::cname:
      case Kind::open_cname:
        builder.record(Section::answer, question.qname(), RRType::CNAME, 60, goal.wire());
        if (kind == Kind::cname) builder.record(Section::answer, goal.wire(), RRType::A, 60, address);
        break;
      case Kind::loop:
        builder.record(Section::answer, question.qname(), RRType::CNAME, 60, question.qname());
        break;
      case Kind::nxdomain:
      case Kind::nodata:
        builder.record(Section::authority, name_of("example").wire(), RRType::SOA, 60, soa_rdata());
        break;
      case Kind::large:
        for (unsigned i = 0; i < large_addresses; ++i) {
          builder.record(Section::answer, question.qname(), RRType::A, 60, address);
          ++address[3];
        }
        break;
      default: builder.record(Section::answer, question.qname(), RRType::A, 60, address);
    }
  }
  if (edns && !model.refuses_edns) builder.opt(1232, 0, false);
  Octets octets = builder.finish();
  return {octets.begin(), octets.end()};
}

bool Simulation::right(const Response& response) const {
  std::string name(response.name);
  auto answers = response.answers();
  auto data = [&](size_t i) {
    std::string text;
    answers[i].append_data_text(text);
    return text;
  };
  std::string target = "t-" + name;
  switch (kind_of(name)) {
    case Kind::address:
    case Kind::truncated:
      return response.rcode == Rcode::NOERROR && answers.size() == 1 && data(0) == dotted(address_of(name));
    case Kind::large:
      return response.rcode == Rcode::NOERROR && answers.size() == large_addresses &&
             data(0) == dotted(address_of(name));
    case Kind::cname:
    case Kind::open_cname:
      return response.rcode == Rcode::NOERROR && answers.size() == 2 && data(0) == target &&
             data(1) == dotted(address_of(target));
    case Kind::nxdomain: return response.rcode == Rcode::NXDOMAIN && answers.empty();
    case Kind::nodata: return response.rcode == Rcode::NOERROR && answers.empty();
    case Kind::loop:
    case Kind::broken:
    case Kind::silent: return false;  // there is no definitive answer to these
  }
  return false;
}

}  // namespace dnswarm::sim
