#include "counts.h"

#include <algorithm>
#include <bit>
#include <nlohmann/json.hpp>

#include "dnswarm/types.h"
#include "simulation.h"

namespace dnswarm::sim {
namespace {

using Json = nlohmann::ordered_json;
constexpr Duration moment = std::chrono::microseconds{50};

Json counts_object(const UpstreamCounts& counts, const SharedCounts& shared) {
  Json out;
  out["queries_udp"] = counts.queries_udp;
  out["queries_tcp"] = counts.queries_tcp;
  out["tcp_connects"] = counts.tcp_connects;
  out["responses"] = counts.responses;
  out["truncated"] = counts.truncated;
  out["ignored"] = counts.ignored;
  out["packets_in_any_second_max"] = shared.window.most();
  out["source_ports"] = shared.ports ? Json(shared.ports->size()) : Json(nullptr);
  Json rcodes = Json::object();
  for (unsigned i = 0; i < 24; ++i) {
    if (counts.by_rcode[i] == 0) continue;
    rcodes[i == 23 ? "OTHER" : std::string(to_text(static_cast<Rcode>(i)))] = counts.by_rcode[i];
  }
  out["rcodes"] = rcodes;
  Json faults = Json::object();
  for (size_t i = 0; i < fault_kinds; ++i) {
    if (counts.by_fault[i] != 0) faults[fault_names[i]] = counts.by_fault[i];
  }
  out["faults"] = faults;
  return out;
}

// {"root":{"servers":3,"queries_udp":21,...},...} of a world's servers.
Json roles_object(const Simulation& simulation, const std::vector<UpstreamCounts>& upstreams) {
  Json roles = Json::object();
  for (size_t i = 0; i < upstreams.size(); ++i) {
    const std::string_view role = simulation.upstreams[i]->role;
    if (role.empty()) continue;
    const UpstreamCounts& counts = upstreams[i];
    Json& of_role = roles[std::string(role)];
    const auto add = [&](const char* what, uint64_t number) {
      of_role[what] = number + (of_role.contains(what) ? of_role[what].get<uint64_t>() : 0);
    };
    add("servers", 1);
    add("servers_asked", counts.queries_udp + counts.queries_tcp > 0);
    add("queries_udp", counts.queries_udp);
    add("queries_tcp", counts.queries_tcp);
    add("responses", counts.responses);
    add("truncated", counts.truncated);
  }
  return roles;
}

double seconds(Duration time) { return std::chrono::duration<double>(time).count(); }

}  // namespace

void UpstreamCounts::merge(const UpstreamCounts& other) {
  queries_udp += other.queries_udp;
  queries_tcp += other.queries_tcp;
  tcp_connects += other.tcp_connects;
  responses += other.responses;
  truncated += other.truncated;
  ignored += other.ignored;
  for (size_t i = 0; i < 24; ++i) by_rcode[i] += other.by_rcode[i];
  for (size_t i = 0; i < fault_kinds; ++i) by_fault[i] += other.by_fault[i];
}

void BatchCounts::merge(const BatchCounts& other) {
  turns += other.turns;
  received += other.received;
  gro_batches += other.gro_batches;
  sends += other.sends;
  gso_batches += other.gso_batches;
  send_errors += other.send_errors;
  overflows += other.overflows;
  cpu_seconds += other.cpu_seconds;
}

void SecondWindow::add(Instant now, uint64_t packets) {
  if (packets == 0) return;
  if (size_ > 0) {
    // Threads come here in any order; a window only needs times that do not run back.
    const size_t last = (first_ + size_ - 1) % ring_.size();
    now = std::max(now, ring_[last].at);
  }
  while (size_ > 0 && now - ring_[first_].at >= std::chrono::seconds{1}) {
    sum_ -= ring_[first_].packets;
    first_ = (first_ + 1) % ring_.size();
    --size_;
  }
  sum_ += packets;
  most_ = std::max(most_, sum_);
  if (size_ > 0) {
    Moment& last = ring_[(first_ + size_ - 1) % ring_.size()];
    if (now - last.at < moment) {
      last.packets += packets;
      return;
    }
  }
  if (size_ == ring_.size()) {
    std::rotate(ring_.begin(), ring_.begin() + static_cast<std::ptrdiff_t>(first_), ring_.end());
    first_ = 0;
    ring_.resize(std::max<size_t>(16, size_ * 2));
  }
  ring_[(first_ + size_++) % ring_.size()] = {now, packets};
}

// The oldest first; a larger ring begins with some that never passed.
void CapWindow::resize(unsigned cap) {
  std::rotate(passed_.begin(), passed_.begin() + static_cast<std::ptrdiff_t>(at_), passed_.end());
  at_ = 0;
  if (const size_t size = passed_.size(); size > cap)
    passed_.erase(passed_.begin(), passed_.end() - static_cast<std::ptrdiff_t>(cap));
  else
    passed_.insert(passed_.begin(), cap - size, Instant::min());
}

bool CapWindow::pass(unsigned cap, Instant now) {
  if (passed_.size() != cap) resize(cap);
  Instant& oldest = passed_[at_];
  if (oldest != Instant::min() && now - oldest < std::chrono::seconds{1}) return false;
  oldest = now;
  at_ = at_ + 1 == passed_.size() ? 0 : at_ + 1;
  return true;
}

unsigned PortSet::size() const {
  unsigned size = 0;
  for (const auto& word : words_) size += static_cast<unsigned>(std::popcount(word.load()));
  return size;
}

std::string counts_json(const Simulation& simulation, const std::vector<UpstreamCounts>& upstreams,
                        const BatchCounts& batches, Duration elapsed) {
  UpstreamCounts all;
  for (const UpstreamCounts& counts : upstreams) all.merge(counts);
  Json total = counts_object(all, simulation.total);
  total["elapsed_seconds"] = seconds(elapsed);
  total["busy_cpu_seconds"] = batches.cpu_seconds;
  total["queries_per_cpu_second"] =
      batches.cpu_seconds > 0
          ? static_cast<double>(all.queries_udp + all.queries_tcp) / batches.cpu_seconds
          : 0.0;
  total["turns"] = batches.turns;
  total["received"] = batches.received;
  total["gro_batches"] = batches.gro_batches;
  total["sends"] = batches.sends;
  total["gso_batches"] = batches.gso_batches;
  total["send_errors"] = batches.send_errors;
  total["overflows"] = batches.overflows;
  Json list = Json::array();
  for (size_t i = 0; i < upstreams.size(); ++i) {
    const UpstreamCounts& counts = upstreams[i];
    // Of 10,000 addresses only those that were asked are worth a line.
    const bool is_idle = counts.queries_udp + counts.tcp_connects + counts.ignored == 0;
    if (is_idle && upstreams.size() > 1000) continue;
    Json one{{"address", simulation.upstreams[i]->text}};
    if (!simulation.upstreams[i]->role.empty()) one["role"] = simulation.upstreams[i]->role;
    one.update(counts_object(counts, simulation.upstreams[i]->shared));
    list.push_back(std::move(one));
  }
  Json out{{"totals", std::move(total)}};
  Json roles = roles_object(simulation, upstreams);
  if (!roles.empty()) out["roles"] = std::move(roles);
  out["upstreams"] = std::move(list);
  return out.dump();
}

}  // namespace dnswarm::sim
