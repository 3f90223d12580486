#include "iterative/server_response.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

#include "cache/ttl_policy.h"

namespace dnswarm {
namespace {

// The bailiwick: what a server of `zone` may speak of.
bool is_believed(Octets zone, const Name& owner, RRClass rrclass) {
  return rrclass == RRClass::IN && is_subdomain(owner.wire(), zone);
}

// All NS records of a referral have one owner; of others the first owner counts.
void add_server(const Message& message, const Name& cut, const Record& record, Delegation& delegation) {
  if (delegation.servers.empty()) {
    delegation.zone = octets_of(cut.wire());
    delegation.ttl_s = sane_ttl(record.ttl);
  } else if (wire_of(delegation.zone).size() != cut.size() ||
             !names_equal(wire_of(delegation.zone), cut.wire())) {
    return;
  }
  delegation.ttl_s = std::min(delegation.ttl_s, sane_ttl(record.ttl));
  const Name name = name_at(message.octets, record.rdata_offset);
  const bool known =
      std::any_of(delegation.servers.begin(), delegation.servers.end(),
                  [&](const NameServer& server) { return server.name == key_of(name.wire()); });
  if (known || delegation.servers.size() == name_servers_max) return;
  delegation.servers.push_back({octets_of(name.wire()), {}});
}

// Glue is believed of what lies in the zone asked: siblings of the cut are its business, others are not.
void add_glue(const Message& message, Octets zone, Delegation& delegation) {
  for (const Record& record : message.records) {
    if (record.section != Section::additional) continue;
    const auto address = address_of_record(record);
    if (!address) continue;
    const Name owner = name_at(message.octets, record.owner_offset);
    if (!is_believed(zone, owner, record.rrclass)) continue;
    for (NameServer& server : delegation.servers) {
      if (server.name != key_of(owner.wire()) || server.addresses.size() == glue_addresses_max) continue;
      if (std::find(server.addresses.begin(), server.addresses.end(), *address) != server.addresses.end())
        continue;
      server.addresses.push_back(*address);
    }
  }
}

// What is asked for now: the QNAME, then where each link leads.
class Reader {
 public:
  Reader(const Message& message, Octets zone, Octets qname, RRType qtype, ServerResponse& out)
      : message_(message), zone_(zone), qtype_(qtype), current_(qname), out_(out) {}

  void read() {
    while (!take_answer()) {
      const Step step = follow_link();
      if (step == Step::end) return;
      if (step == Step::none) return read_without_answer();
    }
    if (!authoritative()) return set_lame("not_authoritative");
    if (message_.rcode() == Rcode::NXDOMAIN) return set_broken("nxdomain_with_answer");
    out_.meaning = Meaning::answer;
  }

 private:
  enum class Step : uint8_t {
    none,    // no link leads on from the current name
    linked,  // the current name is another now
    end,     // the meaning is set
  };

  bool authoritative() const { return (message_.header.flags & HeaderFlags::aa) != 0; }
  void set_lame(std::string_view code) {
    out_.meaning = Meaning::lame;
    out_.code = code;
  }
  void set_broken(std::string_view code) {
    out_.meaning = Meaning::broken;
    out_.code = code;
  }
  std::span<const Record> answer_section() const {
    return std::span(message_.records).first(message_.answer_count);
  }
  bool is_current(const Record& record) const {
    if (record.rrclass != RRClass::IN) return false;
    if (out_.links == 0 && record.owner_is_qname) return true;
    return names_equal(name_at(message_.octets, record.owner_offset).wire(), current_);
  }

