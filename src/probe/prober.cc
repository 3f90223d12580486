// A response is taken where it comes to the port and from the address of an open query, with its ID and
// question, letters' case aside (RFC 5452 section 9.1). A refusal without a question has its ID alone (RFC
// 1035 section 4.1.1 leaves it open). After its timeout a query is gone: a late answer is a lost one.
#include "probe/prober.h"

#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "base/check.h"
#include "base/send_error.h"
#include "net/udp_socket.h"

namespace dnswarm {
namespace {

// Unconnected ports, each with room for its share of the answers in its buffer; several, so that a forger has
// a port to guess as well.
constexpr size_t queries_per_socket = 100;
constexpr size_t sockets_min = 4, sockets_max = 64;
constexpr size_t connections_most = 1000;

// A third of the descriptors that we may have: the others are for sockets and files.
size_t connections_allowed() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return connections_most;
  return std::clamp<size_t>(limit.rlim_cur / 3, 1, connections_most);
}

// Errors of connecting that are our own.
bool is_local(int error) {
  return is_congestion(error) || error == EMFILE || error == ENFILE || error == EADDRNOTAVAIL;
}

QueryOptions query_options(bool dnssec_ok) {
  QueryOptions options;
  options.dnssec_ok = dnssec_ok;
  return options;
}

bool is_response_to(const Message& message, const Probe& probe) {
  const Header& header = message.header;
  if ((header.flags & (HeaderFlags::qr | HeaderFlags::opcode_mask)) != HeaderFlags::qr) return false;
  if (header.qdcount == 0) return (header.flags & HeaderFlags::rcode_mask) != 0;
  return message.qtype == probe.type && message.qclass == RRClass::IN &&
         names_equal(message.qname(), probe.qname);
}

ProbeEnd end_of(const TcpConnection& closed) {
  ProbeEnd end;
  end.error = closed.error();
  end.how = is_local(end.error) ? ProbeEnd::How::not_sent : ProbeEnd::How::refused;
  return end;
}

}  // namespace

Prober::Prober(const ProberOptions& options, ProbeSink& sink)
    : options_(options),
      sink_(sink),
      plain_(query_options(false)),
      signed_(query_options(true)),
      rate_(options.rate),
      open_(options.in_flight),
      connections_max_(connections_allowed()) {}

Prober::~Prober() {
  for (uint32_t slot = 0; slot < open_.capacity(); ++slot) {
    if (open_[slot].tcp != nullptr) loop_->unwatch(slot);
  }
}

std::string Prober::open() {
  std::string error;
  loop_ = make_loop(loop_options_of(options_.io_features), options_.io != Io::mmsg, options_.io != Io::uring,
                    &error);
  if (loop_ == nullptr) return error;
  if (options_.ipv4) error = open_sockets(AF_INET, v4_);
  if (error.empty() && options_.ipv6) error = open_sockets(AF_INET6, v6_);
  return error;
}

std::string Prober::open_sockets(int family, std::vector<SocketIndex>& sockets) {
  const size_t count = std::clamp(options_.in_flight / queries_per_socket + 1, sockets_min, sockets_max);
  for (size_t i = 0; i < count; ++i) {
    const UdpSocket socket = open_unconnected_udp(family, options_.source);
    if (socket.fd < 0) return std::string("cannot open a UDP socket: ") + std::strerror(socket.error);
    sockets.push_back(loop_->add_socket(socket.fd, false));
  }
  return {};
}

void Prober::ask(const Probe& probe, Instant now) {
  now_ = now;
  rate_.take(now, probe.tcp ? 2 : 1);
  const uint32_t slot = open_.allocate();
  Open& open = open_[slot];
  open.probe = probe;
  open.sent_at = now;
  open.ticket = ++tickets_;
  open.used = true;
  expiries_.push_back({now + options_.timeout, slot, open.ticket});
  ++queries_;
  if (probe.tcp)
    ask_tcp(slot);
  else
    ask_udp(slot);
}

void Prober::ask_udp(uint32_t slot) {
  Open& open = open_[slot];
  const Probe& probe = open.probe;
  const std::vector<SocketIndex>& sockets = probe.server->family() == AF_INET6 ? v6_ : v4_;
  CHECK(!sockets.empty());
  SocketIndex socket{};
  uint16_t id = 0;
  do {
    socket = sockets[random_.below(static_cast<uint32_t>(sockets.size()))];
    id = random_.u16();
    open.key = key_of(socket, id);
  } while (!by_key_.emplace(open.key, slot).second);
  const size_t octets = builder(probe).size(probe.qname.size(), probe.edns);
  uint8_t* room = batcher_.add(socket, probe.server, octets, 1);
  builder(probe).build(probe.qname, probe.type, id, probe.edns, room);
}

