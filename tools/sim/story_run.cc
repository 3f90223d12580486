#include "story_run.h"

#include <algorithm>
#include <utility>

#include "rule.h"

namespace dnswarm::sim {
namespace {

// Resolvers have room for all that they may be asked in the run, so that TTLs alone make misses.
constexpr size_t resolver_cache_octets_min = 4 << 20;
constexpr size_t octets_per_question = 256;

uint64_t questions_expected(const StoryOptions& o) {
  const double seconds_asked = o.hours * 3600;
  const double probes =
      o.probe_round > 0 ? seconds_asked / std::chrono::duration<double>(o.probe_interval()).count() : 0;
  return static_cast<uint64_t>(o.clients * (o.rate * seconds_asked + probes));
}

}  // namespace

StoryRun::StoryRun(const StoryOptions& options, const World& world, const StoryNames& names,
                   size_t changed_rank)
    : options_(options),
      names_(names),
      changed_rank_(changed_rank),
      client_caches_(options.levels >= 2),
      forwarding_(options.levels >= 3),
      servers_(world, names.name(changed_rank), VirtualTime::start + options.changes_at()),
      resolving_by_name_(options.resolvers * names.count()),
      questions_(options, names),
      choice_(options),
      conversation_(names, changed_rank, options.conversation ? options.conversation_names : 0),
      spread_(options.clients, options.changes_at()),
      counts_(options, world) {
  counts_.result.names = names.count();
  make_nodes();
}

void StoryRun::make_nodes() {
  for (uint32_t i = 0; client_caches_ && i < options_.clients; ++i)
    clients_.emplace_back(client_cache_octets);
  for (uint32_t i = 0; forwarding_ && i < options_.forwarders; ++i) {
    forwarders_.emplace_back(forwarder_cache_octets);
  }
  const size_t cache_octets =
      std::max(resolver_cache_octets_min, octets_per_question * questions_expected(options_));
  for (uint32_t i = 0; i < options_.resolvers; ++i) {
    resolvers_.push_back(std::make_unique<StoryResolver>(
        time_, servers_,
        StoryResolver::Setup{options_.delays, cache_octets, options_.conversation,
                             mix64(options_.seed + 3 + i)},
        [this](ServerIndex server) {
          ++counts_.result.servers[server].queries;
          arrives(level_of(servers_.world().role(server)));
        },
        [this](uint64_t tag, const Response& response) { on_resolved(tag, response); }));
  }
}

StoryResult StoryRun::run() {
  ask_next();
  if (options_.probe_round > 0) start_probes();
  time_.run();
  counts_.result.conversations = conversation_.take();
  if (options_.probe_round > 0) counts_.result.spread = spread_.take(names_.text(changed_rank_));
  return std::move(counts_.result);
}

void StoryRun::ask_next() {
  const std::optional<StoryQuestion> next = questions_.next();
  if (!next) return;
  time_.at(VirtualTime::start + next->at, [this, next] {
    ask(next->client, next->rank);
    ask_next();
  });
}

void StoryRun::start_probes() {
  const Duration ttl = std::chrono::seconds(options_.ttl);
  Random random(mix64(options_.seed + (uint64_t{options_.probe_round} << 32)));
  const auto draw = [&](Duration from, Duration length) {
    const auto at = from + length / 1'000'000 * random.below(1'000'000);
    return VirtualTime::start + std::max(Duration(0), at);
  };
  // One TTL before the change resolvers have the name with any part of its TTL left.
  for (uint32_t resolver = 0; resolver < options_.resolvers; ++resolver) {
    time_.at(draw(options_.changes_at() - 2 * ttl, ttl),
             [=, this] { ask(resolver % options_.clients, changed_rank_, resolver); });
  }
  const Duration interval = options_.probe_interval();
  for (uint32_t client = 0; client < options_.clients; ++client) {
    time_.at(draw(options_.changes_at() - ttl, interval), [=, this] { probe(client, interval); });
  }
}

void StoryRun::probe(uint32_t client, Duration interval) {
  // A TTL and a second for each level of caches, which count whole seconds, and the way.
  const Duration end =
      options_.changes_at() + std::chrono::seconds(options_.ttl + options_.levels + 1) + 2 * interval;
  if (time_.passed() > end) return;
  ask(client, changed_rank_);
  time_.after(interval, [=, this] { probe(client, interval); });
}

void StoryRun::ask(uint32_t client, size_t rank, std::optional<uint32_t> resolver) {
  const auto asking = std::make_shared<Asking>();
  asking->client = client;
  asking->rank = rank;
  asking->began = time_.passed();
  asking->wanted_resolver = resolver;
  asking->followed = conversation_.follows(rank);
  arrives(Level::client);
  if (client_caches_) {
    const MessageOctets known = clients_[client].find(names_.name(rank).wire(), RRType::A, time_.now());
    count_cache(Level::client, client, !known.empty());
    if (!known.empty()) return told(*asking, known, true);
  }
  if (forwarding_) {
    asking->forwarder = client % options_.forwarders;
    time_.after(options_.delays.client, [=, this] { at_forwarder(asking); });
  } else {
    asking->resolver = choose_resolver(*asking);
    time_.after(options_.delays.client, [=, this] { at_resolver(asking); });
  }
}

void StoryRun::at_forwarder(const AskingPointer& asking) {
  asking->asked = Level::forwarder;
  arrives(Level::forwarder);
  const MessageOctets known =
      forwarders_[asking->forwarder].find(names_.name(asking->rank).wire(), RRType::A, time_.now());
  const bool hit = !known.empty();
  count_cache(Level::forwarder, asking->forwarder, hit);
  tell(*asking, node_text(Level::client, asking->client) + " asks " +
                    node_text(Level::forwarder, asking->forwarder) + (hit ? ": hit" : ": miss"));
  if (hit) {
    return time_.after(options_.delays.client, [=, this] { back_at_client(asking, known); });
  }
  asking->resolver = choose_resolver(*asking);
  time_.after(options_.delays.client, [=, this] { at_resolver(asking); });
}

void StoryRun::at_resolver(const AskingPointer& asking) {
  asking->asked = Level::resolver;
  asking->at_resolver = time_.passed();
  arrives(Level::resolver);
  asking->shared = resolving_by_name_[asking->resolver * names_.count() + asking->rank]++ > 0;
  const uint64_t tag = next_tag_++;
  resolving_[tag] = asking;
  resolvers_[asking->resolver]->ask(tag, names_.name(asking->rank));
}

void StoryRun::on_resolved(uint64_t tag, const Response& response) {
  const AskingPointer asking = std::move(resolving_.extract(tag).mapped());
  --resolving_by_name_[asking->resolver * names_.count() + asking->rank];
  count_cache(Level::resolver, asking->resolver, response.cached);
  if (asking->followed) {
    const std::string resolver = node_text(Level::resolver, asking->resolver);
    const auto asker = forwarding_ ? std::pair(Level::forwarder, asking->forwarder)
                                   : std::pair(Level::client, asking->client);
    asking->episode.exchanges.push_back({asking->at_resolver, node_text(asker.first, asker.second) +
                                                                  " asks " + resolver +
                                                                  (response.cached ? ": hit" : ": miss")});
    if (!response.cached) {
      append_walk(response.trace, asking->at_resolver, resolver, servers_, asking->episode.exchanges);
      asking->asked = highest_asked(response.trace, servers_.world());
    }
  }
  const MessageOctets message = response_octets(response, names_.name(asking->rank).wire());
  time_.after(options_.delays.client, [=, this] {
    if (!forwarding_) return back_at_client(asking, message);
    forwarders_[asking->forwarder].keep(message, time_.now());
    time_.after(options_.delays.client, [=, this] { back_at_client(asking, message); });
  });
}

void StoryRun::back_at_client(const AskingPointer& asking, const MessageOctets& message) {
  if (client_caches_) clients_[asking->client].keep(message, time_.now());
  told(*asking, message, false);
}

// The client has its answer.
void StoryRun::told(Asking& asking, const MessageOctets& message, bool from_cache) {
  const ToldAddress address = read_address(message);
  counts_.result.failed += !address.ipv4;
  counts_.result.waited += time_.passed() - asking.began;
  const bool is_changed_name = asking.rank == changed_rank_;
  const bool is_new = is_changed_name && address.ipv4 == changed_ipv4;
  if (is_changed_name && options_.probe_round > 0) {
    spread_.told(asking.client, is_new, from_cache, address.ttl_s, time_.passed());
  }
  if (!asking.followed || asking.shared) return;
  tell(asking, node_text(Level::client, asking.client) +
                   (from_cache ? " has it in its own cache: " : " gets ") + told_text(address));
  const bool after_change = is_changed_name && time_.passed() >= options_.changes_at();
  conversation_.keep(asking.rank, {asking.asked, after_change, is_new}, std::move(asking.episode));
}

uint32_t StoryRun::choose_resolver(const Asking& asking) {
  return asking.wanted_resolver ? *asking.wanted_resolver : choice_.choose(names_.name(asking.rank));
}

void StoryRun::tell(Asking& asking, std::string text) {
  if (asking.followed) asking.episode.exchanges.push_back({time_.passed(), std::move(text)});
}

std::unique_ptr<World> make_story_world(const StoryOptions& options, std::string* error) {
  *error = story_options_error(options);
  if (!error->empty()) return nullptr;
  RuleZonesOptions zones;
  zones.domains = options.domains;
  zones.seed = options.seed;
  zones.ttl = options.ttl;
  zones.name_server_ttl = options.name_server_ttl;
  return World::make(zones, error);
}

std::optional<StoryResult> run_story(const StoryOptions& options, std::string* error) {
  const std::unique_ptr<World> world = make_story_world(options, error);
  if (!world) return std::nullopt;
  const StoryNames names(*world, options.zipf, options.seed);
  size_t changed_rank = 0;
  if (!options.changed_name.empty()) {
    Name name;
    const NameError wrong = name.assign_text(options.changed_name);
    const auto rank = wrong == NameError::none ? names.rank_of(name) : std::nullopt;
    if (!rank) {
      *error =
          "--change: " + options.changed_name +
          (wrong == NameError::none ? " is none of the names that clients ask for, such as " + names.text(0)
                                    : ": " + std::string(sentence_text(wrong)));
      return std::nullopt;
    }
    changed_rank = *rank;
  }
  StoryResult result = StoryRun(options, *world, names, changed_rank).run();
  const RuleZones& rule_zones = *world->rule_zones();
  result.tlds = rule_zones.zone_count() - 1 - rule_zones.domain_count();
  return result;
}

}  // namespace dnswarm::sim
