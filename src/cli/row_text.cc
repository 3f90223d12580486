// For reading: one aligned line per input line and type.
//
//   www.example.com                  A     NOERROR       1.2ms 192.0.2.53:53         60 A ...
//
// Columns: name, type, status, time to the answer ("cached", "-"), upstream, then the answers
// (owner names are left out where they equal the question), then all else in brackets. A long
// name pushes its own line to the right and no other.
#include "cli/json_text.h"
#include "cli/row_format.h"

namespace dnswarm::cli {
namespace {

constexpr size_t name_width = 32;
constexpr size_t type_width = 5;
constexpr size_t status_width = 10;
constexpr size_t rtt_width = 8;
constexpr size_t upstream_width = 21;  // "192.168.100.100:53" and a little more

constexpr std::string_view green = "\x1b[32m";
constexpr std::string_view yellow = "\x1b[33m";
constexpr std::string_view red = "\x1b[31m";
constexpr std::string_view dim = "\x1b[2m";
constexpr std::string_view plain = "\x1b[0m";

class TextFormat : public RowFormat {
 public:
  TextFormat(bool all_sections, bool colour) : all_sections_(all_sections), colour_(colour) {}

  void append(const Response& r, RowBuffer& out) override {
    size_t start = out.size();
    append_printable(out, cut_name(r.name));
    pad(out, start, name_width);
    start = out.size();
    append_type(out, r.type);
    pad(out, start, type_width);
    append_status(r, out);
    append_rtt(r, out);
    start = out.size();
    out.append(r.upstream.text.empty() ? "-" : r.upstream.text);
    pad(out, start, upstream_width);
    append_records(r, Section::answer, "", out);
    if (all_sections_) {
      append_records(r, Section::authority, "; authority ", out);
      append_records(r, Section::additional, "; additional ", out);
    }
    append_details(r, out);
    out.append('\n');
  }

 private:
  // Up to `width`, and one blank at least.
  static void pad(RowBuffer& out, size_t start, size_t width) {
    do out.append(' ');
    while (out.size() < start + width + 1);
  }

  void append_colour(RowBuffer& out, std::string_view code) const {
    if (colour_) out.append(code);
  }

  void append_status(const Response& r, RowBuffer& out) {
    if (r.definitive()) append_colour(out, r.rcode == Rcode::NOERROR ? green : yellow);
    else append_colour(out, red);
    const size_t start = out.size();
    out.append(status_text(r));
    const size_t written = out.size() - start;
    append_colour(out, plain);
    for (size_t i = written; i < status_width + 1; ++i) out.append(' ');
    if (written > status_width) out.append(' ');
  }

  static void append_rtt(const Response& r, RowBuffer& out) {
    char text[32];
    std::string_view shown = r.cached ? "cached" : "-";
    if (!r.cached && r.rtt.count() > 0) {
      const auto microseconds = static_cast<uint64_t>(r.rtt.count());
      char* at = std::to_chars(text, text + 24, microseconds / 1000).ptr;
      *at++ = '.';
      *at++ = static_cast<char>('0' + microseconds / 100 % 10);
      *at++ = 'm';
      *at++ = 's';
      shown = {text, static_cast<size_t>(at - text)};
    }
    for (size_t i = shown.size(); i < rtt_width; ++i) out.append(' ');
    out.append(shown);
    out.append(' ');
  }

  void append_records(const Response& r, Section section, std::string_view before, RowBuffer& out) {
    if (r.failure != Failure::none) return;
    for (const Record& record : r.records) {
      if (record.section != section) continue;
      out.append(before);
      before = ", ";
      scratch_.clear();
      record.append_owner_text(scratch_);
      if (scratch_ != r.qname) {
        append_printable(out, scratch_);
        out.append(' ');
      }
      out.append_number(record.ttl);
      out.append(' ');
      append_type(out, record.type);
      out.append(' ');
      append_printable(out, data_text(record, scratch_));
    }
  }

  void append_details(const Response& r, RowBuffer& out) {
    if (out.text().back() != ' ') out.append(' ');
    append_colour(out, dim);
    out.append('[');
    if (r.failure != Failure::none) {
      out.append(r.error_code);
      out.append(": ");
      append_printable(out, r.error_text);
      if (r.has_last_rcode) {
        out.append(", last ");
        out.append(to_text(r.last_rcode));
      }
      out.append(", ");
    }
    if (!r.qname.empty() && r.qname != r.name) {
      out.append("asked ");
      append_printable(out, cut_name(r.qname));
      out.append(", ");
    }
    append_edns(r, out);
    for (const FlagName& flag : flag_names) {
      if (r.failure != Failure::none || (r.header_flags & flag.bit) == 0) continue;
      out.append(flag.text);
      out.append(", ");
    }
    if (!r.upstream.text.empty()) out.append(r.protocol == Protocol::udp ? "udp, " : "tcp, ");
    out.append_number(r.attempts);
    out.append(r.attempts == 1 ? " attempt, " : " attempts, ");
    timestamp_.append(out, r.received_at);
    out.append(']');
    append_colour(out, plain);
  }

  static void append_edns(const Response& r, RowBuffer& out) {
    if (r.rrclass != RRClass::IN) {
      out.append("class ");
      out.append(to_text(r.rrclass));
      out.append(", ");
    }
    for (const ExtendedError& error : r.extended_errors) {
      out.append("ede ");
      out.append_number(error.info_code);
      if (!error.extra_text.empty()) out.append(' ');
      append_printable(out, error.extra_text);
      out.append(", ");
    }
    if (r.nsid.empty()) return;
    out.append("nsid ");
    append_hex(out, r.nsid);
    out.append(", ");
  }

  const bool all_sections_;
  const bool colour_;
  std::string scratch_;
  TimestampText timestamp_;
};

}  // namespace

std::unique_ptr<RowFormat> make_text_format(bool all_sections, bool colour) {
  return std::make_unique<TextFormat>(all_sections, colour);
}

}  // namespace dnswarm::cli