void Prober::ask_tcp(uint32_t slot) {
  Open& open = open_[slot];
  const Probe& probe = open.probe;
  std::array<uint8_t, query_octets_max> query;
  const size_t octets =
      builder(probe).build(probe.qname, probe.type, random_.u16(), probe.edns, query.data());
  open.key = load_u16(query.data());
  ++connections_;
  open.tcp = std::make_unique<TcpConnection>(*probe.server, options_.source, now_);
  // One that failed at once is told by on_ready, during the turn: ends come from there alone.
  if (open.tcp->send({query.data(), octets}))
    loop_->watch(slot, open.tcp->fd(), open.tcp->wanted_events());
  else
    expiries_.push_front({now_, slot, open.ticket});
}

void Prober::turn(Instant until) {
  now_ = monotonic_now();
  if (!expiries_.empty()) until = std::min(until, expiries_.front().at);
  batcher_.send(*loop_);
  loop_->turn(std::max(until - now_, Duration(0)), 1, *this);
  now_ = monotonic_now();
  expire();
}

void Prober::on_datagram(SocketIndex socket, const Address* source, std::span<uint8_t> octets, bool) {
  now_ = monotonic_now();
  if (octets.size() < header_octets) return;
  const auto found = by_key_.find(key_of(socket, load_u16(octets.data())));
  if (found == by_key_.end() || source == nullptr || *source != *open_[found->second].probe.server) return;
  take(found->second, octets);
}

void Prober::take(uint32_t slot, Octets octets) {
  const Probe& probe = open_[slot].probe;
  const bool has_header = octets.size() >= header_octets;
  if (!has_header || parse_question(octets, message_) != ParseError::none) return;
  if (!is_response_to(message_, probe)) return;
  ProbeEnd end;
  end.how = parse_records(message_) == ParseError::none ? ProbeEnd::How::answered : ProbeEnd::How::malformed;
  end.message = &message_;
  end.case_kept = message_.qname_octets == probe.qname.size() &&
                  std::memcmp(message_.qname().data(), probe.qname.data(), probe.qname.size()) == 0;
  finish(slot, end);
}

void Prober::on_send_failed(SocketIndex socket, const Address*, Octets datagram, int error) {
  const auto found = by_key_.find(key_of(socket, load_u16(datagram.data())));
  if (found == by_key_.end()) return;
  ProbeEnd end;
  end.how = ProbeEnd::How::not_sent;
  end.error = error;
  finish(found->second, end);
}

void Prober::on_ready(uint32_t slot, short events) {
  now_ = monotonic_now();
  Open& open = open_[slot];
  if (!open.used || open.tcp == nullptr) return;
  std::vector<uint8_t> response;
  open.tcp->on_ready(events, now_, [&](std::span<uint8_t> message) {
    const bool is_ours = message.size() >= header_octets && load_u16(message.data()) == open.key;
    if (is_ours) response.assign(message.begin(), message.end());
  });
  const uint32_t ticket = open.ticket;
  if (!response.empty()) take(slot, response);
  if (!open.used || open.ticket != ticket) return;
  if (open.tcp->state() != TcpConnection::State::closed) {
    return loop_->watch(slot, open.tcp->fd(), open.tcp->wanted_events());
  }
  finish(slot, end_of(*open.tcp));
}

void Prober::finish(uint32_t slot, ProbeEnd end) {
  Open& open = open_[slot];
  const Probe probe = open.probe;
  end.rtt = now_ - open.sent_at;
  if (open.tcp != nullptr) {
    loop_->unwatch(slot);
    open.tcp.reset();
    --connections_;
  } else {
    by_key_.erase(open.key);
  }
  open.used = false;
  open_.release(slot);
  sink_.on_end(probe, end);
}

void Prober::expire() {
  while (!expiries_.empty()) {
    const Expiry expiry = expiries_.front();
    const Open& open = open_[expiry.slot];
    const bool ended = !open.used || open.ticket != expiry.ticket;
    if (!ended && expiry.at > now_) return;
    expiries_.pop_front();
    if (ended) continue;
    const bool is_closed = open.tcp != nullptr && open.tcp->state() == TcpConnection::State::closed;
    ProbeEnd end;
    end.how = ProbeEnd::How::timed_out;
    finish(expiry.slot, is_closed ? end_of(*open.tcp) : end);
  }
}

}  // namespace dnswarm
