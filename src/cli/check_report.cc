#include "cli/check_report.h"

#include <algorithm>

#include "cli/formatted_text.h"
#include "cli/json_document.h"

namespace dnswarm::cli {
namespace {

// The good ones by rank, then the others in the order of the list.
std::vector<size_t> order_of(const ResolverCheckReport& report) {
  std::vector<size_t> order = report.ranking();
  for (size_t i = 0; i < report.findings.size(); ++i) {
    if (!report.findings[i].good()) order.push_back(i);
  }
  return order;
}

const char* yes_no(const std::optional<bool>& value) { return !value ? "-" : *value ? "yes" : "no"; }

Json json_of(const std::optional<bool>& value) { return value ? Json(*value) : Json(nullptr); }

double ms(std::chrono::microseconds time) { return static_cast<double>(time.count()) / 1000; }

Json json_of(const ResolverAnswer& answer) {
  Json json = {{"name", answer.name},       {"type", to_text(answer.type)}, {"purpose", answer.purpose},
               {"status", answer.status},   {"answers", answer.answers},    {"judged", answer.judged},
               {"queries", answer.queries}, {"lost", answer.lost},          {"rtt_us", answer.rtt.count()}};
  if (!answer.expected.empty()) json["expected"] = answer.expected;
  return json;
}

Json json_of(const ResolverFinding& f) {
  Json json = {{"resolver", f.resolver}, {"good", f.good()}, {"score", f.score}};
  json["faults"] = Json::array();
  for (const ResolverFault& fault : f.faults)
    json["faults"].push_back({{"code", code_text(fault.code)}, {"text", fault.text}});
  json["queries"] = f.queries;
  json["lost"] = f.lost;
  json["latency_ms"] = nullptr;
  if (f.latency_max.count() > 0)
    json["latency_ms"] = {{"median", ms(f.latency)}, {"min", ms(f.latency_min)}, {"max", ms(f.latency_max)}};
  json["nxdomain"] = {{"asked", f.absent_asked}, {"right", f.absent_right}, {"lies", f.absent_lies}};
  json["known"] = {{"asked", f.known_asked}, {"right", f.known_right}, {"wrong", f.known_wrong}};
  json["recursion"] = json_of(f.recursion);
  json["edns"] = json_of(f.edns);
  json["tcp"] = json_of(f.tcp);
  json["dnssec"] = json_of(f.dnssec);
  json["validates"] = json_of(f.validates);
  json["0x20"] = json_of(f.letter_case);
  if (f.rate_borne) json["rate_borne"] = *f.rate_borne;
  json["questions"] = Json::array();
  for (const ResolverAnswer& answer : f.answers) json["questions"].push_back(json_of(answer));
  return json;
}

}  // namespace

std::string check_list(const ResolverCheckReport& report) {
  std::string out;
  for (const size_t i : report.ranking()) out += report.findings[i].resolver + "\n";
  return out;
}

std::string check_table(const ResolverCheckReport& report) {
  size_t width = 8;
  for (const ResolverFinding& finding : report.findings) width = std::max(width, finding.resolver.size());
  std::string out;
  print(out, "%-*s  score    ms   loss  NXDOMAIN  known  edns  tcp  dnssec  0x20  %s",
        static_cast<int>(width), "resolver", "verdict\n");
  for (const size_t i : order_of(report)) {
    const ResolverFinding& f = report.findings[i];
    const std::string absent = std::to_string(f.absent_right) + "/" + std::to_string(f.absent_asked);
    const std::string known = std::to_string(f.known_right) + "/" + std::to_string(f.known_asked);
    print(out, "%-*s  %5.1f %5.0f %4.0f %%  %8s  %5s  %4s  %3s  %6s  %4s  ", static_cast<int>(width),
          f.resolver.c_str(), f.score, ms(f.latency), f.loss_percent(), absent.c_str(), known.c_str(),
          yes_no(f.edns), yes_no(f.tcp), yes_no(f.dnssec), yes_no(f.letter_case));
    if (f.good()) out += "good";
    if (f.rate_borne) print(out, ", bears %.0f/s", *f.rate_borne);
    const char* before = "";
    for (const ResolverFault& fault : f.faults) {
      out += before + std::string(code_text(fault.code)) + ": " + fault.text;
      before = "; ";
    }
    out += "\n";
  }
  return out;
}

std::string check_json(const ResolverCheckReport& report) {
  std::string out;
  for (const size_t i : order_of(report)) out += document_text(json_of(report.findings[i]), -1);
  return out;
}

std::string check_end_line(const ResolverCheckReport& report) {
  uint64_t by_fault[resolver_fault_codes] = {}, good = 0;
  for (const ResolverFinding& finding : report.findings) {
    if (finding.good())
      ++good;
    else
      ++by_fault[static_cast<size_t>(finding.faults.front().code)];
  }
  const uint64_t all = report.findings.size();
  std::string line = "checked " + count_text(all) + (all == 1 ? " resolver: " : " resolvers: ") +
                     count_text(good) + " good, " + count_text(all - good) + " not";
  const char* before = ": ";
  for (size_t i = 0; i < resolver_fault_codes; ++i) {
    if (by_fault[i] == 0) continue;
    line +=
        before + std::string(code_text(static_cast<ResolverFaultCode>(i))) + " " + count_text(by_fault[i]);
    before = ", ";
  }
  print(line, "; %s queries; %.1f s", count_text(report.queries).c_str(), report.seconds);
  return line;
}

int check_exit_code(const ResolverCheckReport& report) {
  bool anything = false;
  for (const ResolverFinding& finding : report.findings) {
    if (finding.good()) return 0;
    for (const ResolverAnswer& answer : finding.answers) anything |= answer.rtt.count() > 0;
  }
  return anything ? 3 : 4;
}

}  // namespace dnswarm::cli