  // Takes the records of the type at the current name, and their signatures. False: there are none.
  bool take_answer() {
    const size_t before = out_.answers.size();
    bool found = false;
    // Asked for as such, the CNAME that follows from a DNAME comes behind that, and must follow from it.
    const Record* dname = qtype_ == RRType::CNAME ? find_dname() : nullptr;
    if (dname != nullptr) {
      out_.answers.push_back(*dname);
      take_signatures(*dname);
    }
    for (const Record& record : answer_section()) {
      if (dname != nullptr && record.type == RRType::CNAME && !follows_from(*dname, record)) continue;
      if (record.type != qtype_ && record.type != RRType::RRSIG && qtype_ != RRType::ANY) continue;
      if (!is_current(record)) continue;
      if (record.type == RRType::RRSIG && qtype_ != RRType::ANY && covered_by(record) != qtype_) continue;
      found |= record.type == qtype_ || qtype_ == RRType::ANY;
      out_.answers.push_back(record);
    }
    if (!found) out_.answers.resize(before);
    return found;
  }

  // RFC 4034 section 3.1: the type covered comes first.
  static RRType covered_by(const Record& signature) {
    return static_cast<RRType>(load_u16(signature.rdata().data()));
  }

  Step follow_link() {
    if (qtype_ == RRType::ANY) return Step::none;
    const Record* cname = qtype_ == RRType::CNAME ? nullptr : find_cname();
    const Record* dname = find_dname();
    if (cname == nullptr && dname == nullptr) return Step::none;
    Name next;
    if (cname != nullptr) next = name_at(message_.octets, cname->rdata_offset);
    if (dname != nullptr) {
      const auto synthesized = substitute(*dname);
      if (!synthesized) return set_broken("dname_too_long"), Step::end;
      // The CNAME that comes with it is shown where it says the same (RFC 6672 section 3.1).
      if (cname != nullptr && !follows_from(*dname, *cname)) cname = nullptr;
      next = *synthesized;
    }
    if (!authoritative()) return set_lame("not_authoritative"), Step::end;
    if (++out_.links > response_links_max || names_equal(next.wire(), current_)) {
      return set_broken("cname_loop"), Step::end;
    }
    for (const Record* link : {dname, cname}) {
      if (link == nullptr) continue;
      out_.answers.push_back(*link);
      take_signatures(*link);
    }
    out_.target = next;
    current_ = out_.target.wire();
    if (is_subdomain(current_, zone_)) return Step::linked;
    out_.meaning = Meaning::alias;
    return Step::end;
  }

  const Record* find_cname() const {
    for (const Record& record : answer_section()) {
      if (record.type == RRType::CNAME && is_current(record)) return &record;
    }
    return nullptr;
  }

  // RFC 6672 section 2.3: a DNAME speaks for what is below its owner, not for its owner. What follows from it
  // counts, so the CNAME that comes with it need not be there, nor be right.
  const Record* find_dname() const {
    for (const Record& record : answer_section()) {
      if (record.type != RRType::DNAME || record.rrclass != RRClass::IN) continue;
      const Name owner = name_at(message_.octets, record.owner_offset);
      if (owner.size() < current_.size() && is_subdomain(current_, owner.wire()) &&
          is_subdomain(owner.wire(), zone_)) {
        return &record;
      }
    }
    return nullptr;
  }

  std::optional<Name> substitute(const Record& dname) const {
    const Name owner = name_at(message_.octets, dname.owner_offset);
    const Name target = name_at(message_.octets, dname.rdata_offset);
    const size_t prefix = current_.size() - owner.size();
    if (prefix + target.size() > name_octets_max) return std::nullopt;
    std::array<uint8_t, name_octets_max> wire;
    std::memcpy(wire.data(), current_.data(), prefix);
    std::memcpy(wire.data() + prefix, target.wire().data(), target.size());
    Name name;
    name.assign_wire({wire.data(), prefix + target.size()});
    return name;
  }

  bool follows_from(const Record& dname, const Record& cname) const {
    const auto target = substitute(dname);
    return target && names_equal(name_at(message_.octets, cname.rdata_offset).wire(), target->wire());
  }

  void take_signatures(const Record& link) {
    for (const Record& record : answer_section()) {
      if (record.type != RRType::RRSIG || covered_by(record) != link.type) continue;
      if (names_equal_at(message_.octets, record.owner_offset, link.owner_offset))
        out_.answers.push_back(record);
    }
  }

