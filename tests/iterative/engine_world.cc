#include "tests/iterative/engine_world.h"

#include <algorithm>
#include <cerrno>
#include <sstream>

#include "dns/name.h"
#include "iterative/root_hints.h"
#include "tests/iterative/message_text.h"

namespace dnswarm::testing {
namespace {

Delegation root_of_tests(const std::string& hints) {
  std::string error;
  return root_hints_from_text(hints, &error).value();
}

std::string step_text(const TraceStep& step) {
  std::string text = step.depth > 0 ? std::to_string(step.depth) + ": " : "";
  if (step.cached)
    text += "cached " + step.zone;
  else
    text += step.server + " " + step.address + " " + step.zone + " " + step.qname + " " + to_text(step.type);
  text += " " + std::string(outcome_text(step.outcome));
  if (step.outcome == TraceOutcome::refused) text += " " + std::string(to_text(*step.rcode));
  if (!step.target.empty()) text += " " + step.target;
  if (!step.code.empty()) text += " " + std::string(step.code);
  return text;
}

}  // namespace

EngineWorld::EngineWorld(IterativeOptions options, const EngineStart& start)
    : hierarchy(root_of_tests(start.hints), start.settings),
      rate_(start.rate_per_s),
      random_(start.seed),
      engine_(std::make_unique<IterativeEngine>(options, hierarchy, rate_, *this, *this, random_, now_)) {}

std::vector<Row> EngineWorld::ask(const std::string& questions) {
  const uint64_t first = next_tag_;
  std::deque<Name> names;
  std::deque<std::string> texts;
  std::deque<Question> pending;
  std::istringstream list(questions);
  for (std::string part; std::getline(list, part, ',');) {
    std::istringstream words(part);
    std::string type;
    std::string& text = texts.emplace_back();
    words >> text >> type;
    EXPECT_EQ(names.emplace_back().assign_text(text), NameError::none) << text;
    Question& question = pending.emplace_back();
    question.tag = next_tag_++;
    question.qname = names.back().wire();
    question.token = text;
    question.type = rrtype_from_text(type).value();
    question.hash = question_hash(question.qname, question.type);
  }
  began_ = now_;
  most_open_.clear();
  for (int turns = 0; turns < 100'000 && rows_.size() < next_tag_; ++turns) {
    engine_->begin_turn(now_, {});
    for (; !pending.empty() && engine_->can_accept(); pending.pop_front()) engine_->submit(pending.front());
    turn();
  }
  took_ = now_ - began_;
  EXPECT_EQ(rows_.size(), next_tag_) << "lines without a row";
  EXPECT_EQ(engine_->in_flight(), 0u);
  std::vector<Row> rows;
  for (uint64_t tag = first; tag < next_tag_; ++tag) rows.push_back(rows_[tag]);
  return rows;
}

// Sends what is queued, and lets time pass until the next thing happens.
void EngineWorld::turn() {
  engine_->run(now_);
  for (; !queued_.empty(); queued_.pop_front()) leave(queued_.front());
  engine_->on_departed(engine_->tokens_taken(), now_);
  if (rows_.size() == next_tag_) return;  // all is done, and it is not later than that
  std::map<std::string, size_t> open;
  for (const auto& [at, arrival] : arrivals_) {
    const std::string server = arrival.query.to.host_text();
    most_open_[server] = std::max(most_open_[server], ++open[server]);
  }
  const Instant due = engine_->next_due(now_);
  const Instant next = std::min(due, arrivals_.empty() ? never : arrivals_.begin()->first);
  if (next == never) return;  // nothing is left to happen
  now_ = std::max(now_, next);
  engine_->begin_turn(now_, {});
  while (!arrivals_.empty() && arrivals_.begin()->first <= now_) {
    Arrival arrived = std::move(arrivals_.begin()->second);
    arrivals_.erase(arrivals_.begin());
    arrive(arrived);
  }
}

void EngineWorld::leave(const Sent& sent) {
  const std::string address = sent.to.host_text();
  sent_[address].push_back(now_);
  const Condition& condition = conditions_[address];
  if (now_ < condition.unreachable_until) return engine_->on_send_failed(sent.flow, sent.octets, ENETUNREACH);
  send_forgeries(sent, condition.round_trip);
  std::vector<uint8_t> response = internet.respond(address, sent.tcp, sent.octets);
  const bool refused = sent.tcp && condition.without_tcp;
  if (refused) response.clear();
  if (now_ < condition.silent_until || (response.empty() && !refused)) return;
  arrivals_.insert({now_ + condition.round_trip, {sent, std::move(response)}});
}

void EngineWorld::send_forgeries(const Sent& sent, Duration round_trip) {
  if (sent.tcp) return;
  for (const Forgery& forgery : forged_) {
    std::vector<uint8_t> octets = message_from_text(forgery.message).octets;
    std::copy_n(sent.octets.begin(), 2, octets.begin());
    if (forgery.wrong_id) octets[1] ^= 1;
    Sent from = sent;
    from.to = Address::from_text(forgery.source, 53).value();
    if (forgery.other_flow) from.flow ^= 1;
    arrivals_.insert({now_ + round_trip + forgery.after, {from, octets}});
  }
}

void EngineWorld::arrive(Arrival& arrival) {
  const Sent& query = arrival.query;
  if (!query.tcp)
    engine_->on_datagram(query.flow, &query.to, arrival.octets);
  else if (arrival.octets.empty())
    connections_.erase(query.peer), engine_->on_tcp_lost(query.peer, ECONNREFUSED);
  else
    engine_->on_tcp_message(query.peer, arrival.octets);
}

size_t EngineWorld::most_open() const {
  size_t most = 0;
  for (const auto& [server, open] : most_open_) most = std::max(most, open);
  return most;
}

size_t EngineWorld::most_open_at(const std::string& address) const {
  const auto found = most_open_.find(address);
  return found == most_open_.end() ? 0 : found->second;
}

size_t EngineWorld::most_in_any_second() const {
  size_t most = 0;
  for (const auto& [server, times] : sent_) {
    for (auto from = times.begin(), to = from; to != times.end(); ++to) {
      while (*to - *from >= std::chrono::seconds(1)) ++from;
      most = std::max(most, static_cast<size_t>(to - from) + 1);
    }
  }
  return most;
}

uint8_t* EngineWorld::queue_udp(FlowIndex flow, PeerIndex peer, size_t octets, uint16_t) {
  flows_.push_back(flow);
  queued_.push_back({flow, engine_->address_of(peer), false, peer, std::vector<uint8_t>(octets)});
  return queued_.back().octets.data();
}

bool EngineWorld::send_tcp(PeerIndex peer, Octets query) {
  const Address& to = connections_.try_emplace(peer, engine_->address_of(peer)).first->second;
  queued_.push_back({0, to, true, peer, {query.begin(), query.end()}});
  return true;
}

void EngineWorld::on_response(const Response& response) {
  EXPECT_FALSE(rows_.contains(response.tag)) << "two rows for one line";
  Row& row = rows_[response.tag];
  row.status = status_text(response);
  row.code = response.error_code;
  row.queries = response.attempts;
  row.cached = response.cached;
  row.after = now_ - began_;
  for (const TraceStep& step : response.trace) row.trace.push_back(step_text(step));
  for (const Record& record : response.records) {
    const Octets message(record.message, record.message_octets);
    std::string text;
    append_name_text_at(message, record.owner_offset, text);
    text += " " + to_text(record.type) + " ";
    if (record.type == RRType::CNAME)
      append_name_text_at(message, record.rdata_offset, text);
    else if (const auto address = address_of_record(record))
      text += address->host_text();
    row.answers += (row.answers.empty() ? "" : ", ") + text;
    std::string& line = row.records.emplace_back();
    append_name_text_at(message, record.owner_offset, line);
    line += " " + std::to_string(record.ttl) + " " + to_text(record.type) + " ";
    record.append_data_text(line);
  }
}

}  // namespace dnswarm::testing
