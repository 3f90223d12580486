// What must hold of every run, whatever the network and the servers do.
#include <algorithm>
#include <set>
#include <utility>

#include "dns/rdata_text.h"
#include "iterative_sim_network.h"
#include "iterative_sim_worker.h"

namespace dnswarm::sim {
namespace {

constexpr size_t violations_max = 20;
// Timers have ticks of 4 ms, and time passes in steps of 50 us.
constexpr Duration slack = std::chrono::milliseconds(5);

std::string text_of(Octets name) {
  std::string text;
  append_name_text(name, text);
  return text;
}

std::string record_text(const Record& record) {
  std::string text;
  record.append_owner_text(text);
  text += ' ' + dnswarm::to_text(record.type) + ' ';
  record.append_data_text(text);
  return text;
}

std::string record_text(const Answer& answer, const Answer::AnswerRecord& record) {
  std::string text = text_of(answer.owner(record)) + ' ' + dnswarm::to_text(record.type) + ' ';
  const Octets rdata = answer.rdata(record);
  append_rdata_text(record.type, RRClass::IN, rdata, 0, rdata.size(), text);
  return text;
}

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : ", ") + part;
  return text;
}

bool contains(const std::vector<std::string>& sorted, const std::string& text) {
  return std::binary_search(sorted.begin(), sorted.end(), text);
}

}  // namespace

void IterativeSimulation::violate(const std::string& what) {
  if (violations_.size() < violations_max) violations_.push_back(what);
}

IterativeSimulation::Truth IterativeSimulation::find_truth(Octets name, RRType type) const {
  Truth truth;
  Answer answer;
  truth.exists = internet_.world().expect(name, type, answer);
  truth.rcode = answer.rcode;
  const auto pass = [&](Octets owner) {
    const ZoneIndex zone = internet_.zone_of(owner, type);
    truth.honest &= internet_.is_honest(zone);
    truth.reachable &= truth.exists && internet_.is_reachable(zone);
    truth.zones.push_back(zone);
  };
  pass(name);
  for (const auto& record : answer.records()) {
    if (record.section != Section::answer) continue;
    truth.records.push_back(record_text(answer, record));
    if (record.type != RRType::CNAME || type == RRType::CNAME) continue;
    Name target;
    target.assign_wire(answer.rdata(record));
    pass(target.wire());
  }
  std::sort(truth.records.begin(), truth.records.end());
  return truth;
}

void IterativeSimulation::take_row(const Response& response) {
  Line& line = lines_[response.tag];
  if (++line.rows > 1) violate(text_of(line.name.wire()) + ": a second row");
  ++finished_;
  last_row_ = now_;
  ++by_status_[std::string(status_text(response))];
  if (response.qname != text_of(line.name.wire()))
    violate(std::string(response.qname) + ": another name's row");
  check_answer(line, response);
  check_trace(line, response);
}

void IterativeSimulation::check_answer(const Line& line, const Response& response) {
  const Truth truth = find_truth(line.name.wire(), line.type);
  const std::string who = text_of(line.name.wire()) + ' ' + dnswarm::to_text(line.type) + ": ";
  if (!response.definitive()) {
    if (!truth.reachable || response.failure == Failure::cancelled || cut_off_) return;
    ++unanswered_;
    unanswered_example_ = who + std::string(status_text(response)) + ' ' + std::string(response.error_code);
    return;
  }
  answered_from_cache_ += response.cached;
  if (!truth.honest) return check_records(line, response);
  std::vector<std::string> records;
  for (const Record& record : response.answers()) records.push_back(record_text(record));
  std::sort(records.begin(), records.end());
  if (truth.exists && response.rcode == truth.rcode && records == truth.records) return;
  violate(who + std::string(status_text(response)) + " (" + joined(records) + "), but it is " +
          std::string(dnswarm::to_text(truth.rcode)) + " (" + joined(truth.records) + ")");
}

