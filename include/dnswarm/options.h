// Everything that can be set, with its default, unit and range. Resolver::create checks all of it
// once and names the field, the value and the range where something does not fit.
#ifndef DNSWARM_OPTIONS_H_
#define DNSWARM_OPTIONS_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "dnswarm/types.h"

namespace dnswarm {

// How datagrams reach the kernel. `automatic` tests io_uring at start (a loopback exchange with the
// very features the loop uses) and falls back to sendmmsg/recvmmsg where it is forbidden or broken.
enum class Io : uint8_t { automatic, uring, mmsg };

// Kernel features to leave unused, so that the paths of older kernels can be tested on new ones.
struct IoFeatureMask {
  bool min_wait = true;       // IORING_FEAT_MIN_TIMEOUT, Linux 6.12
  bool gso = true;            // UDP_SEGMENT
  bool defer_taskrun = true;  // IORING_SETUP_DEFER_TASKRUN, Linux 6.1
};

struct Options {
  // --- whom to ask -------------------------------------------------------------------------------
  // "192.0.2.53", "192.0.2.53:5353", "2001:db8::53", "[2001:db8::53]:5353". Duplicates are merged.
  // Empty: the system's own (resolv.conf), see system_upstreams.
  std::vector<std::string> upstreams;
  // Instead: walk the hierarchy from the root and ask authoritative servers. `timeout`, `attempts` and
  // recursion do not apply then; upstreams, rate_per_upstream, search, the hosts file, keep_all_sections and
  // classes other than IN are refused.
  bool iterative = false;
  // A hints file (master file format). Empty: that of Debian's dns-root-data, else those compiled in.
  std::string root_hints_path;
  // Servers of a zone learn no more of a name than they need to refer on (RFC 9156). It costs a query
  // more for each label between the name and its zone.
  bool qname_minimisation = false;
  // Below a name that does not exist nothing does (RFC 8020): names there are answered from the cache.
  bool nxdomain_cut = false;
  // Of all authoritative servers: test worlds have unprivileged ones. 1-65535
  uint16_t authoritative_port = 53;
  bool authoritative_ipv4 = true;  // whether servers are asked at IPv4 addresses,
  bool authoritative_ipv6 = true;  // and at IPv6 addresses, where this machine has a route there
  bool trace = false;  // responses tell how they were walked for (trace.h); iterative mode only
  std::string source_address;      // local address to send from; empty: the kernel chooses

  // --- how much at once ----------------------------------------------------------------------------
  unsigned workers = 0;    // threads with a loop each. 0: one per core this process may use. 1-256
  unsigned in_flight = 0;  // lookups at once over all workers. 0: 4,000 per worker, or 100 per
                           // upstream where those are the system's own. 1-1,000,000
  double rate = 0;               // packets a second over all upstreams and workers. 0: no limit
  double rate_per_upstream = 0;  // the same for each upstream. 0: no limit. 0.01-100,000,000
  // The same for each address of an authoritative server, which nobody hired for us; and no more than 100
  // queries are open there at once. 0: no limit. 0.01-100,000,000
  double rate_per_server = 1000;

  // --- how long ------------------------------------------------------------------------------------
  // Until the first retry; later ones wait twice and four times as long. Longer where the
  // upstream's measured RTT says so. A recursive upstream needs 0.3-3 s for what it does not have
  // cached, so short values only cost packets. 50-60,000 ms
  std::chrono::milliseconds timeout{1000};
  unsigned attempts = 4;                     // queries for one name, throttled ones aside. 1-20
  std::chrono::milliseconds deadline{15000};  // for one name, from its first transmission. 50-600,000

  // --- what to ask ---------------------------------------------------------------------------------
  RRClass rrclass = RRClass::IN;
  bool recursion_desired = true;   // RD
  bool authentic_data = false;     // AD in queries (RFC 6840 section 5.7)
  bool checking_disabled = false;  // CD (RFC 4035 section 3.2.2)
  bool edns = true;                // OPT in queries (RFC 6891)
  bool dnssec_ok = false;          // DO (RFC 3225)
  bool nsid = false;               // ask for the server's identifier (RFC 5001)
  std::string client_subnet;       // "192.0.2.0/24" (RFC 7871); empty: none
  // Upstreams' responses must bring back, or TCP is asked, the random case of the question's letters
  // (draft-vixie-dnsext-dns0x20) and the cookie of an upstream that has them (RFC 7873, with EDNS). Rows and
  // the cache never see that case. Not for authoritative servers.
  bool mixed_case = true;
  bool cookies = true;
  // So often one of a worker's source ports, in turn, is exchanged for another random one; the old one stays
  // open for as long. 0: never. At most 3,600,000 ms
  std::chrono::milliseconds port_rotation{5000};
  // The largest UDP response we take, in octets (RFC 6891 section 6.2.3). 1232 fits an IPv6 path of
  // minimum MTU without fragments (DNS Flag Day 2020). 512-4096
  uint16_t udp_payload_octets = 1232;

  // --- what to keep --------------------------------------------------------------------------------
  // Octets over all workers, index included. 0: no cache, and equal questions in flight are still
  // asked once. At most 1 TiB
  size_t cache_octets = size_t{64} << 20;
  bool keep_all_sections = false;  // authority and additional records are cached and reported too
  bool use_hosts_file = false;     // A, AAAA and PTR from the hosts file first
  std::string hosts_path = "/etc/hosts";
  bool search = false;  // apply the system's search list and ndots to every name
  std::string resolv_conf_path = "/etc/resolv.conf";

  // --- how to reach the kernel ---------------------------------------------------------------------
  Io io = Io::automatic;
  IoFeatureMask io_features;
};

// The ranges above as values, for flag parsing and messages.
struct Limits {
  static constexpr unsigned workers_max = 256;
  static constexpr unsigned in_flight_max = 1'000'000;
  static constexpr unsigned in_flight_per_worker = 4'000;
  static constexpr unsigned in_flight_per_system_upstream = 100;
  static constexpr unsigned attempts_max = 20;
  static constexpr unsigned timeout_ms_min = 50;
  static constexpr unsigned timeout_ms_max = 60'000;
  static constexpr unsigned deadline_ms_max = 600'000;
  static constexpr unsigned port_rotation_ms_max = 3'600'000;
  static constexpr uint16_t udp_payload_octets_min = 512;
  static constexpr uint16_t udp_payload_octets_max = 4096;
  static constexpr double rate_min = 0.01;
  static constexpr double rate_max = 1e8;
};

}  // namespace dnswarm

#endif  // DNSWARM_OPTIONS_H_
