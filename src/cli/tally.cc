#include "cli/tally.h"

#include <algorithm>
#include <iterator>
#include <numeric>

namespace dnswarm::cli {

uint8_t Tally::status_of(const Response& response) {
  constexpr size_t rcodes = std::size(Tally().by_rcode);
  const size_t status = response.failure != Failure::none
                            ? rcodes + static_cast<size_t>(response.failure)
                            : std::min(static_cast<size_t>(response.rcode), rcodes - 1);
  return static_cast<uint8_t>(status);
}

void Tally::add(uint8_t status) {
  ++rows;
  if (status < std::size(by_rcode)) ++by_rcode[status];
  else ++by_failure[status - std::size(by_rcode)];
}

void Tally::merge(const Tally& other) {
  rows += other.rows;
  for (size_t i = 0; i < std::size(by_rcode); ++i) by_rcode[i] += other.by_rcode[i];
  for (size_t i = 0; i < std::size(by_failure); ++i) by_failure[i] += other.by_failure[i];
}

Tally Tally::from_stats(const Stats& stats) {
  Tally tally;
  tally.rows = stats.finished;
  std::copy(std::begin(stats.by_rcode), std::end(stats.by_rcode), tally.by_rcode);
  std::copy(std::begin(stats.by_failure), std::end(stats.by_failure), tally.by_failure);
  tally.by_failure[0] = 0;  // Failure::none is no status
  return tally;
}

uint64_t Tally::sum() const {
  return std::accumulate(std::begin(by_rcode), std::end(by_rcode), uint64_t{0}) +
         std::accumulate(std::begin(by_failure), std::end(by_failure), uint64_t{0});
}

uint64_t Tally::definitive() const {
  return by_rcode[static_cast<size_t>(Rcode::NOERROR)] +
         by_rcode[static_cast<size_t>(Rcode::NXDOMAIN)];
}

std::vector<std::pair<std::string_view, uint64_t>> Tally::statuses() const {
  std::vector<std::pair<std::string_view, uint64_t>> result;
  const size_t other = std::size(by_rcode) - 1;
  for (size_t i = 0; i < other; ++i) {
    if (by_rcode[i] > 0) result.emplace_back(to_text(static_cast<Rcode>(i)), by_rcode[i]);
  }
  if (by_rcode[other] > 0) result.emplace_back("OTHER", by_rcode[other]);
  for (size_t i = 1; i < std::size(by_failure); ++i) {
    if (by_failure[i] > 0) result.emplace_back(status_text(static_cast<Failure>(i)), by_failure[i]);
  }
  return result;
}

}  // namespace dnswarm::cli
