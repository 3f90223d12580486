// One JSON object a line (README.md, "The row"). Keys in this order:
//
//   name qname? type class? status error? last_rcode? ede? answers authority? additional? flags
//   nsid? resolver proto rtt_us attempts cached ts
//
// qname is there where it differs from name, class where it is not IN, error and last_rcode where
// the lookup failed, ede and nsid where the upstream sent them, authority and additional with
// --sections all. resolver and proto are null where no upstream was tried.
#include "cli/json_text.h"
#include "cli/row_format.h"

namespace dnswarm::cli {
namespace {

class NdjsonFormat : public RowFormat {
 public:
  explicit NdjsonFormat(bool all_sections) : all_sections_(all_sections) {}

  void append(const Response& r, RowBuffer& out) override {
    out.append(R"({"name":")");
    qname_at_ = out.size();
    append_json(out, cut_name(r.name));
    qname_octets_ = out.size() - qname_at_;
    if (!r.qname.empty() && r.qname != r.name) {
      out.append(R"(","qname":")");
      qname_at_ = out.size();
      append_json(out, cut_name(r.qname));
      qname_octets_ = out.size() - qname_at_;
    }
    out.append(R"(","type":")");
    append_type(out, r.type);
    if (r.rrclass != RRClass::IN) [[unlikely]] {
      out.append(R"(","class":")");
      out.append(to_text(r.rrclass));
    }
    out.append(R"(","status":")");
    out.append(status_text(r));
    out.append('"');
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
    std::string_view before = R"({"name":")";
    for (const Record& record : r.records) {
      if (record.section != section || r.failure != Failure::none) continue;
      out.append(before);
      before = R"(,{"name":")";
      append_owner(record, out);
      out.append(R"(","type":")");
      append_type(out, record.type);
      out.append(R"(","ttl":)");
      out.append_number(record.ttl);
      out.append(R"(,"data":")");
      append_data(record, out);
      out.append(R"("})");
    }
    out.append(']');
  }

  void append_data(const Record& record, RowBuffer& out) {
    const std::string_view text = data_text(record, scratch_);
    if (record.type == RRType::A && record.rrclass == RRClass::IN) return out.append(text);  // digits, dots
    append_json(out, text);
  }

  // Nearly every owner is the name that stands in this row already.
  void append_owner(const Record& record, RowBuffer& out) {
    if (record.owner_is_qname) return out.repeat(qname_at_, qname_octets_);
    scratch_.clear();
    record.append_owner_text(scratch_);
    append_json(out, scratch_);
  }

  void append_origin(const Response& r, RowBuffer& out) {
    append_flags(r, out);
    if (!r.nsid.empty()) append_nsid(r, out);
    if (r.upstream.text.empty()) {
      out.append(R"(,"resolver":null,"proto":null)");
    } else {
      out.append(R"(,"resolver":")");
      append_json(out, r.upstream.text);
      out.append(r.protocol == Protocol::udp ? R"(","proto":"udp")" : R"(","proto":"tcp")");
    }
    out.append(R"(,"rtt_us":)");
    out.append_number(static_cast<uint64_t>(r.rtt.count()));
    out.append(R"(,"attempts":)");
    out.append_number(r.attempts);
    out.append(r.cached ? R"(,"cached":true,"ts":")" : R"(,"cached":false,"ts":")");
    timestamp_.append(out, r.received_at);
    out.append("\"}\n");
  }

  void append_flags(const Response& r, RowBuffer& out) {
    uint16_t flags = r.failure == Failure::none ? r.header_flags & flag_bits : 0;
    if (flags != flags_ || flags_text_.empty()) [[unlikely]] set_flags(flags);  // they hardly change
    out.append(flags_text_);
  }

  void set_flags(uint16_t flags) {
    flags_ = flags;
    flags_text_ = R"(,"flags":[)";
    std::string_view before = R"(")";
    for (const FlagName& flag : flag_names) {
      if ((flags & flag.bit) == 0) continue;
      flags_text_.append(before).append(flag.text).append(R"(")");
      before = R"(,")";
    }
    flags_text_ += ']';
  }

  static void append_nsid(const Response& r, RowBuffer& out) {
    out.append(R"(,"nsid":")");
    append_hex(out, r.nsid);
    out.append('"');
  }

  const bool all_sections_;
  size_t qname_at_ = 0;  // where in the buffer the text of this row's qname stands
  size_t qname_octets_ = 0;
  uint16_t flags_ = 0;
  std::string flags_text_;
  std::string scratch_;
  TimestampText timestamp_;
};

}  // namespace

std::unique_ptr<RowFormat> make_ndjson_format(bool all_sections) {
  return std::make_unique<NdjsonFormat>(all_sections);
}

}  // namespace dnswarm::cli
