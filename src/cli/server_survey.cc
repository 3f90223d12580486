#include "cli/server_survey.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>

namespace dnswarm::cli {
namespace {

// A resolver each: so many at once.
constexpr size_t askers_max = 32;

bool ends_walk(TraceOutcome outcome) {
  return outcome == TraceOutcome::answer || outcome == TraceOutcome::nodata ||
         outcome == TraceOutcome::nxdomain || outcome == TraceOutcome::alias;
}

SurveyedZone* find_zone(std::vector<SurveyedZone>& zones, const std::string& name) {
  const auto found =
      std::find_if(zones.begin(), zones.end(), [&](const SurveyedZone& z) { return z.zone == name; });
  return found == zones.end() ? nullptr : &*found;
}

// "192.0.2.1" and 53 -> "192.0.2.1:53"
std::string with_port(const std::string& address, uint16_t port) {
  const bool is_ipv6 = address.find(':') != address.npos;
  return (is_ipv6 ? "[" + address + "]" : address) + ":" + std::to_string(port);
}

bool is_wanted(const std::string& address, const Options& options) {
  const bool is_ipv6 = address.find(':') != address.npos;
  return is_ipv6 ? options.authoritative_ipv6 : options.authoritative_ipv4;
}

using Addresses = std::map<std::string, std::vector<std::string>>;  // by name server

// Of the name servers that came without glue. Nothing, and a sentence in *error, where that cannot begin.
std::optional<Addresses> look_up_addresses(const std::vector<SurveyedZone>& zones, const Options& options,
                                           std::string* error) {
  Addresses addresses;
  const auto asker = Asker::create(options, error);
  if (asker == nullptr) return std::nullopt;
  std::vector<std::string> asked;  // in the order of the answers
  for (const SurveyedZone& zone : zones) {
    for (const TraceServer& server : zone.delegated) {
      if (!server.addresses.empty() || !addresses.try_emplace(server.name).second) continue;
      for (const RRType type : {RRType::A, RRType::AAAA}) {
        if (!(type == RRType::A ? options.authoritative_ipv4 : options.authoritative_ipv6)) continue;
        asker->add(server.name, type);
        asked.push_back(server.name);
      }
    }
  }
  asker->ask();
  const std::vector<Heard>& heard = asker->heard();
  for (size_t i = 0; i < asked.size(); ++i) {
    for (const HeardRecord& record : heard[i].records) {
      const bool is_address = record.type == RRType::A || record.type == RRType::AAAA;
      if (is_address && record.section == Section::answer) addresses[asked[i]].push_back(record.data);
    }
  }
  return addresses;
}

// One server's part of the survey, on its way.
struct Part {
  SurveyedServer* server;
  std::unique_ptr<Asker> asker;
};

constexpr RRType other_types[] = {RRType::CNAME, RRType::A,   RRType::AAAA,
                                  RRType::MX,    RRType::TXT, RRType::NS};

std::unique_ptr<Asker> ask_server(const SurveyedServer& server, const SurveyedZone& zone, const Options& walk,
                                  std::string* error) {
  Options options;
  options.upstreams = {server.address};
  options.source_address = walk.source_address;
  options.recursion_desired = false;
  options.edns = walk.edns;
  options.cache_octets = 0;
  options.keep_all_sections = true;
  options.attempts = 3;
  options.io = walk.io;
  options.io_features = walk.io_features;
  auto asker = Asker::create(options, error);
  if (asker == nullptr) return nullptr;
  asker->add(zone.zone, RRType::SOA);
  asker->add(zone.zone, RRType::NS);
  asker->add(zone.qname, zone.type);
  for (const RRType type : other_types) {
    if (zone.is_last) asker->add(zone.qname, type);
  }
  asker->ask();
  return asker;
}

void take(Part& part) {
  const std::vector<Heard>& heard = part.asker->heard();
  part.server->soa = heard[0];
  part.server->ns = heard[1];
  part.server->answer = heard[2];
  part.server->others.assign(std::next(heard.begin(), 3), heard.end());
}

}  // namespace

std::vector<SurveyedZone> zones_of(const Heard& walk) {
  std::vector<SurveyedZone> zones;
  for (const TraceStep& step : walk.trace) {
    if (step.depth > 0) continue;
    if (SurveyedZone* zone = find_zone(zones, step.zone);
        zone != nullptr && !step.cached && step.type != RRType::NS) {
      zone->qname = step.qname;
      zone->type = step.type;
      zone->is_last |= ends_walk(step.outcome);
    }
    if (step.outcome != TraceOutcome::referral || find_zone(zones, step.target) != nullptr) continue;
    SurveyedZone& zone = zones.emplace_back();
    zone.zone = zone.qname = step.target;
    zone.type = RRType::SOA;
    zone.delegated = step.servers;
  }
  return zones;
}

bool survey(std::vector<SurveyedZone>& zones, const Options& options, std::string* error) {
  const std::optional<Addresses> looked_up = look_up_addresses(zones, options, error);
  if (!looked_up) return false;
  for (SurveyedZone& zone : zones) {
    for (const TraceServer& server : zone.delegated) {
      const bool has_glue = !server.addresses.empty();
      const std::vector<std::string>& addresses = has_glue ? server.addresses : looked_up->at(server.name);
      for (const std::string& address : addresses) {
        if (!is_wanted(address, options)) continue;
        SurveyedServer& surveyed = zone.servers.emplace_back();
        surveyed.name = server.name;
        surveyed.address = with_port(address, options.authoritative_port);
      }
      if (addresses.empty()) zone.without_address.push_back(server.name);
    }
  }
  std::vector<Part> parts;
  for (SurveyedZone& zone : zones) {
    for (SurveyedServer& server : zone.servers) {
      if (parts.size() == askers_max) {
        for (Part& part : parts) take(part);
        parts.clear();
      }
      parts.push_back({&server, ask_server(server, zone, options, error)});
      if (parts.back().asker == nullptr) return false;
    }
  }
  for (Part& part : parts) take(part);
  return true;
}

}  // namespace dnswarm::cli
