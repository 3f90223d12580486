// An engine turns questions into responses, without I/O: time, randomness and the network are arguments, so a
// story of failures runs in a unit test in microseconds. There are two: LookupEngine asks recursive
// upstreams, IterativeEngine walks the hierarchy. A Worker drives either.
//
// One turn of its owner (the worker, or a simulated network in tests):
//   begin_turn(now, wall); submit(...) while can_accept(); deliver what has come (on_datagram, ...);
//   run(now): fires timers and starts what waits; then sleep until next_due() at the latest.
//
// Threads: one, the owner's.
#ifndef DNSWARM_ENGINE_ENGINE_H_
#define DNSWARM_ENGINE_ENGINE_H_

#include <cstdint>
#include <span>

#include "base/clock.h"
#include "base/octets.h"
#include "dnswarm/resolver.h"
#include "engine/question.h"
#include "net/address.h"

namespace dnswarm {

// One UDP source port (and, where it is connected, its peer). IDs are unique within a flow.
using FlowIndex = uint16_t;
// A server the engine talks to, in a numbering of its own.
using PeerIndex = uint32_t;

enum class TcpState : uint8_t { closed, connecting, open };

// What an engine asks of the world.
class EngineNetwork {
 public:
  virtual ~EngineNetwork() = default;
  // Room for one query of `octets` octets on `flow` to `peer`; it leaves with this turn's batch. The engine
  // fills it at once. `run`: so many of this size may go there in a row, this one included.
  virtual uint8_t* queue_udp(FlowIndex flow, PeerIndex peer, size_t octets, uint16_t run) = 0;
  // Where it is closed, send_tcp opens it: a packet of its own.
  virtual TcpState tcp_state(PeerIndex peer) = 0;
  // Whether send_tcp has room for another connection, where it is closed.
  virtual bool tcp_has_room() { return true; }
  // False where it cannot take the query (the connection failed at once, its buffer is full).
  [[nodiscard]] virtual bool send_tcp(PeerIndex peer, Octets query) = 0;
  // Gives up a connection that does not answer. Does not call on_tcp_lost.
  virtual void close_tcp(PeerIndex peer) = 0;
};

// Takes the responses, one for each question.
class EngineSink {
 public:
  virtual ~EngineSink() = default;
  virtual void on_response(const Response& response) = 0;
};

// A datagram that will be delivered soon.
struct ExpectedResponse {
  FlowIndex flow = 0;
  Octets octets;
};

class Engine {
 public:
  virtual ~Engine() = default;

  virtual void begin_turn(Instant now, WallTime wall) = 0;
  virtual bool can_accept() const = 0;
  // Answers from the cache at once, else starts a lookup. The question is copied.
  virtual void submit(const Question& question) = 0;
  // Hints, which bring near what will be needed. Questions with these hashes will be submitted next:
  virtual void expect(std::span<const uint64_t> hashes) const = 0;
  // These datagrams will be delivered next. At most expected_max.
  virtual void expect(std::span<const ExpectedResponse> responses) const = 0;
  static constexpr size_t expected_max = 32;

  // `source` is null where the flow is connected. The octets may be changed.
  virtual void on_datagram(FlowIndex flow, const Address* source, std::span<uint8_t> octets) = 0;
  virtual void on_tcp_message(PeerIndex peer, std::span<uint8_t> octets) = 0;
  virtual void on_tcp_lost(PeerIndex peer, int error) = 0;  // every query on it must go elsewhere
  // A query did not leave. `error` is an errno, see net/loop.h.
  virtual void on_send_failed(FlowIndex flow, Octets query, int error) = 0;
  virtual void on_port_refused(FlowIndex flow, int error) = 0;  // connected flows: an ICMP error came

  // Fires timers and starts lookups that wait for a server. All that has come by `now` was delivered.
  virtual void run(Instant now) = 0;
  // The latter alone: while answers may have come that were not delivered yet.
  virtual void start_waiting(Instant now) = 0;
  // What was queued with the network in exchange for tokens of a rate limit; how much of it has left by
  // now, on the real clock.
  virtual size_t tokens_taken() const = 0;
  virtual void on_departed(size_t tokens, Instant real_now) = 0;
  // When run() should be called at the latest; `never` where nothing is pending.
  virtual Instant next_due(Instant now) = 0;
  // Ends everything as CANCELLED.
  virtual void cancel_all() = 0;
  virtual void submit_cancelled(const Question& question) = 0;  // accepted, but never begun
  // That peer lies: it is asked nothing more, and nothing that it says, or said before, is used from now
  // on; the links that it gave to chains in work excepted. For engines whose peers are upstreams.
  virtual void leave_out(PeerIndex peer) { (void)peer; }
  // Datagrams were dropped lately for want of room in the owner's sockets: what is missing is not the peers'
  // fault. For engines that conclude from it what a peer bears.
  virtual void on_local_drops() {}
  // For how long the owner was stopped or blocked so far: `now` excludes it.
  virtual void set_stalled(Duration stalled) = 0;

  virtual size_t in_flight() const = 0;
  virtual size_t waiting_for_answers() const = 0;  // queries that are open
  virtual size_t tcp_outstanding(PeerIndex peer) const = 0;
  virtual const Address& address_of(PeerIndex peer) const = 0;  // lives as long as the engine
  virtual Stats stats() const = 0;                              // upstream addresses aside
};

}  // namespace dnswarm

#endif  // DNSWARM_ENGINE_ENGINE_H_
