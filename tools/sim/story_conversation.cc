#include "story_conversation.h"

#include <algorithm>
#include <tuple>

#include "dns/rdata_text.h"
#include "net/address.h"

namespace dnswarm::sim {
namespace {

constexpr size_t rank_step = 40;

std::optional<ServerIndex> server_of(const TraceStep& step, const World& world) {
  const std::optional<Address> address = Address::from_text(step.address, 53);
  if (!address || address->family() != AF_INET) return std::nullopt;
  return world.server_at(ntohl(reinterpret_cast<const sockaddr_in*>(address->sa())->sin_addr.s_addr));
}

std::string outcome_of(const TraceStep& step) {
  std::string text(outcome_text(step.outcome));
  if (!step.target.empty()) text += " to " + step.target;
  return text;
}

std::string step_text(const TraceStep& step, const std::string& resolver, const StoryServers& servers) {
  if (step.cached && step.outcome == TraceOutcome::referral) {
    return resolver + " knows the servers of " + (step.zone == "." ? "the root" : step.zone);
  }
  if (step.cached) return resolver + " has that in its cache: " + outcome_of(step);
  const std::optional<ServerIndex> server = server_of(step, servers.world());
  std::string text = resolver + " asks " + (server ? servers.text(*server) : step.address);
  text += " for " + step.qname + ' ' + dnswarm::to_text(step.type) + ": " + outcome_of(step);
  if (step.rtt) text += ", after " + std::to_string(step.rtt->count() / 1000) + " ms";
  return text;
}

}  // namespace

// One place is left for the name that is asked for first.
StoryConversation::StoryConversation(const StoryNames& names, size_t changed_rank, unsigned names_max)
    : names_(names), names_max_(names_max) {
  if (names_max_ > 0) add(changed_rank);
  for (size_t rank = 1; rank <= names.count() && of_rank_.size() + 1 < names_max_; rank *= rank_step)
    add(rank - 1);
  for (size_t rank = 0; rank < names.count() && of_rank_.size() + 1 < names_max_; ++rank) add(rank);
}

void StoryConversation::add(size_t rank) { of_rank_[rank] = {names_.text(rank), rank + 1, {}}; }

bool StoryConversation::follows(size_t rank) {
  if (!any_asked_ && of_rank_.size() < names_max_) add(rank);
  any_asked_ = true;
  return of_rank_.contains(rank);
}

bool StoryConversation::Kind::operator<(const Kind& other) const {
  // After the change it does not matter how far a question came.
  const auto key = [](const Kind& kind) {
    return std::tuple(kind.after_change ? Level::client : kind.asked, kind.after_change,
                      kind.after_change && kind.is_new_address);
  };
  return key(*this) < key(other);
}

void StoryConversation::keep(size_t rank, const Kind& kind, Episode episode) {
  if (seen_.insert({rank, kind}).second) of_rank_.at(rank).episodes.push_back(std::move(episode));
}

std::vector<Conversation> StoryConversation::take() {
  std::vector<Conversation> all;
  for (auto& [rank, conversation] : of_rank_) {
    std::vector<Episode>& episodes = conversation.episodes;
    std::stable_sort(episodes.begin(), episodes.end(), [](const Episode& a, const Episode& b) {
      return a.exchanges.front().at < b.exchanges.front().at;
    });
    if (!episodes.empty()) all.push_back(std::move(conversation));
  }
  return all;
}

void append_walk(std::span<const TraceStep> trace, Duration began, const std::string& resolver,
                 const StoryServers& servers, std::vector<Exchange>& exchanges) {
  for (const TraceStep& step : trace) {
    exchanges.push_back({began + step.at, step_text(step, resolver, servers)});
  }
}

Level highest_asked(std::span<const TraceStep> trace, const World& world) {
  std::optional<ServerRole> highest;
  for (const TraceStep& step : trace) {
    const std::optional<ServerIndex> server = step.cached ? std::nullopt : server_of(step, world);
    if (server) highest = std::min(highest.value_or(ServerRole::domain), world.role(*server));
  }
  return highest ? level_of(*highest) : Level::resolver;
}

std::string told_text(const ToldAddress& told) {
  if (!told.ipv4) return std::string(dnswarm::to_text(told.rcode));
  const uint32_t ipv4 = htonl(*told.ipv4);
  std::string text;
  append_rdata_text(RRType::A, RRClass::IN, {reinterpret_cast<const uint8_t*>(&ipv4), 4}, 0, 4, text);
  return text + ", TTL " + std::to_string(told.ttl_s);
}

}  // namespace dnswarm::sim
