// RFC 4180: a header line, CRLF, quotation marks where a field needs them. Exactly one line per
// input line and type. Columns:
//
//   name qname type class status       as in ndjson; qname is filled in always (empty if invalid)
//   answers authority additional       "OWNER TTL TYPE DATA", joined by " | "
//   flags                              "aa tc ra ad", joined by a blank
//   resolver proto rtt_us attempts cached ts
//   error_code error_text last_rcode   filled in where the lookup failed
//   ede                                "CODE TEXT", joined by " | "
//   nsid                               hexadecimal
#include "cli/json_text.h"
#include "cli/row_format.h"

namespace dnswarm::cli {
namespace {

class CsvFormat : public RowFormat {
 public:
  explicit CsvFormat(bool all_sections) : all_sections_(all_sections) {}

  void append_header(RowBuffer& out) override {
    out.append(
        "name,qname,type,class,status,answers,authority,additional,flags,resolver,proto,rtt_us,"
        "attempts,cached,ts,error_code,error_text,last_rcode,ede,nsid\r\n");
  }

  void append(const Response& r, RowBuffer& out) override {
    append_field(out, cut_name(r.name));
    out.append(',');
    append_field(out, cut_name(r.qname));
    out.append(',');
    append_type(out, r.type);
    out.append(',');
    out.append(r.rrclass == RRClass::IN ? "IN" : to_text(r.rrclass));
    out.append(',');
    out.append(status_text(r));
    out.append(',');
    append_section(r, Section::answer, out);
    out.append(',');
    if (all_sections_) append_section(r, Section::authority, out);
    out.append(',');
    if (all_sections_) append_section(r, Section::additional, out);
    append_flags(r, out);
    append_origin(r, out);
    append_failure(r, out);
    append_edns(r, out);
    out.append("\r\n");
  }

 private:
  // The field as printable text, in quotation marks where RFC 4180 section 2 wants them.
  static void append_field(RowBuffer& out, std::string_view text) {
    const size_t start = out.size();
    append_printable(out, text);
    quote_from(out, start);
  }

  static void quote_from(RowBuffer& out, size_t start) {
    const std::string_view field = out.text().substr(start);
    const bool blank_edge = !field.empty() && (field.front() == ' ' || field.back() == ' ');
    if (!blank_edge && field.find_first_of(",\"\r\n") == field.npos) return;
    const std::string plain(field);
    out.truncate(start);
    out.append('"');
    for (const char c : plain) {
      if (c == '"') out.append('"');
      out.append(c);
    }
    out.append('"');
  }

  void append_section(const Response& r, Section section, RowBuffer& out) {
    if (r.failure != Failure::none) return;
    const size_t start = out.size();
    for (const Record& record : r.records) {
      if (record.section != section) continue;
      if (out.size() > start) out.append(" | ");
      scratch_.clear();
      record.append_owner_text(scratch_);
      append_printable(out, scratch_);
      out.append(' ');
      out.append_number(record.ttl);
      out.append(' ');
      append_type(out, record.type);
      out.append(' ');
      append_printable(out, data_text(record, scratch_));
    }
    quote_from(out, start);
  }

  static void append_flags(const Response& r, RowBuffer& out) {
    char before = ',';
    for (const FlagName& flag : flag_names) {
      if (r.failure != Failure::none || (r.header_flags & flag.bit) == 0) continue;
      out.append(before);
      out.append(flag.text);
      before = ' ';
    }
    if (before == ',') out.append(',');
  }

  void append_origin(const Response& r, RowBuffer& out) {
    out.append(',');
    append_field(out, r.upstream.text);
    out.append(',');
    if (!r.upstream.text.empty()) out.append(r.protocol == Protocol::udp ? "udp" : "tcp");
    out.append(',');
    out.append_number(static_cast<uint64_t>(r.rtt.count()));
    out.append(',');
    out.append_number(r.attempts);
    out.append(r.cached ? ",true," : ",false,");
    timestamp_.append(out, r.received_at);
  }

  static void append_failure(const Response& r, RowBuffer& out) {
    out.append(',');
    append_field(out, r.error_code);
    out.append(',');
    append_field(out, r.error_text);
    out.append(',');
    if (r.failure != Failure::none && r.has_last_rcode) out.append(to_text(r.last_rcode));
  }

  static void append_edns(const Response& r, RowBuffer& out) {
    out.append(',');
    const size_t start = out.size();
    for (const ExtendedError& error : r.extended_errors) {
      if (out.size() > start) out.append(" | ");
      out.append_number(error.info_code);
      if (!error.extra_text.empty()) out.append(' ');
      append_printable(out, error.extra_text);
    }
    quote_from(out, start);
    out.append(',');
    append_hex(out, r.nsid);
  }

  const bool all_sections_;
  std::string scratch_;
  TimestampText timestamp_;
};

}  // namespace

std::unique_ptr<RowFormat> make_csv_format(bool all_sections) {
  return std::make_unique<CsvFormat>(all_sections);
}

}  // namespace dnswarm::cli
