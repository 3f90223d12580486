// The authoritative servers of a story: those of the world, and a name whose address changes.
#ifndef DNSWARM_SIM_STORY_SERVERS_H_
#define DNSWARM_SIM_STORY_SERVERS_H_

#include <string>
#include <vector>

#include "response_writer.h"
#include "story_cache.h"
#include "story_result.h"
#include "world.h"

namespace dnswarm::sim {

// What the changed name has then. The world's own addresses are in 10/8.
inline constexpr uint32_t changed_ipv4 = 0xc0000201;  // 192.0.2.1 (RFC 5737)

class StoryServers {
 public:
  // The world must outlive this.
  StoryServers(const World& world, const Name& changed, Instant change_at);

  const World& world() const { return world_; }
  const std::string& text(ServerIndex server) const { return texts_[server]; }  // server_texts()
  // What the server says to a query; empty: nothing.
  MessageOctets respond(ServerIndex server, Octets query, Transport transport, Instant now);

 private:
  const World& world_;
  Name changed_;
  Instant change_at_;
  std::vector<std::string> texts_;
  MessageOctets room_;
};

}  // namespace dnswarm::sim

#endif  // DNSWARM_SIM_STORY_SERVERS_H_
