// What servers do that do not keep the case of questions, and forgers who do not know it.
#ifndef DNSWARM_TESTS_SIM_LOWER_QUESTION_H_
#define DNSWARM_TESTS_SIM_LOWER_QUESTION_H_

#include <cstdint>
#include <vector>

#include "dns/header.h"
#include "dns/name.h"

namespace dnswarm::sim {

// Of a response, whose QNAME stands uncompressed.
inline void lower_question(std::vector<uint8_t>& octets) {
  for (size_t i = header_octets; octets[i] != 0; ++i) octets[i] = ascii_lower(octets[i]);
}

}  // namespace dnswarm::sim

#endif  // DNSWARM_TESTS_SIM_LOWER_QUESTION_H_
