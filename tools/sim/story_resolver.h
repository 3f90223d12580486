// A caching resolver of a story: an IterativeEngine in virtual time, with links to the world's servers.
#ifndef DNSWARM_SIM_STORY_RESOLVER_H_
#define DNSWARM_SIM_STORY_RESOLVER_H_

#include <array>
#include <deque>
#include <functional>
#include <memory>

#include "base/random.h"
#include "iterative/iterative_engine.h"
#include "story_options.h"
#include "story_servers.h"
#include "upstream/rate_limit.h"
#include "virtual_time.h"

namespace dnswarm::sim {

class StoryResolver final : public EngineNetwork, public EngineSink {
 public:
  struct Setup {
    LinkDelays delays;
    size_t cache_octets = 0;
    bool trace = false;
    uint64_t seed = 1;
  };
  // The response to a question, by its tag.
  using OnResponse = std::function<void(uint64_t tag, const Response& response)>;
  // A query reaches a server.
  using OnQuery = std::function<void(ServerIndex server)>;

  // `time` and `servers` must outlive this. Calls come while time passes, never from ask().
  StoryResolver(VirtualTime& time, StoryServers& servers, const Setup& setup, OnQuery on_query,
                OnResponse on_response);

  void ask(uint64_t tag, const Name& name);  // for an A record

  // EngineNetwork
  uint8_t* queue_udp(FlowIndex flow, PeerIndex peer, size_t octets, uint16_t run) override;
  TcpState tcp_state(PeerIndex) override { return TcpState::open; }
  bool send_tcp(PeerIndex peer, Octets query) override;
  void close_tcp(PeerIndex) override {}
  // EngineSink
  void on_response(const Response& response) override { on_response_(response.tag, response); }

 private:
  struct Sent {
    FlowIndex flow;
    PeerIndex peer;
    Address to;
    Transport transport;
    MessageOctets octets;
  };
  struct Asked {
    uint64_t tag;
    Name name;
  };

  void turn();
  void send(Sent sent);
  void deliver(Sent& answered);
  Duration delay_to(ServerIndex server) const;
  void wake_at(Instant when);

  VirtualTime& time_;
  StoryServers& servers_;
  const LinkDelays delays_;
  OnQuery on_query_;
  OnResponse on_response_;
  RateLimit rate_;  // unlimited
  Random random_;
  Hierarchy hierarchy_;
  IterativeEngine engine_;
  std::deque<Asked> asked_;                    // until the engine has room
  std::deque<Sent> queued_;                    // leaves with this turn
  std::deque<std::shared_ptr<Sent>> arrived_;  // responses, for the next one
  Instant wakes_ = never;                      // the earliest that was arranged
};

}  // namespace dnswarm::sim

#endif  // DNSWARM_SIM_STORY_RESOLVER_H_
