// Sends single queries to many servers and says what became of each. It decides nothing: who is asked what,
// and whether again, is for its owner.
//
// Threads: one.
#ifndef DNSWARM_PROBE_PROBER_H_
#define DNSWARM_PROBE_PROBER_H_

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/slab.h"
#include "dns/message_parser.h"
#include "dns/query_builder.h"
#include "dnswarm/options.h"
#include "net/address.h"
#include "net/loop.h"
#include "net/send_batcher.h"
#include "net/tcp_connection.h"
#include "upstream/rate_limit.h"

namespace dnswarm {

struct ProberOptions {
  Duration timeout = std::chrono::seconds(2);
  unsigned in_flight = 1000;
  double rate = 0;  // packets a second; a TCP query counts as two, its connect included. 0: no limit
  bool ipv4 = true, ipv6 = true;  // which sockets are needed
  Address source;                 // family AF_UNSPEC: any
  Io io = Io::automatic;
  IoFeatureMask io_features;
};

// What is sent. RD is set; the QNAME's letters stay as they are.
struct Probe {
  const Address* server = nullptr;  // must stay until on_end
  Octets qname;                     // the same
  RRType type{};
  bool edns = false;
  bool dnssec_ok = false;
  bool tcp = false;
  uint64_t tag = 0;  // the owner's own
};

struct ProbeEnd {
  enum class How : uint8_t {
    answered,   // a response that parses
    malformed,  // one that does not, the question aside
    timed_out,
    not_sent,  // `error` says why; it is nothing of the server's
    refused,   // TCP: no connection, or it ended before the answer; `error` is 0 where the server closed it
  };
  How how{};
  int error = 0;                     // errno
  const Message* message = nullptr;  // where answered; lives during the call
  bool case_kept = false;            // the question came back letter for letter
  Duration rtt{0};
};

class ProbeSink {
 public:
  virtual ~ProbeSink() = default;
  // Once for each ask(), during turn(). May ask().
  virtual void on_end(const Probe& probe, const ProbeEnd& end) = 0;
};

class Prober final : private LoopHandler {
 public:
  Prober(const ProberOptions& options, ProbeSink& sink);
  ~Prober() override;

  std::string open();  // an error's sentence, or empty
  // Whether ask() may be called; if not, not before next_chance(), or the next end.
  bool can_ask(Instant now) const { return has_room() && rate_.next(now) <= now; }
  bool has_room() const { return open_.used() < options_.in_flight; }
  // Whether one over TCP may be asked, as far as descriptors go.
  bool can_connect() const { return connections_ < connections_max_; }
  Instant next_chance(Instant now) const { return rate_.next(now); }
  void ask(const Probe& probe, Instant now);
  // Sends, waits until something comes, `until`, or the next timeout, and tells the sink.
  void turn(Instant until);
  uint64_t queries() const { return queries_; }

 private:
  struct Open {
    Probe probe;
    Instant sent_at{};
    uint32_t ticket = 0;  // tells its users apart
    uint64_t key = 0;     // UDP: of by_key_
    bool used = false;
    std::unique_ptr<TcpConnection> tcp;
  };
  struct Expiry {
    Instant at;
    uint32_t slot;
    uint32_t ticket;
  };

  // LoopHandler
  void on_datagram(SocketIndex socket, const Address* source, std::span<uint8_t> octets,
                   bool truncated) override;
  void on_send_failed(SocketIndex socket, const Address* destination, Octets datagram, int error) override;
  void on_socket_error(SocketIndex, int) override {}  // of unconnected sockets: nobody's in particular
  void on_ready(uint32_t token, short events) override;

  std::string open_sockets(int family, std::vector<SocketIndex>& sockets);
  void ask_udp(uint32_t slot);
  void ask_tcp(uint32_t slot);
  void take(uint32_t slot, Octets octets);
  void finish(uint32_t slot, ProbeEnd end);
  void expire();
  const QueryBuilder& builder(const Probe& probe) const { return probe.dnssec_ok ? signed_ : plain_; }
  static uint64_t key_of(SocketIndex socket, uint16_t id) { return uint64_t{socket} << 16 | id; }

  ProberOptions options_;
  ProbeSink& sink_;
  QueryBuilder plain_, signed_;
  std::unique_ptr<Loop> loop_;
  SendBatcher batcher_{query_octets_max};
  std::vector<SocketIndex> v4_, v6_;
  RateLimit rate_;
  Random random_;
  Slab<Open> open_;
  absl::flat_hash_map<uint64_t, uint32_t> by_key_;  // socket and ID -> slot
  std::deque<Expiry> expiries_;                     // all queries have the same timeout: the order of sending
  Message message_;
  Instant now_{};
  uint64_t queries_ = 0;
  size_t connections_ = 0;
  const size_t connections_max_;
  uint32_t tickets_ = 0;
};

}  // namespace dnswarm

#endif  // DNSWARM_PROBE_PROBER_H_