// Whatever a hostile zone's name leads to: what is shown of honest zones is theirs.
void IterativeSimulation::check_records(const Line& line, const Response& response) {
  for (const Record& record : response.answers()) {
    const Name owner = name_at({record.message, record.message_octets}, record.owner_offset);
    if (!internet_.is_honest(internet_.zone_of(owner.wire(), record.type))) continue;
    if (contains(find_truth(owner.wire(), record.type).records, record_text(record))) continue;
    violate(text_of(line.name.wire()) + ": shown is " + record_text(record));
  }
}

// Queries of a line, and its time, by its own account: those of other lines that it waited for are theirs.
void IterativeSimulation::check_trace(const Line& line, const Response& response) {
  if (response.attempts > line_packets_max) violate(text_of(line.name.wire()) + ": too many attempts");
  unsigned asked = 0;
  std::optional<std::chrono::microseconds> first;
  for (const TraceStep& step : response.trace) {
    if (step.cached) continue;
    asked += step.outcome != TraceOutcome::unreachable;  // else it may not have left
    if (step.depth > walk_depth_max) violate(text_of(line.name.wire()) + ": look-ups for look-ups, too deep");
    if (!first) first = step.at;
  }
  if (asked > line_packets_max)
    violate(text_of(line.name.wire()) + ": " + std::to_string(asked) + " queries");
  if (!first || now_ - (line.submitted + *first) <= options_.engine.deadline + slack) return;
  violate(text_of(line.name.wire()) + ": its row (" + std::string(status_text(response)) + ' ' +
          std::string(response.error_code) + ") came " +
          std::to_string((now_ - (line.submitted + *first)) / std::chrono::milliseconds(1)) +
          " ms after its first packet");
}

void IterativeSimulation::check_line_cost() {
  if (workers_.size() > 1 || options_.engine.in_flight > 1) return;
  const uint64_t packets = packets_ - std::exchange(packets_before_line_, packets_);
  if (packets > line_packets_max)
    violate(text_of(lines_[submitted_ - 1].name.wire()) + ": " + std::to_string(packets) + " packets");
}

void IterativeSimulation::check_end() {
  for (const Line& line : lines_) {
    if (line.rows != 1) violate(text_of(line.name.wire()) + ": " + std::to_string(line.rows) + " rows");
  }
  check_line_cost();
  if (packets_ > lines_.size() * line_packets_max) violate("more packets than lines may cost");
  const double rate = options_.rate_per_server;
  // As RateLimit has it; and a connection is opened together with its first query, for a token that comes
  // later.
  if (rate > 0 && static_cast<double>(most_in_any_second()) > rate + std::max(1.0, rate / 100) + 1)
    violate(std::to_string(most_in_any_second()) + " packets to one server in a second, at a rate of " +
            std::to_string(rate));
  check_rest();
  std::set<const void*> checked;
  for (const Line& line : lines_) check_cuts(line.name.wire(), checked);
  for (const ZoneIndex zone : internet_.honest_zones())
    check_cuts(internet_.world().zones().apex(zone), checked);
}

// Nothing is left, and nothing goes on.
void IterativeSimulation::check_rest() {
  const uint64_t packets = packets_;
  const Instant end = now_ + std::chrono::seconds(120);
  while (now_ < end && turn()) continue;
  if (now_ >= end) violate("there is always something due, long after the last row");
  if (packets_ != packets) violate(std::to_string(packets_ - packets) + " packets after the last row");
  for (const auto& worker : workers_) {
    const IterativeEngine& engine = worker->engine();
    if (engine.in_flight() > 0) violate("lines in flight after the last row");
    if (engine.waiting_for_answers() > 0) violate("queries are open after the last row");
    if (!engine.can_accept()) violate("no line is accepted after the last row");
  }
  for (const Line& line : lines_) {
    for (Octets name = line.name.wire(); name.size() > 1; name = parent_of(name)) {
      const uint64_t claim = CutClaims::hash_of(name);
      if (!hierarchy_.claims.take(claim)) violate("the claim to " + text_of(name) + " was not given back");
      hierarchy_.claims.release(claim);
    }
  }
}