  // The current name has no records of the type here, and no link leads on from it.
  void read_without_answer() {
    const Record* soa = find_soa();
    if (out_.links == 0 && soa == nullptr && message_.rcode() == Rcode::NOERROR && read_referral()) return;
    if (!authoritative()) return set_lame(soa != nullptr ? "not_authoritative" : "empty");
    if (soa != nullptr) out_.negative_ttl_s = negative_ttl_s(*soa);
    // RFC 6604 section 3: the RCODE is about the last name of a chain. A server may end the chain where its
    // data do, though: without an SOA the target is asked for.
    if (message_.rcode() == Rcode::NXDOMAIN && (out_.links == 0 || soa != nullptr)) {
      out_.meaning = Meaning::nxdomain;
    } else if (out_.links == 0 || soa != nullptr) {
      out_.meaning = Meaning::nodata;
    } else {
      out_.meaning = Meaning::alias;
    }
  }

  // The SOA of a zone that the current name is in, at or below the zone asked (the server may serve a child,
  // too).
  const Record* find_soa() const {
    for (const Record& record : message_.records) {
      if (record.section != Section::authority || record.type != RRType::SOA) continue;
      const Name owner = name_at(message_.octets, record.owner_offset);
      if (is_believed(zone_, owner, record.rrclass) && is_subdomain(current_, owner.wire())) return &record;
    }
    return nullptr;
  }

  // True where there are NS records that decide what the response means.
  bool read_referral() {
    bool upward = false;
    for (const Record& record : message_.records) {
      if (record.section != Section::authority || record.type != RRType::NS || record.rrclass != RRClass::IN)
        continue;
      const Name cut = name_at(message_.octets, record.owner_offset);
      if (!is_subdomain(current_, cut.wire())) continue;
      // With AA these only name the servers of the zone the answer is from (RFC 1034 section 4.3.2).
      if (is_subdomain(zone_, cut.wire()))
        upward |= !authoritative();
      else
        add_server(message_, cut, record, out_.delegation);
    }
    if (!out_.delegation.servers.empty()) {
      add_glue(message_, zone_, out_.delegation);
      out_.meaning = Meaning::referral;
      return true;
    }
    if (upward) set_lame("upward_referral");
    return upward;
  }

  const Message& message_;
  const Octets zone_;
  const RRType qtype_;
  Octets current_;  // the QNAME, or out_.target
  ServerResponse& out_;
};

}  // namespace

void ServerResponse::clear() {
  meaning = Meaning::broken;
  code = {};
  answers.clear();
  links = 0;
  negative_ttl_s = 0;
  delegation.zone.clear();
  delegation.servers.clear();
  delegation.ttl_s = 0;
}

std::optional<Address> address_of_record(const Record& record) {
  if (record.rrclass != RRClass::IN) return std::nullopt;  // of other classes nobody looked at the RDATA
  if (record.type == RRType::A) {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    std::memcpy(&v4.sin_addr, record.rdata().data(), sizeof v4.sin_addr);
    return Address(reinterpret_cast<const sockaddr*>(&v4));
  }
  if (record.type == RRType::AAAA) {
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    std::memcpy(&v6.sin6_addr, record.rdata().data(), sizeof v6.sin6_addr);
    return Address(reinterpret_cast<const sockaddr*>(&v6));
  }
  return std::nullopt;
}

void read_server_response(const Message& message, Octets zone, Octets qname, RRType qtype,
                          ServerResponse& out) {
  out.clear();
  Reader(message, zone, qname, qtype, out).read();
}

Delegation read_name_servers(const Message& message, const ServerResponse& read) {
  Delegation delegation;
  for (const Record& record : read.answers) {
    if (record.type != RRType::NS) continue;
    add_server(message, name_at(message.octets, record.owner_offset), record, delegation);
  }
  add_glue(message, wire_of(delegation.zone), delegation);
  return delegation;
}

}  // namespace dnswarm
