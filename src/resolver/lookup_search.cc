// The search list applied to one name (resolv.conf(5): search, ndots): its candidates are asked one
// after the other until one has records.
#include <algorithm>

#include "resolver/lookup_engine.h"

namespace dnswarm {

// A name with at least ndots dots is tried as it is first, others last.
void LookupEngine::start_search(uint32_t index, const Question& question) {
  Lookup& lookup = lookups_[index];
  auto search = std::make_unique<Search>();
  Name as_is;
  as_is.assign_wire(question.qname);
  unsigned labels = 0;
  for (size_t at = 0; question.qname[at] != 0; at += question.qname[at] + size_t{1}) ++labels;
  if (labels > options_.ndots) search->candidates.push_back(as_is);
  for (const Name& suffix : options_.search) {
    size_t octets = as_is.size() - 1 + suffix.size();
    if (octets > name_octets_max) continue;
    std::array<uint8_t, name_octets_max> wire;
    std::copy_n(as_is.wire().begin(), as_is.size() - 1, wire.begin());
    std::copy_n(suffix.wire().begin(), suffix.size(), wire.begin() + static_cast<long>(as_is.size()) - 1);
    search->candidates.emplace_back().assign_wire({wire.data(), octets});
  }
  if (labels <= options_.ndots) search->candidates.push_back(as_is);
  lookup.search = std::move(search);
  next_search_candidate(index);
}

// Moves on to the next name; false where there is none.
bool LookupEngine::next_search_candidate(uint32_t index) {
  Lookup& lookup = lookups_[index];
  if (!lookup.search || lookup.search->next == lookup.search->candidates.size()) return false;
  const Name& name = lookup.search->candidates[lookup.search->next++];
  if (lookup.token.empty()) append_name_text(lookup.qname(), lookup.token);
  lookup.set_qname(name.wire());
  lookup.hash = question_hash(name.wire(), lookup.type);
  lookup.chain.reset();
  start_afresh(lookup);
  return true;
}

}  // namespace dnswarm
