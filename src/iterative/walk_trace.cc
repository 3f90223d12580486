// What a trace tells of a walk. Off the hot path: a step is a few strings.
#include "dns/name.h"
#include "iterative/iterative_engine.h"

namespace dnswarm {
namespace {

std::string text_of(Octets name) {
  std::string text;
  append_name_text(name, text);
  return text;
}

std::vector<TraceServer> servers_of(const Cut& cut) {
  std::vector<TraceServer> servers;
  for (size_t i = 0; i < cut.servers(); ++i) {
    servers.push_back({text_of(cut.server_name(i)), {}});
    for (const Address& address : cut.addresses(i))
      servers.back().addresses.push_back(address.host_text());
  }
  return servers;
}

}  // namespace

TraceOutcome IterativeEngine::outcome_of(const Walk& walk, Meaning meaning) {
  const bool went_on = meaning == Meaning::answer || meaning == Meaning::nodata || meaning == Meaning::alias;
  if (walk.asked_at > 0 && went_on) return TraceOutcome::no_cut;
  switch (meaning) {
    case Meaning::answer: return TraceOutcome::answer;
    case Meaning::nodata: return TraceOutcome::nodata;
    case Meaning::nxdomain: return TraceOutcome::nxdomain;
    case Meaning::alias: return TraceOutcome::alias;
    case Meaning::referral: return TraceOutcome::referral;
    case Meaning::lame: return TraceOutcome::lame;
    case Meaning::broken: return TraceOutcome::broken;
  }
  return {};
}

// Null where no trace is wanted, or it is full.
TraceStep* IterativeEngine::add_step(const Walk& walk) {
  Trace* trace = budget_of(walk).trace.get();
  if (trace == nullptr || trace->steps.size() >= trace_steps_max) return nullptr;
  TraceStep& step = trace->steps.emplace_back();
  step.qname = text_of(walk.asked_name());
  step.type = walk.asked_type();
  step.depth = walk.depth;
  step.at = std::chrono::duration_cast<std::chrono::microseconds>(now_ - trace->began);
  return &step;
}

void IterativeEngine::trace_query(uint32_t q) {
  Query& query = queries_[q];
  const Walk& walk = walks_[query.walk];
  TraceStep* step = add_step(walk);
  query.trace_step = trace_steps_max;
  if (step == nullptr) return;
  query.trace_step = static_cast<uint16_t>(budget_of(walk).trace->steps.size() - 1);
  step->zone = text_of(walk.cut.zone());
  step->address = peers_[query.peer].text;
  append_server_name(walk, peers_[query.peer].address, step->server);
  step->protocol = query.tcp ? Protocol::tcp : Protocol::udp;
}

// To a query: what message_ is taken for, or that it never left.
void IterativeEngine::trace_response(const Query& query, TraceOutcome outcome, std::string_view code) {
  Trace* trace = budget_of(walks_[query.walk]).trace.get();
  if (trace == nullptr || query.trace_step >= trace->steps.size()) return;
  TraceStep& step = trace->steps[query.trace_step];
  step.outcome = outcome;
  step.code = code;
  if (outcome == TraceOutcome::unreachable || outcome == TraceOutcome::near_miss) return;
  step.rtt = std::chrono::duration_cast<std::chrono::microseconds>(now_ - query.sent_at);
  step.rcode = message_.rcode();
  if (outcome == TraceOutcome::alias) step.target = text_of(response_.target.wire());
  if (outcome != TraceOutcome::referral) return;
  step.target = text_of(wire_of(response_.delegation.zone));
  step.servers = servers_of(Cut(response_.delegation));
}

void IterativeEngine::trace_cached(const Walk& walk, Octets zone) {
  TraceStep* step = add_step(walk);
  if (step == nullptr) return;
  step->cached = true;
  step->zone = text_of(zone);
  step->outcome = outcome_of(walk, response_.meaning);
  if (step->outcome == TraceOutcome::alias) step->target = text_of(response_.target.wire());
}

// Where the walk begins: the closest cut that is known.
void IterativeEngine::trace_known_cut(const Walk& walk) {
  TraceStep* step = add_step(walk);
  if (step == nullptr) return;
  step->cached = true;
  step->zone = step->target = text_of(walk.cut.zone());
  step->outcome = TraceOutcome::referral;
  step->servers = servers_of(walk.cut);
}

// The address that `walk` waited for was looked up by a walk of another line.
void IterativeEngine::trace_shared(const Walk& walk, const Walk& other) {
  TraceStep* step = walk.budget == other.budget ? nullptr : add_step(walk);
  if (step == nullptr) return;
  step->qname = text_of(other.question.wire());
  step->type = other.type;
  step->depth = walk.depth + 1u;
  step->cached = true;
  step->outcome = TraceOutcome::shared;
}

}  // namespace dnswarm
