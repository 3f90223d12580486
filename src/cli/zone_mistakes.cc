#include "cli/zone_mistakes.h"

#include <algorithm>
#include <map>
#include <set>

namespace dnswarm::cli {
namespace {

using Words = std::set<std::string>;

std::string joined(const Words& words, const char* empty = "none") {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text.empty() ? empty : text;
}

std::string shown(const SurveyedServer& server) { return server.name + " (" + server.address + ")"; }

bool is_at_or_below(const std::string& name, const std::string& zone) {
  if (zone == "." || name == zone) return true;
  return name.size() > zone.size() && name.ends_with(zone) && name[name.size() - zone.size() - 1] == '.';
}

bool serves_zone(const SurveyedServer& server, const std::string& zone) {
  const auto is_soa = [&](const HeardRecord& r) {
    return r.section == Section::answer && r.type == RRType::SOA && r.owner == zone;
  };
  const auto& records = server.soa.records;
  return server.soa.noerror() && server.soa.authoritative &&
         std::any_of(records.begin(), records.end(), is_soa);
}

bool is_silent(const Heard& heard) {
  return heard.failure == Failure::timeout || heard.failure == Failure::network_error;
}

Words ns_of(const SurveyedServer& server, const std::string& zone) {
  Words names;
  for (const HeardRecord& r : server.ns.records) {
    if (r.section == Section::answer && r.type == RRType::NS && r.owner == zone) names.insert(r.data);
  }
  return names;
}

// MNAME RNAME SERIAL ...
std::string serial_of(const SurveyedServer& server) {
  for (const HeardRecord& r : server.soa.records) {
    if (r.type != RRType::SOA) continue;
    const size_t first = r.data.find(' '), second = r.data.find(' ', first + 1);
    return r.data.substr(second + 1, r.data.find(' ', second + 1) - second - 1);
  }
  return {};
}

class Finder {
 public:
  Finder(const Heard& walk, const std::vector<SurveyedZone>& zones) : walk_(walk), zones_(zones) {}

  std::vector<std::string> find() {
    for (const SurveyedZone& zone : zones_) {
      look_at_delegation(zone);
      look_at_servers(zone);
    }
    look_at_walk();
    return std::move(found_);
  }

 private:
  void say(std::string sentence) {
    if (std::find(found_.begin(), found_.end(), sentence) == found_.end())
      found_.push_back(std::move(sentence));
  }

  void look_at_delegation(const SurveyedZone& zone) {
    for (const TraceServer& server : zone.delegated) {
      if (server.addresses.empty() && zone.zone != "." && is_at_or_below(server.name, zone.zone)) {
        say("missing glue: the delegation of " + zone.zone + " has no address for " + server.name +
            ", which lies in the zone itself");
      }
    }
    for (const std::string& name : zone.without_address) {
      say("no address: " + name + ", a name server of " + zone.zone + ", has none");
    }
  }

  void look_at_servers(const SurveyedZone& zone) {
    Words delegated;
    for (const TraceServer& server : zone.delegated) delegated.insert(server.name);
    std::map<std::string, Words> by_ns, by_serial, by_answer;
    for (const SurveyedServer& server : zone.servers) {
      if (is_silent(server.soa)) {
        say("silent server: " + shown(server) + " does not answer for " + zone.zone + ": " +
            server.soa.status);
        continue;
      }
      if (!serves_zone(server, zone.zone)) {
        say("lame server: " + shown(server) + " does not serve " + zone.zone + ": " + lameness_of(server));
        continue;
      }
      by_ns[joined(ns_of(server, zone.zone))].insert(server.name);
      by_serial[serial_of(server)].insert(shown(server));
      by_answer[answer_words(zone, server.answer)].insert(shown(server));
      look_at_aliases(zone, server);
    }
    // What the root has is compared with hints, which may be old.
    if (by_ns.size() == 1 && zone.zone != "." && by_ns.begin()->first != joined(delegated)) {
      say("parent and child NS differ: " + zone.zone + " is delegated to " + joined(delegated) +
          ", and says of itself " + by_ns.begin()->first);
    }
    say_differences("NS records of " + zone.zone, by_ns);
    say_differences("serial of " + zone.zone, by_serial);
    say_differences("answer for " + zone.qname + " " + std::string(to_text(zone.type)), by_answer);
  }

  static std::string lameness_of(const SurveyedServer& server) {
    if (!server.soa.noerror()) return server.soa.status;
    return server.soa.authoritative ? "no SOA record" : "its answer is not authoritative (no AA)";
  }

  void say_differences(const std::string& what, const std::map<std::string, Words>& groups) {
    if (groups.size() < 2) return;
    std::string sentence = "servers differ: " + what + ": ";
    for (const auto& [words, servers] : groups) {
      sentence += (sentence.ends_with(": ") ? "" : "; ") + words + " at " + joined(servers);
    }
    say(sentence);
  }

  // At one name a CNAME stands alone, its signatures aside.
  void look_at_aliases(const SurveyedZone& zone, const SurveyedServer& server) {
    bool alias = false;
    Words others;
    for (const Heard& heard : server.others) {
      for (const HeardRecord& r : heard.records) {
        if (r.section != Section::answer || r.owner != zone.qname || r.type == RRType::RRSIG) continue;
        if (r.type == RRType::CNAME)
          alias = true;
        else
          others.insert(std::string(to_text(r.type)));
      }
    }
    if (zone.qname == zone.zone) others.insert("SOA");  // which every zone has there
    if (alias && !others.empty()) {
      say("CNAME beside other data: " + zone.qname + " has a CNAME and " + joined(others));
    }
  }

  void look_at_walk() {
    for (const TraceStep& step : walk_.trace) {
      if (step.outcome == TraceOutcome::lame) {
        say("lame server: " + step.server + " (" + step.address + ") does not serve " + step.zone + ": " +
            std::string(step.code));
      }
    }
    if (walk_.failure == Failure::cname_loop) say("CNAME loop: " + walk_.error_text);
    for (const HeardRecord& r : walk_.records) {
      if (r.ttl == 0)
        say("TTL 0: " + r.owner + " " + std::string(to_text(r.type)) + " is asked for again each time");
    }
  }

  const Heard& walk_;
  const std::vector<SurveyedZone>& zones_;
  std::vector<std::string> found_;
};

}  // namespace

std::vector<std::string> mistakes_in(const Heard& walk, const std::vector<SurveyedZone>& zones) {
  return Finder(walk, zones).find();
}

std::string answer_words(const SurveyedZone& zone, const Heard& answer) {
  if (!answer.noerror()) return answer.status;
  Words records, cuts;
  for (const HeardRecord& r : answer.records) {
    if (r.section == Section::answer && r.type != RRType::RRSIG)
      records.insert(std::string(to_text(r.type)) + " " + r.data);
    const bool refers = r.section == Section::authority && r.type == RRType::NS && r.owner != zone.zone;
    if (refers && is_at_or_below(r.owner, zone.zone)) cuts.insert(r.owner);
  }
  if (!records.empty()) return joined(records);
  return cuts.empty() ? "no such records" : "referral to " + joined(cuts);
}

}  // namespace dnswarm::cli
