#include "story_servers.h"

namespace dnswarm::sim {
namespace {

// What another source says, with another address of one name.
class ChangedSource : public AnswerSource {
 public:
  ChangedSource(const AnswerSource& before, const Name& name) : before_(before), name_(name) {}

  void answer(Octets qname, RRType qtype, RRClass qclass, Answer& answer) const override {
    Answer said;
    before_.answer(qname, qtype, qclass, said);
    answer.rcode = said.rcode;
    answer.authoritative = said.authoritative;
    for (const Answer::AnswerRecord& record : said.records()) {
      const bool changed = record.type == RRType::A && names_equal(said.owner(record), name_.wire());
      answer.begin(record.section, said.owner(record), record.type, record.ttl);
      if (changed)
        answer.u32(changed_ipv4);
      else
        answer.add(said.rdata(record));
      answer.end();
    }
  }

 private:
  const AnswerSource& before_;
  const Name& name_;
};

}  // namespace

StoryServers::StoryServers(const World& world, const Name& changed, Instant change_at)
    : world_(world),
      changed_(changed),
      change_at_(change_at),
      texts_(server_texts(world)),
      room_(response_octets_max) {}

MessageOctets StoryServers::respond(ServerIndex server, Octets query, Transport transport, Instant now) {
  const Authority authority = world_.authority(server);
  const ChangedSource changed(authority, changed_);
  const AnswerSource& source = now < change_at_ ? static_cast<const AnswerSource&>(authority) : changed;
  ResponseWriter writer(source, nullptr, {.authoritative = true});
  ResponseNote note;
  const size_t octets = writer.write(query, transport, {}, room_.data(), note);
  return {room_.begin(), room_.begin() + static_cast<std::ptrdiff_t>(octets)};
}

}  // namespace dnswarm::sim
