// A response written down as text, for tests that are about what it says. One item a line, '#' starts a
// comment:
//
//   flags aa tc ra              those that are set, beside QR
//   rcode NXDOMAIN              NOERROR where it is left out
//   question www.example A
//   answer www.example 300 CNAME x.example
//   authority example 300 SOA ns.example host.example 1 2 3 4 60
//   additional ns.example 300 A 192.0.2.1
//
// Types: A, AAAA, NS, CNAME, DNAME, PTR, SOA, MX, DS, TXT (one "string"), and any other with its RDATA as
// \# HEX (RFC 3597).
#ifndef DNSWARM_TESTS_ITERATIVE_MESSAGE_TEXT_H_
#define DNSWARM_TESTS_ITERATIVE_MESSAGE_TEXT_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dns/name.h"
#include "dnswarm/types.h"

namespace dnswarm::testing {

struct MessageText {
  std::string error;  // "line 3: ...", where it cannot be read
  std::vector<uint8_t> octets;
  Name qname;
  RRType qtype{};
};

MessageText message_from_text(std::string_view text);

}  // namespace dnswarm::testing

#endif  // DNSWARM_TESTS_ITERATIVE_MESSAGE_TEXT_H_