// Those on the way up that were not `checked` before.
void IterativeSimulation::check_cuts(Octets name, std::set<const void*>& checked) {
  auto cut = hierarchy_.cuts.closest(name, now_);
  while (checked.insert(cut.memory()).second) {
    check_cut(cut);
    cut = hierarchy_.cuts.closest_above(cut.zone(), now_);
  }
}

// A cut of an honest zone is as its parent has it. One of a hostile zone may name whom it likes, but has no
// addresses for names of others.
void IterativeSimulation::check_cut(const Cut& cut) {
  const Octets zone = cut.zone();
  const std::string who = "the cut " + text_of(zone) + ": ";
  const bool honest = internet_.is_honest(internet_.zone_of(zone, RRType::NS));
  if (honest && !internet_.world().zones().zone_at(zone)) return violate(who + "there is no such zone");
  const Truth own = honest ? find_truth(zone, RRType::NS) : Truth();
  for (size_t i = 0; i < cut.servers(); ++i) {
    const Octets name = cut.server_name(i);
    if (honest && !contains(own.records, text_of(zone) + " NS " + text_of(name)))
      violate(who + "the name server " + text_of(name));
    if (!internet_.is_honest(internet_.zone_of(name, RRType::A))) continue;
    const Truth truth = find_truth(name, RRType::A);
    for (const Address& address : cut.addresses(i)) {
      if (!contains(truth.records, text_of(name) + " A " + address.host_text()))
        violate(who + "the address " + address.host_text() + " of " + text_of(name));
    }
  }
}

unsigned IterativeSimulation::count(const std::string& status) const {
  const auto found = by_status_.find(status);
  return found == by_status_.end() ? 0 : found->second;
}

std::string IterativeSimulation::summary() const {
  std::string text;
  for (const auto& [status, rows] : by_status_) text += status + ' ' + std::to_string(rows) + ", ";
  text += std::to_string(packets_) + " packets, " + std::to_string(elapsed() / std::chrono::milliseconds(1)) +
          " ms, " + std::to_string(answered_from_cache_) + " from the cache";
  if (unanswered_ > 0)
    text += ", unanswered " + std::to_string(unanswered_) + " (" + unanswered_example_ + ')';
  return text;
}

size_t IterativeSimulation::most_in_any_second() const {
  size_t most = 0;
  for (const auto& [ipv4, times] : sent_) {
    for (auto from = times.begin(), to = from; to != times.end(); ++to) {
      while (*to - *from >= std::chrono::seconds(1)) ++from;
      most = std::max(most, static_cast<size_t>(to - from) + 1);
    }
  }
  return most;
}

Stats IterativeSimulation::stats(unsigned worker) const { return workers_[worker]->engine().stats(); }

// One for each question, for each zone whose cut must be learnt, for each name server without glue, and for
// each link into another zone.
uint64_t IterativeSimulation::queries_allowed() const {
  std::set<std::string> questions, name_servers;
  std::set<ZoneIndex> zones;
  uint64_t links = 0;
  const auto add_zone = [&](const auto& self, ZoneIndex zone) -> void {
    if (!zones.insert(zone).second) return;
    const Octets apex = internet_.world().zones().apex(zone);
    if (apex.size() > 1) self(self, internet_.zone_of(parent_of(apex), RRType::A));
    Answer servers;
    if (!internet_.world().expect(apex, RRType::NS, servers)) return;
    for (const auto& record : servers.records()) {
      const Octets target = servers.rdata(record);
      if (is_subdomain(target, apex) || internet_.zone_of(target, RRType::A) == 0) continue;
      name_servers.insert(octets_of(target));
      self(self, internet_.zone_of(target, RRType::A));
    }
  };
  for (const Line& line : lines_) {
    if (!questions.insert(question_key(line.name.wire(), line.type)).second) continue;
    const Truth truth = find_truth(line.name.wire(), line.type);
    for (const ZoneIndex zone : truth.zones) add_zone(add_zone, zone);
    for (size_t i = 1; i < truth.zones.size(); ++i) links += truth.zones[i] != truth.zones[i - 1];
  }
  return questions.size() + questions.size() / 10 + zones.size() + name_servers.size() + links;
}

}  // namespace dnswarm::sim
