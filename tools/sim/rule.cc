#include "rule.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <cstring>

#include "dns/name.h"

namespace dnswarm::sim {
namespace {

struct Prefix {
  std::string_view text;
  Kind kind;
  uint16_t number;
};
constexpr Prefix prefixes[] = {
    {"nx-", Kind::nxdomain, 0},       {"nodata-", Kind::nodata, 0},
    {"cname-", Kind::cname, 1},       {"opencname-", Kind::open_cname, 1},
    {"loop-", Kind::loop, 0},         {"multi-", Kind::multi, 0},
    {"big-", Kind::big, 0},           {"tc-", Kind::tc, 0},
    {"servfail-", Kind::servfail, 0}, {"refused-", Kind::refused, 0},
    {"formerr-", Kind::formerr, 0},   {"notimp-", Kind::notimp, 0},
    {"slow-", Kind::slow, 300},       {"to-", Kind::plain, 0},
    {"ok-", Kind::plain, 0},
};
struct NumberPrefix {
  std::string_view text;
  Kind kind;
  unsigned number_max;
};
constexpr NumberPrefix number_prefixes[] = {
    {"chain", Kind::cname, links_max},
    {"openchain", Kind::open_cname, links_max},
    {"slow", Kind::slow, 60'000},
};

// The kind that the beginning of the first label (up to and with its first hyphen, in lower case)
// asks for.
std::optional<NameKind> forced_kind(std::string_view head) {
  for (const Prefix& prefix : prefixes) {
    if (head == prefix.text) return NameKind{prefix.kind, prefix.number};
  }
  for (const NumberPrefix& prefix : number_prefixes) {
    if (!head.starts_with(prefix.text)) continue;
    const char* begin = head.data() + prefix.text.size();
    const char* end = head.data() + head.size() - 1;
    unsigned number = 0;
    const auto [at, problem] = std::from_chars(begin, end, number);
    if (problem == std::errc{} && at == end && number >= 1 && number <= prefix.number_max) {
      return NameKind{prefix.kind, static_cast<uint16_t>(number)};
    }
  }
  return std::nullopt;
}

// "LABEL.ZONE" in wire format.
struct Target {
  std::array<uint8_t, name_octets_max> wire;
  size_t size = 0;
  Octets octets() const { return {wire.data(), size}; }
};
Target make_target(std::string_view label, Octets zone) {
  Target target;
  target.wire[0] = static_cast<uint8_t>(label.size());
  std::memcpy(&target.wire[1], label.data(), label.size());
  std::memcpy(&target.wire[1 + label.size()], zone.data(), zone.size());
  target.size = 1 + label.size() + zone.size();
  return target;
}

// Where a name of kind cname, open_cname or loop points (rule 4).
Target target_of(Octets qname, const NameScan& scan, NameKind kind) {
  const Octets zone = qname.subspan(scan.zone_offset);
  if (kind.kind == Kind::loop) {
    const bool is_a = qname.size() > 7 && qname[0] == 6 && qname[6] == 'a';
    return make_target(is_a ? "loop-b" : "loop-a", zone);
  }
  char label[32];
  const auto hash = static_cast<unsigned>(scan.hash);
  const unsigned left = kind.number - 1u;
  const char* word = kind.kind == Kind::open_cname ? "openchain" : "chain";
  const int size = left == 0 ? std::snprintf(label, sizeof label, "to-%08x", hash)
                             : std::snprintf(label, sizeof label, "%s%u-%08x", word, left, hash);
  return make_target({label, static_cast<size_t>(size)}, zone);
}

bool is_version_bind(Octets qname) {
  constexpr std::string_view version_bind("\7version\4bind\0", 14);
  return qname.size() == version_bind.size() &&
         std::memcmp(qname.data(), version_bind.data(), qname.size()) == 0;
}

}  // namespace

NameScan scan_name(Octets octets) {
  NameScan scan;
  size_t at = 0;
  size_t last = 0;
  size_t last_but_one = 0;
  while (true) {
    if (at >= octets.size() || at >= name_octets_max) return scan;
    const uint8_t size = octets[at];
    if (size > label_octets_max) return scan;
    if (size == 0) break;
    last_but_one = last;
    last = at;
    at += size + 1u;
  }
  scan.octets = static_cast<uint8_t>(at + 1);
  scan.zone_offset = static_cast<uint8_t>(last_but_one);
  uint64_t hash = 0xcbf29ce484222325u;
  for (size_t i = 0; i <= at; ++i) {
    // Length octets are below 'A', so they need no case of their own.
    const unsigned octet = octets[i];
    hash = (hash ^ (octet | (octet - 'A' < 26u ? 32u : 0u))) * 0x100000001b3u;
  }
  scan.hash = mix64(hash);
  return scan;
}

std::optional<Mix> Mix::from_text(std::string_view text, std::string* error) {
  Mix mix;
  for (unsigned& share : mix.share) share = 0;
  unsigned sum = 0;
  while (!text.empty()) {
    const std::string_view item = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), item.size() + 1));
    const size_t equals = item.find('=');
    size_t kind = 0;
    while (kind < kinds && item.substr(0, equals) != names[kind]) ++kind;
    if (kind == kinds || equals == std::string_view::npos) {
      *error = "'" + std::string(item) + "' is not KIND=PERCENT with a kind of nxdomain, nodata, " +
               "cname, multi, tc, servfail, refused, big, open_cname";
      return std::nullopt;
    }
    std::string_view number = item.substr(equals + 1);
    if (number.ends_with('%')) number.remove_suffix(1);
    double percent = -1;
    const auto [at, problem] =
        std::from_chars(number.data(), number.data() + number.size(), percent);
    if (problem != std::errc{} || at != number.data() + number.size() || !(percent >= 0) ||
        percent > 100) {
      *error = "'" + std::string(item) + "' has no percentage of 0 to 100";
      return std::nullopt;
    }
    sum -= mix.share[kind];
    mix.share[kind] = static_cast<unsigned>(percent * 100 + 0.5);
    sum += mix.share[kind];
  }
  if (sum > whole) {
    *error = "the shares add up to more than 100 %";
    return std::nullopt;
  }
  return mix;
}

