#include "tests/iterative/engine_world.h"

#include <algorithm>
#include <sstream>

#include "dns/name.h"
#include "iterative/root_hints.h"
#include "tests/iterative/message_text.h"

namespace dnswarm::testing {
namespace {

constexpr Duration half_trip = std::chrono::milliseconds(5);

Delegation root_of_tests() {
  std::string error;
  return root_hints_from_text(". NS a.root\na.root A 192.0.2.1\n. NS b.root\nb.root A 192.0.2.2\n", &error)
      .value();
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

EngineWorld::EngineWorld(IterativeOptions options, const Hierarchy::Settings& settings)
    : hierarchy(root_of_tests(), settings),
      engine_(std::make_unique<IterativeEngine>(options, hierarchy, rate_, *this, *this, random_, now_)) {}

std::vector<Row> EngineWorld::ask(const std::string& questions) {
  const uint64_t first = next_tag_;
  std::deque<Name> names;
  std::istringstream list(questions);
  for (std::string part; std::getline(list, part, ',');) {
    std::istringstream words(part);
    std::string text, type;
    words >> text >> type;
    EXPECT_EQ(names.emplace_back().assign_text(text), NameError::none) << text;
    Question question;
    question.tag = next_tag_++;
    question.qname = names.back().wire();
    question.type = rrtype_from_text(type).value();
    question.hash = question_hash(question.qname, question.type);
    engine_->begin_turn(now_, {});
    engine_->submit(question);
  }
  const Instant began = now_;
  for (int turns = 0; turns < 100'000 && rows_.size() < next_tag_; ++turns) turn();
  took_ = now_ - began;
  EXPECT_EQ(rows_.size(), next_tag_) << "lines without a row";
  EXPECT_EQ(engine_->in_flight(), 0u);
  std::vector<Row> rows;
  for (uint64_t tag = first; tag < next_tag_; ++tag) rows.push_back(rows_[tag]);
  return rows;
}

// Sends what is queued, and lets time pass until the next thing happens.
void EngineWorld::turn() {
  engine_->begin_turn(now_, {});
  engine_->run(now_);
  for (; !queued_.empty(); queued_.pop_front()) {
    const Sent& sent = queued_.front();
    sent_[sent.to.host_text()].push_back(now_);
    std::vector<uint8_t> response = internet.respond(sent.to.host_text(), sent.tcp, sent.octets);
    if (!forged_.first.empty()) {
      MessageText forged = message_from_text(forged_.second);
      std::copy_n(sent.octets.begin(), 2, forged.octets.begin());
      Sent from = sent;
      from.to = Address::from_text(forged_.first, 53).value();
      arrivals_.push_back({now_ + 2 * half_trip, from, forged.octets});
    }
    if (!response.empty()) arrivals_.push_back({now_ + 2 * half_trip, sent, std::move(response)});
  }
  std::map<std::string, size_t> open;
  for (const Arrival& arrival : arrivals_)
    most_open_ = std::max(most_open_, ++open[arrival.query.to.host_text()]);
  const Instant due = engine_->next_due(now_);
  const Instant arrival = arrivals_.empty() ? never : arrivals_.front().at;
  const Instant next = std::min(due, arrival);
  if (next == never) return;  // nothing is left to happen
  now_ = std::max(now_, next);
  engine_->begin_turn(now_, {});
  while (!arrivals_.empty() && arrivals_.front().at <= now_) {
    Arrival arrived = std::move(arrivals_.front());
    arrivals_.pop_front();
    if (arrived.query.tcp)
      engine_->on_tcp_message(arrived.query.peer, arrived.octets);
    else
      engine_->on_datagram(arrived.query.flow, &arrived.query.to, arrived.octets);
  }
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
  queued_.push_back({flow, engine_->address_of(peer), false, peer, std::vector<uint8_t>(octets)});
  return queued_.back().octets.data();
}

bool EngineWorld::send_tcp(PeerIndex peer, Octets query) {
  queued_.push_back({0, engine_->address_of(peer), true, peer, {query.begin(), query.end()}});
  return true;
}

void EngineWorld::on_response(const Response& response) {
  EXPECT_FALSE(rows_.contains(response.tag)) << "two rows for one line";
  Row& row = rows_[response.tag];
  row.status = status_text(response);
  row.code = response.error_code;
  row.queries = response.attempts;
  row.cached = response.cached;
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
  }
}

}  // namespace dnswarm::testing
