// One JSON object a line (README.md, "The row"). Keys in this order:
//
//   name qname? type class? status error? last_rcode? ede? answers authority? additional? flags
//   nsid? zone? server? trace? resolver proto rtt_us attempts cached ts
//
// qname is there where it differs from name, class where it is not IN, error and last_rcode where
// the lookup failed, ede and nsid where the upstream sent them, authority and additional with
// --sections all, zone and server where the hierarchy was walked, trace (json_trace.h) with --trace.
// resolver and proto are null where no upstream was tried.
#include <array>

#include "cli/json_text.h"
#include "cli/json_trace.h"
#include "cli/row_format.h"

namespace dnswarm::cli {
namespace {

class NdjsonFormat : public RowFormat {
 public:
  explicit NdjsonFormat(bool all_sections) : all_sections_(all_sections) {}

  void append(const Response& r, RowBuffer& out) override {
    append_question(r, out);
    if (r.failure != Failure::none) append_failure(r, out);
    if (!r.extended_errors.empty()) append_extended_errors(r, out);
    append_section(r, Section::answer, R"(,"answers":[)", out);
    if (all_sections_) {
      append_section(r, Section::authority, R"(,"authority":[)", out);
      append_section(r, Section::additional, R"(,"additional":[)", out);
    }
    append_origin(r, out);
  }

 private:
  // A text in the buffer.
  struct Written {
    size_t at = 0;
    size_t octets = 0;
  };

  // Type, class and status, as they stand between the names and the answers.
  struct Kind {
    RRType type{};
    RRClass rrclass{};
    Failure failure{};
    Rcode rcode{};
    Stretch text;

    bool is_of(const Response& r) const {
      return type == r.type && rcode == r.rcode && failure == r.failure && rrclass == r.rrclass &&
             !text.empty();
    }
  };

  void append_question(const Response& r, RowBuffer& out) {
    const std::string_view name = cut_name(r.name), qname = cut_name(r.qname);
    const Stretch& kind = kind_of(r);
    RowCursor row(out, json_octets_max(name) + json_octets_max(qname) + kind.octets() + 32);
    const char* const begin = row.at();
    row.put(R"({"name":")");
    const char* qname_text = row.at();
    row.set_at(put_json(row.at(), name));
    if (r.qname.data() != r.name.data() && !r.qname.empty() && r.qname != r.name) {
      row.put(R"(","qname":")");
      qname_text = row.at();
      row.set_at(put_json(row.at(), qname));
    }
    qname_.at = out.size() + static_cast<size_t>(qname_text - begin);
    qname_.octets = static_cast<size_t>(row.at() - qname_text);
    last_message_ = nullptr;
    row.put(kind);
  }

  // Few kinds of rows follow one another.
  const Stretch& kind_of(const Response& r) {
    Kind& kind = kinds_[(static_cast<size_t>(r.rcode) + 8 * static_cast<size_t>(r.failure)) % kinds_.size()];
    if (!kind.is_of(r)) [[unlikely]] {
      scratch_ = R"(","type":")" + to_text(r.type);
      if (r.rrclass != RRClass::IN) scratch_.append(R"(","class":")").append(to_text(r.rrclass));
      scratch_.append(R"(","status":")").append(status_text(r)).append(R"(")");
      kind = {r.type, r.rrclass, r.failure, r.rcode, {}};
      kind.text.assign(scratch_);
    }
    return kind.text;
  }

  static void append_failure(const Response& r, RowBuffer& out) {
    out.append(R"(,"error":{"code":)");
    append_json_string(out, r.error_code);
    out.append(R"(,"text":)");
    append_json_string(out, r.error_text);
    out.append('}');
    if (!r.has_last_rcode) return;
    out.append(R"(,"last_rcode":")");
    out.append(to_text(r.last_rcode));
    out.append('"');
  }

  static void append_extended_errors(const Response& r, RowBuffer& out) {
    std::string_view before = R"(,"ede":[{"code":)";
    for (const ExtendedError& error : r.extended_errors) {
      out.append(before);
      out.append_number(error.info_code);
      out.append(R"(,"text":)");
      append_json_string(out, error.extra_text);
      out.append('}');
      before = R"(,{"code":)";
    }
    out.append(']');
  }

  void append_section(const Response& r, Section section, std::string_view key, RowBuffer& out) {
    out.append(key);
    bool first = true;
    for (const Record& record : r.records) {
      if (record.section != section || r.failure != Failure::none) continue;
      if (!first) out.append(',');
      first = false;
      append_record(record, out);
    }
    out.append(']');
  }

  void append_record(const Record& record, RowBuffer& out) {
    const Written* owner = written_owner(record);
    if (owner == nullptr) append_owner(record, out);
    {
      RowCursor row(out, (owner == nullptr ? 0 : owner->octets) + 128);
      if (owner != nullptr) {
        row.put(R"({"name":")");
        row.repeat(out.text().data() + owner->at, owner->octets);
      }
      row.put(R"(","type":")");
      row.set_at(put_type(row.at(), record.type));
      row.put(R"(","ttl":)");
      row.put_number(record.ttl);
      row.put(R"(,"data":")");
      if (is_address(record)) {
        row.set_at(put_ipv4(row.at(), record.rdata()));
        row.put(R"("})");
        return;
      }
    }
    append_data(record, out);
    out.append(R"("})");
  }