Rule::Rule(const RuleOptions& options) : options_(options) {
  unsigned sum = 0;
  for (size_t i = 0; i < Mix::kinds; ++i) bound_[i] = sum += options.mix.share[i];
}

NameKind Rule::kind(Octets qname, const NameScan& scan) const {
  // The longest prefix is "openchain64-"; heads of a real host name are rarely that short.
  constexpr size_t head_octets_max = 12;
  const size_t room = std::min<size_t>(qname[0], head_octets_max);
  const void* hyphen = room == 0 ? nullptr : std::memchr(qname.data() + 1, '-', room);
  if (hyphen != nullptr) {
    char head[head_octets_max];
    const auto size = static_cast<size_t>(static_cast<const uint8_t*>(hyphen) - qname.data());
    for (size_t i = 0; i < size; ++i) head[i] = static_cast<char>(ascii_lower(qname[1 + i]));
    if (const auto forced = forced_kind({head, size})) return *forced;
  }
  const auto p = static_cast<unsigned>((scan.hash >> 32) * Mix::whole >> 32);
  for (size_t i = 0; i < Mix::kinds; ++i) {
    if (p >= bound_[i]) continue;
    const auto kind = static_cast<Kind>(i);
    const bool is_alias = kind == Kind::cname || kind == Kind::open_cname;
    return {kind, static_cast<uint16_t>(is_alias ? 1 + scan.hash % 3 : 0)};
  }
  return {};
}

void Rule::negative(Octets zone, Answer& answer) const {
  answer.begin(Section::authority, zone, RRType::SOA, options_.negative_ttl);
  add_soa_rdata(zone, options_.negative_ttl, answer);
  answer.end();
}

