// What may be forged, and the engine that it is sent to.
#ifndef DNSWARM_TESTS_RESOLVER_SUSPECTS_FIXTURE_H_
#define DNSWARM_TESTS_RESOLVER_SUSPECTS_FIXTURE_H_

#include <string>
#include <vector>

#include "engine_fixture.h"

namespace dnswarm {

class SuspectsTest : public EngineTest {
 protected:
  static void add_address(ResponseBuilder& b, const SentQuery& q) { add_a(b, q.name); }
  static void add_poison(ResponseBuilder& b, const SentQuery& q) {
    const uint8_t address[] = {198, 51, 100, 1};
    b.record(Section::answer, name_of(q.name).wire(), RRType::A, 60, address);
  }
  std::vector<uint8_t> in_lower_case(const SentQuery& query, const Build& build) {
    auto octets = response_to(query, 0, build);
    for (size_t i = header_octets; octets[i] != 0; ++i) octets[i] = ascii_lower(octets[i]);
    return octets;
  }
  std::vector<uint8_t> guess(const SentQuery& query) {
    auto octets = response_to(query, 0, add_poison);
    octets[1] ^= 0x55;
    return octets;
  }
  void submit_some(size_t names, const std::string& suffix) {
    for (size_t i = 0; i < names; ++i) submit("n" + std::to_string(i) + suffix);
  }
  MismatchStats mismatches() const { return engine->stats().mismatches; }
};

}  // namespace dnswarm

#endif  // DNSWARM_TESTS_RESOLVER_SUSPECTS_FIXTURE_H_
