// What the resolver hands out for one question: a status, the records, and how they were got.
//
// A Response and everything it points to lives only during ResponseHandler::on_response. Copy what
// must live longer. All of it is read-only and may be read from the calling thread alone.
#ifndef DNSWARM_RESPONSE_H_
#define DNSWARM_RESPONSE_H_

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "dnswarm/types.h"

namespace dnswarm {

// Why a lookup ended without a usable final response. The order is the order of the table in
// README.md; the texts of status_text() are stable.
enum class Failure : uint8_t {
  none,              // it did not fail: the status is the RCODE
  timeout,           // TIMEOUT: something was sent, nothing valid came back in time
  network_error,     // NETWORK_ERROR: nothing could be sent or connected
  invalid_name,      // INVALID_NAME: the input is not a name that can be asked for
  invalid_response,  // INVALID_RESPONSE: only malformed responses came
  cname_loop,        // CNAME_LOOP: the chain returns to itself or has more than 16 links
  budget,            // BUDGET: the packets one name may cost (16; 64 in iterative mode) were used up
  cancelled,         // CANCELLED: the run was stopped first
};

enum class Section : uint8_t { answer, authority, additional };

// One resource record of a response, a view into the message it came in. The octets were checked
// when the message was parsed: every accessor succeeds.
struct Record {
  const uint8_t* message = nullptr;  // first octet of the message, for compression pointers
  uint32_t ttl = 0;                  // seconds; counted down where the record came from the cache
  uint16_t message_octets = 0;
  uint16_t owner_offset = 0;  // into message
  uint16_t rdata_offset = 0;  // into message
  uint16_t rdata_octets = 0;
  RRType type{};
  RRClass rrclass{};
  Section section{};
  bool owner_is_qname = false;  // it certainly is the response's qname; where false it may be all the same

  std::span<const uint8_t> rdata() const { return {message + rdata_offset, rdata_octets}; }

  // Where the octets of the name at `offset` into the message begin, a compression pointer followed: names of
  // one message that begin at the same place are the same.
  uint16_t name_place(uint16_t offset) const;
  uint16_t owner_place() const { return name_place(owner_offset); }

  // Appends the owner name in presentation format, without the trailing dot ("." for the root).
  void append_owner_text(std::string& out) const;

  // Appends the RDATA in presentation format (names without the trailing dot; RFC 3597 \# for types
  // without a known format).
  void append_data_text(std::string& out) const;
};

// An extended DNS error (RFC 8914 section 2).
struct ExtendedError {
  uint16_t info_code = 0;
  std::string_view extra_text;  // as received: any octets
};

enum class Protocol : uint8_t { udp, tcp };

// The upstream that answered (or, for a failed lookup, the last one tried).
struct UpstreamRef {
  std::string_view text;  // "192.0.2.53:53", "[2001:db8::53]:53"; empty: none was tried
};

// The authoritative server that answered, where the hierarchy was walked.
struct AuthoritativeRef {
  std::string_view zone;    // whose server it is, without the trailing dot; "." for the root
  std::string_view server;  // its name; its address is the upstream's text
};

struct TraceStep;  // trace.h

struct Response {
  uint64_t tag = 0;        // as given to Resolver::submit
  std::string_view name;   // the input token less one trailing dot; the root is "."
  std::string_view qname;  // what was asked: lower case, A-labels, no trailing dot; empty if invalid
  RRType type{};
  RRClass rrclass{};

  Failure failure = Failure::none;
  Rcode rcode{};              // of the final response; meaningful where failure is none
  bool has_last_rcode = false;  // where a lookup failed: the last RCODE seen, if any was
  Rcode last_rcode{};
  std::string_view error_code;  // stable snake_case reason; empty where failure is none
  std::string_view error_text;  // the same in words

  // All records in the response's order: answer, authority, additional (the OPT pseudo-record
  // excepted). Where a CNAME chain was finished by further queries: the answer sections joined in
  // order of the chain, then the last response's other sections.
  std::span<const Record> records;
  uint16_t header_flags = 0;  // second 16 bits of the header (RFC 1035 section 4.1.1)
  uint16_t id = 0;            // message ID of the final response
  uint16_t message_octets = 0;  // size of the final response as received, 0 where cached
  bool edns = false;            // the final response carried an OPT record
  std::span<const ExtendedError> extended_errors;
  std::span<const uint8_t> nsid;  // RFC 5001, empty if none

  UpstreamRef upstream;
  AuthoritativeRef authoritative;  // empty where an upstream was asked, or the answer was cached
  Protocol protocol = Protocol::udp;
  std::chrono::microseconds rtt{0};  // of the attempt that was answered; 0 where cached
  unsigned attempts = 0;             // queries sent for this lookup, over UDP and TCP
  std::span<const TraceStep> trace;  // with Options::trace; else empty
  bool cached = false;
  std::chrono::system_clock::time_point received_at;

  // Definitive are NOERROR and NXDOMAIN only.
  bool definitive() const {
    return failure == Failure::none && (rcode == Rcode::NOERROR || rcode == Rcode::NXDOMAIN);
  }
  // The answer section alone.
  std::span<const Record> answers() const;
};

// "NOERROR", "NXDOMAIN", ..., "RCODE23" for unassigned ones; "TIMEOUT", ... where it failed.
std::string_view status_text(const Response& response);
std::string_view status_text(Failure failure);  // not for Failure::none

}  // namespace dnswarm

#endif  // DNSWARM_RESPONSE_H_
