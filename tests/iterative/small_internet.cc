#include "tests/iterative/small_internet.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "dns/message_parser.h"
#include "dns/name.h"
#include "tests/iterative/message_text.h"

namespace dnswarm::testing {
namespace {

// Names as text, lower case, without the last dot; the root is ".".
bool is_below(const std::string& name, const std::string& zone) {
  if (zone == "." || name == zone) return true;
  return name.size() > zone.size() && name.ends_with(zone) && name[name.size() - zone.size() - 1] == '.';
}

// The question as it was asked, unless the response has another one.
void give_back_case(Octets query, const Message& asked, std::vector<uint8_t>& response) {
  Message said;
  if (parse_question(response, said) != ParseError::none || said.qname_octets == 0) return;
  if (!names_equal(said.qname(), asked.qname())) return;
  std::copy_n(query.begin() + header_octets, asked.qname_octets, response.begin() + header_octets);
}

}  // namespace

void SmallInternet::zone(const std::string& addresses, const std::string& apex, const std::string& records) {
  Zone zone{apex, {}};
  std::istringstream lines(records);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    Line record;
    if (!(words >> record.owner >> record.ttl >> record.type)) continue;
    std::getline(words >> std::ws, record.data);
    record.rest = record.ttl + " " + record.type + " " + record.data;
    zone.lines.push_back(record);
  }
  std::istringstream list(addresses);
  for (std::string address; list >> address;) {
    drop_zone(address, apex);
    servers_[address].push_back(zone);
  }
}

void SmallInternet::drop_zone(const std::string& address, const std::string& apex) {
  std::erase_if(servers_[address], [&](const Zone& zone) { return zone.apex == apex; });
}

void SmallInternet::instead(const std::string& address, const std::string& question,
                            const std::string& message) {
  instead_[address + " " + question] = message;
}

void SmallInternet::restore(const std::string& address) {
  silent_.erase(address);
  without_edns_.erase(address);
  lowers_case_.erase(address);
  std::erase_if(instead_, [&](const auto& entry) {
    return entry.first.starts_with(address + " ") || entry.first.starts_with(address + "/tcp ");
  });
}

const std::string* SmallInternet::instead_of(const std::string& server, const std::string& question) const {
  for (const std::string& asked : {question, std::string("*")}) {
    const auto found = instead_.find(server + " " + asked);
    if (found != instead_.end()) return &found->second;
  }
  return nullptr;
}

std::vector<uint8_t> SmallInternet::respond(const std::string& address, bool tcp, Octets query) {
  Message message;
  EXPECT_EQ(parse_question(query, message), ParseError::none);
  EXPECT_EQ(message.header.flags & HeaderFlags::rd, 0) << "recursion is not desired of authoritative servers";
  std::string name;
  const Name asked = name_at(query, header_octets);  // in lower case
  append_name_text(asked.wire(), name);
  const std::string question = name + " " + to_text(message.qtype);
  asked_.push_back(address + " " + question);
  const std::string* override_text = instead_of(address + (tcp ? "/tcp" : ""), question);
  std::string text;
  if (without_edns_[address] && message.header.arcount > 0)
    text = "rcode FORMERR";
  else if (override_text != nullptr)
    text = *override_text;
  else if (!silent_[address] && servers_.contains(address))
    text = answer(servers_[address], name, to_text(message.qtype));
  if (text.empty()) return {};
  if (text.find("question ") == text.npos) text += "\nquestion " + question;
  MessageText response = message_from_text(text);
  EXPECT_EQ(response.error, "") << text;
  response.octets[0] = query[0];
  response.octets[1] = query[1];
  if (tcp || !lowers_case_.contains(address)) give_back_case(query, message, response.octets);
  return response.octets;
}

std::string SmallInternet::answer(const std::vector<Zone>& zones, const std::string& name,
                                  const std::string& type) const {
  const Zone* best = nullptr;
  for (const Zone& zone : zones) {
    const bool is_parents = type == "DS" && zone.apex == name && name != ".";
    if (!is_below(name, zone.apex) || is_parents) continue;
    if (best == nullptr || zone.apex.size() > best->apex.size() || best->apex == ".") best = &zone;
  }
  return best == nullptr ? "rcode REFUSED" : answer_from(*best, name, type);
}

// The NS records of the cut at or above the name, and their addresses; empty where there is none.
std::string SmallInternet::referral_from(const Zone& zone, const std::string& name, const std::string& type) {
  for (const Line& cut : zone.lines) {
    if (cut.type != "NS" || cut.owner == zone.apex || !is_below(name, cut.owner)) continue;
    if (type == "DS" && name == cut.owner) continue;
    std::string text;
    for (const Line& line : zone.lines) {
      if (line.type == "NS" && line.owner == cut.owner)
        text += "authority " + line.owner + " " + line.rest + "\n";
    }
    text += addresses_from(zone, cut.owner);
    return text;
  }
  return {};
}

// The addresses that the zone has of the name servers of `owner`, a cut or itself.
std::string SmallInternet::addresses_from(const Zone& zone, const std::string& owner) {
  std::string text;
  for (const Line& line : zone.lines) {
    if (line.type != "A" && line.type != "AAAA") continue;
    for (const Line& ns : zone.lines) {
      if (ns.type != "NS" || ns.owner != owner || ns.data != line.owner) continue;
      text += "additional " + line.owner + " " + line.rest + "\n";
    }
  }
  return text;
}

std::string SmallInternet::answer_from(const Zone& zone, std::string name, const std::string& type) {
  std::string text;
  for (int links = 0; links < 20; ++links) {
    const std::string referral = referral_from(zone, name, type);
    if (!referral.empty()) return text + referral;
    if (links == 0) text = "flags aa\n";
    bool exists = false, found = false;
    std::string target;
    for (const Line& line : zone.lines) {
      exists |= is_below(line.owner, name);
      if (line.owner != name) continue;
      if (line.type == type || line.type == "CNAME") text += "answer " + line.owner + " " + line.rest + "\n";
      found |= line.type == type;
      if (line.type == "CNAME" && type != "CNAME") target = line.data;
    }
    if (found) return type == "NS" ? text + addresses_from(zone, name) : text;
    if (!exists) target = follow_dname(zone, name, text);
    if (!target.empty()) {
      if (!is_below(target, zone.apex)) return text;
      name = target;
      continue;
    }
    if (!exists) text += "rcode NXDOMAIN\n";
    for (const Line& line : zone.lines) {
      if (line.type == "SOA") text += "authority " + line.owner + " " + line.rest + "\n";
    }
    return text;
  }
  return text;
}

// RFC 6672 section 3.1: appends the DNAME above the name, and the CNAME that follows from it. Where that
// leads.
std::string SmallInternet::follow_dname(const Zone& zone, const std::string& name, std::string& text) {
  for (const Line& line : zone.lines) {
    if (line.type != "DNAME" || line.owner == name || !is_below(name, line.owner)) continue;
    const std::string target = name.substr(0, name.size() - line.owner.size()) + line.data;
    text += "answer " + line.owner + " " + line.rest + "\n";
    text += "answer " + name + " " + line.ttl + " CNAME " + target + "\n";
    return target;
  }
  return {};
}

}  // namespace dnswarm::testing