  static bool is_address(const Record& record) {
    return record.type == RRType::A && record.rrclass == RRClass::IN && record.rdata_octets == 4;
  }

  // The text of a name that stands in this row already: of the QNAME or of the name written last. That is
  // where nearly all owners stand. Null: neither.
  const Written* written_owner(const Record& record) const {
    if (record.owner_is_qname) return &qname_;
    const bool is_last = record.message == last_message_ && record.owner_place() == last_place_;
    return is_last ? &last_ : nullptr;
  }

  void append_owner(const Record& record, RowBuffer& out) {
    out.append(R"({"name":")");
    scratch_.clear();
    record.append_owner_text(scratch_);
    append_name(record.message, record.owner_place(), out);
  }

  void append_data(const Record& record, RowBuffer& out) {
    data_text(record, scratch_);
    if (record.type != RRType::CNAME) return append_json(out, scratch_);
    append_name(record.message, record.name_place(record.rdata_offset), out);
  }

  // The name in scratch_, whose octets stand at that place.
  void append_name(const uint8_t* message, uint16_t place, RowBuffer& out) {
    last_.at = out.size();
    append_json(out, scratch_);
    last_.octets = out.size() - last_.at;
    last_message_ = message;
    last_place_ = place;
  }

  void append_origin(const Response& r, RowBuffer& out) {
    append_flags(r, out);
    if (!r.nsid.empty()) append_nsid(r, out);
    if (!r.authoritative.zone.empty()) append_authoritative(r, out);
    if (!r.trace.empty()) {
      out.append(R"(,"trace":)");
      append_json_trace(out, r.trace);
    }
    RowCursor row(out, json_octets_max(r.upstream.text) + 192);
    append_upstream(r, row);
    row.put(R"(,"rtt_us":)");
    row.put_number(static_cast<uint64_t>(r.rtt.count()));
    row.put(R"(,"attempts":)");
    row.put_number(r.attempts);
    if (r.cached) row.put(R"(,"cached":true,"ts":")");
    else row.put(R"(,"cached":false,"ts":")");
    row.put(timestamp_.text(r.received_at));
    row.put("\"}\n");
  }

  static void append_upstream(const Response& r, RowCursor& row) {
    if (r.upstream.text.empty()) return row.put(R"(,"resolver":null,"proto":null)");
    row.put(R"(,"resolver":")");
    row.set_at(put_json(row.at(), r.upstream.text));
    if (r.protocol == Protocol::udp) row.put(R"(","proto":"udp")");
    else row.put(R"(","proto":"tcp")");
  }

  static void append_authoritative(const Response& r, RowBuffer& out) {
    const auto& [zone, server] = r.authoritative;
    const size_t texts = json_octets_max(zone) + json_octets_max(server) + json_octets_max(r.upstream.text);
    RowCursor row(out, texts + 64);
    row.put(R"(,"zone":")");
    row.set_at(put_json(row.at(), zone));
    row.put(R"(","server":{"name":")");
    row.set_at(put_json(row.at(), server));
    row.put(R"(","address":")");
    row.set_at(put_json(row.at(), r.upstream.text));
    row.put(R"("})");
  }

  void append_flags(const Response& r, RowBuffer& out) {
    uint16_t flags = r.failure == Failure::none ? r.header_flags & flag_bits : 0;
    if (flags != flags_ || flags_text_.empty()) [[unlikely]] set_flags(flags);  // they hardly change
    RowCursor(out, flags_text_.octets()).put(flags_text_);
  }

  void set_flags(uint16_t flags) {
    flags_ = flags;
    scratch_ = R"(,"flags":[)";
    std::string_view before = R"(")";
    for (const FlagName& flag : flag_names) {
      if ((flags & flag.bit) == 0) continue;
      scratch_.append(before).append(flag.text).append(R"(")");
      before = R"(,")";
    }
    flags_text_.assign(scratch_ += ']');
  }

  static void append_nsid(const Response& r, RowBuffer& out) {
    out.append(R"(,"nsid":")");
    append_hex(out, r.nsid);
    out.append('"');
  }

  const bool all_sections_;
  Written qname_;  // this row's
  Written last_;   // the name written last, and where its octets stand; null: there is none
  const uint8_t* last_message_ = nullptr;
  uint16_t last_place_ = 0;
  // What the stretches say now.
  std::array<Kind, 16> kinds_;  // by RCODE and failure
  uint16_t flags_ = 0;
  Stretch flags_text_;
  std::string scratch_;
  TimestampText timestamp_;
};

}  // namespace

std::unique_ptr<RowFormat> make_ndjson_format(bool all_sections) {
  return std::make_unique<NdjsonFormat>(all_sections);
}

}  // namespace dnswarm::cli
