// One question on its way to a worker: what Resolver::submit made of a name and a type.
#ifndef DNSWARM_ENGINE_QUESTION_H_
#define DNSWARM_ENGINE_QUESTION_H_

#include <cstdint>
#include <string_view>

#include "base/hash.h"
#include "base/octets.h"
#include "dnswarm/types.h"

namespace dnswarm {

// A view: the octets belong to the queue's batch.
struct Question {
  uint64_t tag = 0;
  uint64_t hash = 0;  // question_hash(qname, type)
  RRType type{};
  Octets qname;            // lower case, wire format; empty where the input is invalid
  // The input less one trailing dot; empty where it is qname's own text, and a plain one
  // (Name::assign_plain_text).
  std::string_view token;
  bool absolute = false;   // written with a trailing dot: no search list
  std::string_view error_code;  // where invalid: why, in static texts
  std::string_view error_text;

  bool valid() const { return error_code.empty(); }
};

inline uint64_t question_hash(Octets qname, RRType type) {
  static const uint64_t seed = hash_seed();
  return hash_octets(qname, static_cast<uint16_t>(type), seed);
}

}  // namespace dnswarm

#endif  // DNSWARM_ENGINE_QUESTION_H_
