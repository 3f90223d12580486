// One run of a story: clients, forwarders, resolvers and servers in virtual time, and what is counted of
// them. Links delay and lose nothing.
//
// A question goes up until a cache has the answer or a resolver has walked for it, and the response goes back
// the same way, kept by each cache on it with what is left of its TTL. Clients and forwarders do not wait for
// a question that they have asked already: they ask it again.
//
// Threads: one.
#ifndef DNSWARM_SIM_STORY_RUN_H_
#define DNSWARM_SIM_STORY_RUN_H_

#include <deque>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "story_cache.h"
#include "story_conversation.h"
#include "story_counts.h"
#include "story_names.h"
#include "story_questions.h"
#include "story_resolver.h"
#include "story_result.h"
#include "story_servers.h"
#include "story_spread.h"
#include "virtual_time.h"

namespace dnswarm::sim {

// What a story happens in. Null, and a sentence in *error, where the options are wrong.
std::unique_ptr<World> make_story_world(const StoryOptions& options, std::string* error);

// Of clients: some 700 answers, more than one asks for within their TTLs; of forwarders.
inline constexpr size_t client_cache_octets = 64 << 10;
inline constexpr size_t forwarder_cache_octets = 16 << 20;

// A story's result; nothing, and a sentence in *error, where the options are wrong.
std::optional<StoryResult> run_story(const StoryOptions& options, std::string* error);

class StoryRun {
 public:
  // `options` are right; the world is theirs, with zones by the rule, and `changed_rank` one of the names'.
  StoryRun(const StoryOptions& options, const World& world, const StoryNames& names, size_t changed_rank);

  StoryResult run();  // once

 private:
  // One question of a client on its way.
  struct Asking {
    uint32_t client = 0;
    size_t rank = 0;
    Duration began{};
    uint32_t forwarder = 0;
    std::optional<uint32_t> wanted_resolver;  // else by the policy
    uint32_t resolver = 0;
    Duration at_resolver{};
    Level asked = Level::client;  // how far up it came
    bool shared = false;          // another client's question was under way already
    bool followed = false;        // its conversation is wanted, and collected here
    Episode episode;
  };
  using AskingPointer = std::shared_ptr<Asking>;

  void make_nodes();
  void ask_next();
  void start_probes();
  void probe(uint32_t client, Duration interval);
  void ask(uint32_t client, size_t rank, std::optional<uint32_t> resolver = {});
  void at_forwarder(const AskingPointer& asking);
  void at_resolver(const AskingPointer& asking);
  void on_resolved(uint64_t tag, const Response& response);
  void back_at_client(const AskingPointer& asking, const MessageOctets& message);
  void told(Asking& asking, const MessageOctets& message, bool from_cache);
  uint32_t choose_resolver(const Asking& asking);

  void arrives(Level level) { counts_.arrives(level, time_.passed()); }
  void count_cache(Level level, uint32_t node, bool hit) { counts_.cache(level, node, hit, time_.passed()); }
  void tell(Asking& asking, std::string text);

  const StoryOptions options_;
  const StoryNames& names_;
  const size_t changed_rank_;
  const bool client_caches_, forwarding_;
  VirtualTime time_;
  StoryServers servers_;
  std::deque<StoryCache> clients_, forwarders_;
  std::vector<std::unique_ptr<StoryResolver>> resolvers_;
  std::unordered_map<uint64_t, AskingPointer> resolving_;  // by tag
  std::vector<uint32_t> resolving_by_name_;                // by resolver and rank
  uint64_t next_tag_ = 0;
  StoryQuestions questions_;
  ResolverChoice choice_;
  StoryConversation conversation_;
  StorySpread spread_;
  StoryCounts counts_;
};

}  // namespace dnswarm::sim

#endif  // DNSWARM_SIM_STORY_RUN_H_
