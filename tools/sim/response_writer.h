// Query -> response octets. Two ways to the same octets: the general one (AnswerSource to Answer to
// message), and a short one for the rule's commonest answers, which carries nearly all of a
// benchmark's load. tests/sim/rule_test.cc holds them equal byte for byte.
#ifndef DNSWARM_SIM_RESPONSE_WRITER_H_
#define DNSWARM_SIM_RESPONSE_WRITER_H_

#include <chrono>
#include <cstdint>
#include <span>
#include <string_view>

#include "answer.h"
#include "query_view.h"
#include "rule.h"

namespace dnswarm::sim {

struct ResponderOptions {
  uint16_t udp_octets_max = 1232;  // our own EDNS size, and the largest response over UDP
  bool authoritative = false;      // no RA; AA, where the answers are the rule's
  bool signatures = false;         // with DO, answers have an RRSIG of made-up octets
};

enum class Transport : uint8_t { udp, tcp };

// What the counts and the faults want to know of a response.
struct ResponseNote {
  Rcode rcode = Rcode::NOERROR;
  bool truncated = false;
  std::chrono::milliseconds wait{0};
};

// A DNS message over TCP is 65,535 octets at most (RFC 1035 section 4.2.2); ours are far below.
inline constexpr size_t response_octets_max = 16 * 1024;

class ResponseWriter {
 public:
  // Without a rule (zone mode) everything goes the general way.
  ResponseWriter(const AnswerSource& source, const Rule* rule, const ResponderOptions& options)
      : source_(&source), rule_(rule), options_(options) {}

  // Answers come from there from now on: one writer may speak for many servers in turn.
  void set_source(const AnswerSource& source) { source_ = &source; }

  // Writes the response into `room` (response_octets_max octets) and returns its size; 0 where the
  // query must be ignored. `nsid` is sent where it is asked for. Not for two threads at once.
  size_t write(Octets octets, Transport transport, std::string_view nsid, uint8_t* room,
               ResponseNote& note);
  // The two ways, for the test. write_short returns 0 where the answer is not among its kinds.
  size_t write_short(const QueryView& query, Transport transport, uint8_t* room,
                     ResponseNote& note) const;
  size_t write_general(const QueryView& query, Transport transport, std::string_view nsid,
                       uint8_t* room, ResponseNote& note);
  // A response without records.
  size_t write_rcode(const QueryView& query, Rcode rcode, bool truncated, uint8_t* room) const;
  // 192.0.2.66 or 2001:db8::66, whatever was asked; 0 where neither A nor AAAA was.
  size_t write_false_address(const QueryView& query, uint8_t* room) const;
  // A referral to the root's servers, as lame servers of old sent it.
  size_t write_upward_referral(const QueryView& query, uint8_t* room) const;

 private:
  uint8_t* put_head(const QueryView& query, unsigned rcode, bool truncated, unsigned answers,
                    unsigned authorities, uint8_t* room) const;
  uint8_t* put_opt(const QueryView& query, unsigned rcode, uint8_t* at) const;
  size_t udp_limit(const QueryView& query) const;
  void sign_answer(Octets owner);

  const AnswerSource* source_;
  const Rule* rule_;
  ResponderOptions options_;
  Answer answer_;
  uint32_t responses_ = 0;
};

}  // namespace dnswarm::sim

#endif  // DNSWARM_SIM_RESPONSE_WRITER_H_
