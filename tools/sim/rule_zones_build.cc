// From a list of names to the zones: names first, then who delegates them, then who serves them.
#include <algorithm>
#include <cmath>

#include "base/hash.h"
#include "base/words.h"
#include "generate.h"
#include "rule.h"
#include "rule_zones.h"

namespace dnswarm::sim {
namespace {

constexpr size_t block_octets = 1 << 20;
constexpr uint32_t entries_max = 20'000'000;    // under 2 GiB
constexpr size_t domain_octets_max = 255 - 11;  // "hostmaster" and its length octet stand before it
constexpr uint32_t first_ipv4_min = 0x7f000100, last_ipv4_max = 0x7ffffffe;

std::string out_of_range(const char* option, uint64_t low, uint64_t high) {
  return std::string(option) + " must be from " + std::to_string(low) + " to " + std::to_string(high);
}

// One sentence where an option is not in its range.
std::string range_error(const RuleZonesOptions& o) {
  if (o.names.empty() && (o.domains < 1 || o.domains > 10'000'000))
    return out_of_range("domains", 1, 10'000'000);
  if (o.root_servers < 1 || o.root_servers > 13) return out_of_range("root servers", 1, 13);
  if (o.tld_servers < 1 || o.tld_servers > 1000) return out_of_range("TLD servers", 1, 1000);
  if (o.domains_per_provider < 1) return "domains per provider must be 1 or more";
  if (o.hosts_per_domain > 1000) return out_of_range("hosts per domain", 0, 1000);
  if (!(o.glueless >= 0 && o.glueless <= 100)) return out_of_range("glueless percent", 0, 100);
  return {};
}

}  // namespace

class RuleZonesBuilder {
 public:
  RuleZonesBuilder(RuleZones& zones, std::string* error)
      : zones_(zones), options_(zones.options_), error_(error) {}

  bool build() {
    *error_ = range_error(options_);
    if (!error_->empty()) return false;
    if (options_.names.empty()) append_names(options_.domains, options_.seed, "domains", options_.names);
    const uint8_t root = 0;
    add_zone({&root, 1}, Depth::root);
    if (!add_domains()) return false;
    zones_.domain_count_ = count() - 1;
    if (zones_.domain_count_ == 0) return fail("the list has no name of two or more labels");
    if (!add_tlds()) return false;
    add_providers();
    zones_.zone_count_ = count();
    for (ZoneIndex zone = 1; zone < zones_.zone_count_; ++zone) find_parent(zone);
    if (count() > entries_max) return fail("the names make too many zones and empty non-terminals");
    options_.names = std::string();
    return share_out_servers();
  }

 private:
  using Depth = RuleZones::Depth;
  using Entry = RuleZones::Entry;

  uint32_t count() const { return static_cast<uint32_t>(zones_.entries_.size()); }
  bool fail(const std::string& sentence) { return *error_ = sentence, false; }

  void index(Octets name, Depth depth) {
    Entry entry;
    entry.name = name;
    entry.depth = depth;
    entry.name_servers_of = count();
    zones_.by_name_.insert(static_cast<uint32_t>(hash_octets(name, 0, 0)), count());
    zones_.entries_.push_back(entry);
  }
  // Its octets are kept.
  void add_zone(Octets name, Depth depth) {
    if (zones_.blocks_.empty() || block_used_ + name.size() > block_octets) {
      zones_.blocks_.push_back(std::make_unique<uint8_t[]>(block_octets));
      block_used_ = 0;
    }
    uint8_t* const at = zones_.blocks_.back().get() + block_used_;
    std::memcpy(at, name.data(), name.size());
    block_used_ += name.size();
    index({at, name.size()}, depth);
  }

  // each(name, line number) of the list; stops where it returns false.
  template <typename Each>
  bool each_name(Each each) {
    std::string_view rest = options_.names;
    for (unsigned number = 1; !rest.empty(); ++number) {
      std::string_view line = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(std::min(rest.size(), line.size() + 1));
      if (line.ends_with('\r')) line.remove_suffix(1);
      const std::string_view token = next_word(line);
      if (token.empty() || token.starts_with('#')) continue;
      Name name;
      const NameError problem = name.assign_text(token);
      const auto wrong = [&](std::string_view why) {
        return fail("line " + std::to_string(number) + ": '" + std::string(token.substr(0, 300)) +
                    "': " + std::string(why));
      };
      if (problem != NameError::none) return wrong(sentence_text(problem));
      if (const char* why = each(name.wire())) return wrong(why);
    }
    return true;
  }

