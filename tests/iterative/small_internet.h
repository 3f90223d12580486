// Authoritative servers in memory, for tests: each has an address and zones as lines of text, and answers as
// RFC 1034 section 4.3.2 says. What a test wants otherwise it says for one server and question.
#ifndef DNSWARM_TESTS_ITERATIVE_SMALL_INTERNET_H_
#define DNSWARM_TESTS_ITERATIVE_SMALL_INTERNET_H_

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/octets.h"

namespace dnswarm::testing {

class SmallInternet {
 public:
  // A zone on the servers at `addresses` ("192.0.2.1 192.0.2.2"): a record a line, "OWNER TTL TYPE DATA", the
  // SOA among them; NS records below the apex delegate, addresses below those are glue. It replaces the zone
  // of that name which these servers had.
  void zone(const std::string& addresses, const std::string& apex, const std::string& records);
  // This server serves the zone no more, but is still there: it says REFUSED.
  void drop_zone(const std::string& address, const std::string& apex);
  // The server at `address` answers a question ("www.example A"; "*": all of them) with this message
  // (message_text.h); an empty one: not at all.
  void instead(const std::string& address, const std::string& question, const std::string& message);
  // Nothing that this server is asked is answered.
  void silence(const std::string& address) { silent_[address] = true; }
  // This server says FORMERR to queries with EDNS.
  void without_edns(const std::string& address) { without_edns_[address] = true; }
  // This server writes the question in lower case over UDP, however it was asked (0x20).
  void lowers_case(const std::string& address) { lowers_case_.insert(address); }
  // This server says what its zones say, and what was said otherwise of it is over.
  void restore(const std::string& address);

  // The response of the server at `address` to a query; empty where it gives none. Over TCP what was said by
  // instead() is about "ADDRESS/tcp".
  std::vector<uint8_t> respond(const std::string& address, bool tcp, Octets query);
  // "192.0.2.1 www.example A", in the order of asking.
  const std::vector<std::string>& asked() const { return asked_; }
  void forget_asked() { asked_.clear(); }

 private:
  struct Line {
    std::string owner, ttl, type, data, rest;  // rest: all but the owner
  };
  struct Zone {
    std::string apex;
    std::vector<Line> lines;
  };

  const std::string* instead_of(const std::string& server, const std::string& question) const;
  std::string answer(const std::vector<Zone>& zones, const std::string& name, const std::string& type) const;
  static std::string referral_from(const Zone& zone, const std::string& name, const std::string& type);
  static std::string follow_dname(const Zone& zone, const std::string& name, std::string& text);
  static std::string addresses_from(const Zone& zone, const std::string& owner);
  static std::string answer_from(const Zone& zone, std::string name, const std::string& type);

  std::map<std::string, std::vector<Zone>> servers_;
  std::map<std::string, std::string> instead_;  // "address question" -> message
  std::map<std::string, bool> silent_, without_edns_;
  std::set<std::string> lowers_case_;
  std::vector<std::string> asked_;
};

}  // namespace dnswarm::testing

#endif  // DNSWARM_TESTS_ITERATIVE_SMALL_INTERNET_H_
