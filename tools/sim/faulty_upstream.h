// One query at an upstream with faults -> none, one or several responses, each with a delay.
#ifndef DNSWARM_SIM_FAULTY_UPSTREAM_H_
#define DNSWARM_SIM_FAULTY_UPSTREAM_H_

#include <array>

#include "base/clock.h"
#include "base/octets.h"
#include "counts.h"
#include "faults.h"
#include "response_writer.h"
#include "simulation.h"

namespace dnswarm::sim {

class ResponseSink {
 public:
  virtual ~ResponseSink() = default;
  // The octets live during the call. `other_port`: to be sent from another port (UDP only).
  virtual void emit(Octets response, Duration delay, bool other_port) = 0;
};

// Counts a response that leaves, or is about to.
void count_response(const ResponseNote& note, UpstreamCounts& counts);

// Of one thread.
class FaultyUpstream {
 public:
  FaultyUpstream(ResponseWriter& writer, uint64_t seed) : writer_(writer), dice_(seed) {}
  // `upstream` need not have faults.
  void respond(Upstream& upstream, Octets query, Transport transport, Instant now,
               Duration since_start, UpstreamCounts& counts, ResponseSink& sink);
  bool closes_tcp(const Upstream& upstream, UpstreamCounts& counts);

 private:
  size_t write_instead(Upstream& upstream, Octets octets, Instant now, Duration since_start,
                       ResponseNote& note, UpstreamCounts& counts, bool& dropped);
  size_t write_lie(Upstream& upstream, Octets octets, Duration since_start, ResponseNote& note,
                   UpstreamCounts& counts);
  Octets without_edns(const FaultSpec& spec, Octets octets);
  bool emit_forged(const FaultSpec& spec, size_t size, Duration delay, UpstreamCounts& counts,
                   ResponseSink& sink);
  size_t make_garbage();

  ResponseWriter& writer_;
  Dice dice_;
  std::array<uint8_t, response_octets_max> room_;
  std::array<uint8_t, response_octets_max> forged_;
  std::array<uint8_t, 512> plain_;  // a query of which not all is understood
};

}  // namespace dnswarm::sim

#endif  // DNSWARM_SIM_FAULTY_UPSTREAM_H_
