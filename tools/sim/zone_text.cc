#include "zone_text.h"

#include "dns/rdata_text.h"

namespace dnswarm::sim {
namespace {

void append_dotted(Octets name, std::string& text) {
  append_name_text(name, text);
  if (name.size() > 1) text += '.';
}

}  // namespace

void append_record_line(const Answer& answer, const Answer::AnswerRecord& record, std::string& text) {
  append_dotted(answer.owner(record), text);
  text += ' ' + std::to_string(record.ttl) + ' ' + to_text(record.type) + ' ';
  const Octets rdata = answer.rdata(record);
  append_rdata_text(record.type, RRClass::IN, rdata, 0, rdata.size(), text, true);
  text += '\n';
}

void append_zone_text(const RuleZones& zones, ZoneIndex zone, std::span<const ZoneIndex> children,
                      std::string& text) {
  Answer answer;
  std::vector<Name> names;
  zones.list_names(zone, names);
  for (const Name& name : names) {  // the apex, which begins with its SOA, is the first
    zones.add_records(zone, name.wire(), RRType::ANY, Section::answer, name.wire(), answer);
  }
  for (const ZoneIndex child : children) {
    const Octets cut = zones.apex(child);
    Answer delegation;
    zones.add_records(zone, cut, RRType::NS, Section::authority, cut, delegation);
    for (const Answer::AnswerRecord& record : delegation.records()) {
      const Octets target = delegation.rdata(record);
      answer.record(Section::answer, cut, RRType::NS, record.ttl, target);
      if (is_subdomain(target, cut)) {
        zones.add_records(zone, target, RRType::A, Section::answer, target, answer);
      }
    }
  }
  for (const Answer::AnswerRecord& record : answer.records()) append_record_line(answer, record, text);
}

}  // namespace dnswarm::sim
