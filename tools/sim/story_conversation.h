// Who asked whom, for a few names of a story: of each name the episodes that show something new
// (story_result.h, Conversation).
#ifndef DNSWARM_SIM_STORY_CONVERSATION_H_
#define DNSWARM_SIM_STORY_CONVERSATION_H_

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "dnswarm/trace.h"
#include "story_names.h"
#include "story_result.h"
#include "story_servers.h"

namespace dnswarm::sim {

class StoryConversation {
 public:
  // Follows the changed name, the one that is asked for first (when resolvers know nothing yet), and those of
  // rank 1, 40, 1600, ...: popular and rare ones. `names` must outlive this.
  StoryConversation(const StoryNames& names, size_t changed_rank, unsigned names_max);

  // A question for a name is about to be asked: whether its episode is wanted.
  bool follows(size_t rank);

  // What makes an episode one of its kind.
  struct Kind {
    Level asked =
        Level::client;          // how far up it came, in the order of clients, resolvers, domains, TLDs, root
    bool after_change = false;  // it is about the changed name, after the change,
    bool is_new_address = false;  // and got this
    bool operator<(const Kind& other) const;
  };
  // Keeps it, where it is the first of its kind. From 0 on, as in StoryNames.
  void keep(size_t rank, const Kind& kind, Episode episode);

  // By rank; those without an episode are left out.
  std::vector<Conversation> take();

 private:
  void add(size_t rank);

  const StoryNames& names_;
  const unsigned names_max_;
  bool any_asked_ = false;
  std::map<size_t, Conversation> of_rank_;
  std::set<std::pair<size_t, Kind>> seen_;
};

// What a resolver did for a question: each step of its walk as an exchange.
void append_walk(std::span<const TraceStep> trace, Duration began, const std::string& resolver,
                 const StoryServers& servers, std::vector<Exchange>& exchanges);
// The servers that were asked: the highest level among them; resolver where none was.
Level highest_asked(std::span<const TraceStep> trace, const World& world);

// "10.1.2.3, TTL 300"; "SERVFAIL".
std::string told_text(const ToldAddress& told);

}  // namespace dnswarm::sim

#endif  // DNSWARM_SIM_STORY_CONVERSATION_H_