void Rule::records(Octets owner, const NameScan& scan, RRType qtype, Kind kind,
                   Answer& answer) const {
  const Octets zone = owner.subspan(scan.zone_offset);
  const RRType type = qtype == RRType::ANY ? RRType::HINFO : qtype;
  const unsigned count_max = record_count_max(type);
  if (count_max == 0) return negative(zone, answer);
  unsigned count = kind == Kind::multi ? multi_count(scan.hash) : kind == Kind::big ? count_max : 1;
  count = std::min(count, count_max);
  const uint64_t hash = type_hash(scan.hash, type);
  size_t octets = 0;
  for (unsigned i = 0; i < count && octets < big_octets; ++i) {
    answer.begin(Section::answer, owner, type, options_.ttl);
    if (qtype == RRType::ANY) {
      answer.u8(7), answer.text("RFC8482", 7), answer.u8(0);
    } else if (type == RRType::SOA) {
      add_soa_rdata(zone, options_.negative_ttl, answer);
    } else {
      add_rdata(type, hash, i, zone, answer);
    }
    answer.end();
    octets += 12u + answer.records().back().rdata_octets;
  }
}

// The links from `qname` on, and what stands at their end.
void Rule::links(Octets qname, RRType qtype, NameKind kind, Answer& answer) const {
  Target owner;
  std::memcpy(owner.wire.data(), qname.data(), qname.size());
  owner.size = qname.size();
  const bool only_first =
      qtype == RRType::CNAME || qtype == RRType::ANY || kind.kind == Kind::open_cname;
  for (unsigned link = 0;; ++link) {
    const NameScan scan = scan_name(owner.octets());
    if (link > 0) kind = this->kind(owner.octets(), scan);
    if (kind.kind == Kind::plain) {
      return records(owner.octets(), scan, qtype, Kind::plain, answer);
    }
    const Target target = target_of(owner.octets(), scan, kind);
    answer.record(Section::answer, owner.octets(), RRType::CNAME, options_.ttl, target.octets());
    const bool is_back = link > 0 && names_equal(target.octets(), qname);
    if (only_first || (kind.kind == Kind::loop && (link == 2 || is_back))) return;
    owner = target;
  }
}

void Rule::answer(Octets qname, RRType qtype, RRClass qclass, Answer& answer) const {
  if (qclass == RRClass::CH && qtype == RRType::TXT && is_version_bind(qname)) {
    answer.begin(Section::answer, qname, RRType::TXT, 0);
    answer.u8(11), answer.text("dnswarm-sim", 11);
    return answer.end();
  }
  if (qclass != RRClass::IN && qclass != RRClass::ANY) {
    answer.rcode = Rcode::REFUSED;
    return;
  }
  if (qtype == RRType::OPT) {
    answer.rcode = Rcode::FORMERR;
    return;
  }
  const auto number = static_cast<unsigned>(qtype);
  if (number >= 128 && number < 255) {
    answer.rcode = Rcode::NOTIMP;
    return;
  }
  const NameScan scan = scan_name(qname);
  const NameKind kind = this->kind(qname, scan);
  switch (kind.kind) {
    case Kind::nxdomain:
      answer.rcode = Rcode::NXDOMAIN;
      [[fallthrough]];
    case Kind::nodata:
      return negative(qname.subspan(scan.zone_offset), answer);
    case Kind::servfail:
      answer.rcode = Rcode::SERVFAIL;
      return;
    case Kind::refused:
      answer.rcode = Rcode::REFUSED;
      return;
    case Kind::formerr:
      answer.rcode = Rcode::FORMERR;
      return;
    case Kind::notimp:
      answer.rcode = Rcode::NOTIMP;
      return;
    case Kind::cname:
    case Kind::open_cname:
    case Kind::loop:
      return links(qname, qtype, kind, answer);
    case Kind::slow:
      answer.wait = std::chrono::milliseconds{kind.number};
      break;
    case Kind::tc:
      answer.truncated_over_udp = true;
      break;
    case Kind::multi:
    case Kind::big:
    case Kind::plain:
      break;
  }
  records(qname, scan, qtype, kind.kind, answer);
}

}  // namespace dnswarm::sim