  bool add_domains() {
    return each_name([this](Octets name) -> const char* {
      if (name.size() > domain_octets_max) return "a domain's name must leave 11 octets for its hosts";
      if (name.size() == 1) return "the root is no domain";
      const bool is_tld = parent_of(name).size() == 1;
      if (!is_tld && zones_.find(name) == ProbeTable::none) add_zone(name, Depth::domain);
      return count() > entries_max ? "too many names" : nullptr;
    });
  }

  bool add_tlds() {
    return each_name([this](Octets name) -> const char* {
      while (parent_of(name).size() > 1) name = parent_of(name);
      const std::string_view label(reinterpret_cast<const char*>(name.data()) + 1, name[0]);
      if (label == "root-servers" || label == "tld-servers") return "this TLD is the root's servers' own";
      if (zones_.find(name) == ProbeTable::none) add_zone(name, Depth::tld);
      return nullptr;
    });
  }

  bool draws_glueless(ZoneIndex domain) const {
    const uint64_t draw = mix64(options_.seed ^ mix64(domain)) % 10'000;
    return static_cast<double>(draw) < options_.glueless * 100;
  }

  void add_providers() {
    const ZoneIndex end = zones_.first_domain() + zones_.domain_count_;
    uint32_t glueless = 0;
    for (ZoneIndex zone = zones_.first_domain(); zone < end; ++zone) glueless += draws_glueless(zone);
    if (glueless == 0) return;
    Name name;
    if (name.assign_text("hosting") == NameError::none && zones_.find(name.wire()) == ProbeTable::none) {
      add_zone(name.wire(), Depth::tld);
    }
    const ZoneIndex first = count();
    const uint32_t providers = (glueless - 1) / options_.domains_per_provider + 1;
    for (uint32_t number = 1; count() < first + providers; ++number) {
      const bool is_name = name.assign_text("h" + std::to_string(number) + ".hosting") == NameError::none;
      if (is_name && zones_.find(name.wire()) == ProbeTable::none) add_zone(name.wire(), Depth::domain);
    }
    uint32_t next = 0;
    for (ZoneIndex zone = zones_.first_domain(); zone < end; ++zone) {
      if (draws_glueless(zone)) zones_.entries_[zone].name_servers_of = first + next++ % providers;
    }
  }

  // Names on the way up that are no zones are empty non-terminals. Their octets are the zone's.
  void find_parent(ZoneIndex zone) {
    for (Octets above = parent_of(zones_.entries_[zone].name);; above = parent_of(above)) {
      const uint32_t found = zones_.find(above);
      if (found < zones_.zone_count_) {
        zones_.entries_[zone].parent = found;
        return;
      }
      if (found == ProbeTable::none && count() <= entries_max) index(above, Depth::empty_non_terminal);
    }
  }

  bool share_out_servers() {
    if (options_.domain_servers == 0) options_.domain_servers = std::max(2u, zones_.domain_count_ / 10);
    const uint64_t last = uint64_t{options_.first_ipv4} + options_.root_servers + options_.tld_servers +
                          options_.domain_servers - 1;
    if (options_.first_ipv4 < first_ipv4_min || last > last_ipv4_max) {
      return fail("the servers' addresses must lie in 127.0.1.0-127.255.255.254");
    }
    for (ServerIndex i = 0; i < options_.root_servers; ++i) zones_.root_servers_.push_back(i);
    uint32_t tlds = 0, domains = 0;
    for (ZoneIndex zone = 1; zone < zones_.zone_count_; ++zone) {
      Entry& entry = zones_.entries_[zone];
      if (entry.depth == Depth::tld) {
        share(entry, tlds++, options_.root_servers, options_.tld_servers);
      } else {
        share(entry, domains++, options_.root_servers + options_.tld_servers, options_.domain_servers);
      }
    }
    for (Entry& entry : zones_.entries_) entry.servers = zones_.entries_[entry.name_servers_of].servers;
    return true;
  }
  // The first server in turn, so that none is idle; the second at random, so that servers differ in what
  // they serve.
  void share(Entry& entry, uint32_t number, ServerIndex first, uint32_t servers) const {
    const uint32_t one = number % servers;
    const uint64_t draw = mix64(options_.seed + mix64(number));
    const uint32_t step = servers > 1 ? 1 + static_cast<uint32_t>(draw % (servers - 1)) : 0;
    entry.servers = {first + one, first + (one + step) % servers};
  }

  RuleZones& zones_;
  RuleZonesOptions& options_;
  std::string* error_;
  size_t block_used_ = 0;
};

std::unique_ptr<RuleZones> RuleZones::make(const RuleZonesOptions& options, std::string* error) {
  std::unique_ptr<RuleZones> zones(new RuleZones(options));
  return RuleZonesBuilder(*zones, error).build() ? std::move(zones) : nullptr;
}

}  // namespace dnswarm::sim
