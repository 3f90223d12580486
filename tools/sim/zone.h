// Answers from zone files: RFC 1034 section 4.3.2 without delegations, wildcards by RFC 4592, CNAME
// chains within the loaded zones (up to 16 links), NODATA for empty non-terminals (RFC 8020), DNAME
// by its own name only. Names outside of all zones are REFUSED.
#ifndef DNSWARM_SIM_ZONE_H_
#define DNSWARM_SIM_ZONE_H_

#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "answer.h"

namespace dnswarm::sim {

// The zones' records, and how they are looked up. Names are wire format in lower case.
class Zones : public AnswerSource {
 public:
  explicit Zones(bool rotate) : rotate_(rotate) {}

  // Records come in any order, after all zones. An owner outside of its zone is left out.
  void add_zone(const std::string& apex) { apexes_.insert(apex); }
  void add(const std::string& apex, const std::string& owner, RRType type, uint32_t ttl,
           std::string rdata);

  void answer(Octets qname, RRType qtype, RRClass qclass, Answer& answer) const override;

 private:
  struct RRset {
    uint32_t ttl = 0;
    std::vector<std::string> rdata;
  };
  using Node = std::map<RRType, RRset>;  // empty: an empty non-terminal

  std::string apex_of(std::string name) const;  // empty: outside of all
  const Node* find(const std::string& name) const;
  void add_rrset(const std::string& owner, RRType type, const RRset& rrset, Answer& answer) const;
  void negative(const std::string& apex, Answer& answer) const;

  bool rotate_;
  std::unordered_set<std::string> apexes_;
  std::unordered_map<std::string, Node> nodes_;
};

// Reads the files. Null, and a sentence in *error, where one cannot be read, is malformed, or has
// no SOA; or where this program was built without ldns. `rotate`: RRsets of several records begin
// with the next one in each response.
std::unique_ptr<AnswerSource> load_zones(const std::vector<std::string>& paths, bool rotate,
                                         std::string* error);

}  // namespace dnswarm::sim

#endif  // DNSWARM_SIM_ZONE_H_
