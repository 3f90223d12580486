#include "probe/seen.h"

#include <algorithm>

#include "dns/rdata_text.h"

namespace dnswarm {

AnswerSetId AnswerSets::id_of(std::vector<std::string> data) {
  if (data.empty()) return empty;
  std::sort(data.begin(), data.end());
  data.erase(std::unique(data.begin(), data.end()), data.end());
  std::string key;
  for (const std::string& text : data) key += std::to_string(text.size()) + ":" + text;
  const auto [found, is_new] = ids_.emplace(std::move(key), static_cast<AnswerSetId>(sets_.size()));
  if (is_new) sets_.push_back(std::move(data));
  return found->second;
}

bool AnswerSets::includes(AnswerSetId whole, AnswerSetId part) const {
  const auto &all = sets_[whole], &some = sets_[part];
  return std::includes(all.begin(), all.end(), some.begin(), some.end());
}

void read_response(const Message& message, RRType type, AnswerSets& sets, Seen& seen) {
  seen.truncated = message.truncated();
  seen.recursion_available = message.header.flags & HeaderFlags::ra;
  seen.authentic = message.header.flags & HeaderFlags::ad;
  seen.edns = message.edns.present;
  seen.rcode = message.rcode();
  seen.signature = false;
  std::vector<std::string> data, aliases;
  for (size_t i = 0; i < message.answer_count; ++i) {
    const Record& record = message.records[i];
    seen.signature |= record.type == RRType::RRSIG;
    if (record.type != type && record.type != RRType::CNAME) continue;
    std::string text;
    append_rdata_text(record.type, record.rrclass, message.octets, record.rdata_offset, record.rdata_octets,
                      text);
    if (record.type == type)
      data.push_back(canonical_data(type, text));
    else
      aliases.push_back("CNAME " + canonical_data(RRType::CNAME, text));
  }
  seen.answers = sets.id_of(data.empty() ? std::move(aliases) : std::move(data));
}

}  // namespace dnswarm
