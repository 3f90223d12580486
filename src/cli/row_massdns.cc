// massdns's formats, octet for octet, so that what reads massdns today reads dnswarm: S with its
// letters, L, L0, F, J, Je, Ja.
//
// massdns knows replies and, with Je, two errors. Our outcomes become:
//
//   ours                                   S F L J       Je adds
//   NOERROR, NXDOMAIN                      the reply     -
//   any other RCODE                        nothing       "error":"MAXRETRIES" (massdns retries it
//                                                        to the end and loses the RCODE)
//   BUDGET, CNAME_LOOP                     nothing       "error":"MAXRETRIES"
//   TIMEOUT, NETWORK_ERROR                 nothing       "error":"TIMEOUT"
//   INVALID_RESPONSE                       nothing       "error":"TIMEOUT" (massdns drops it)
//   INVALID_NAME, CANCELLED                nothing       nothing
//
// Quirks that are kept: plain S shows only records whose owner is the question's name; the question
// line has two blanks where no class is shown; the class of error rows is IN; the separator of a
// section is lost where its first record is not shown. Names that equal the question are shown as
// they were typed, since massdns sends the letters' case as it is and we ask in lower case.
#include "cli/json_text.h"
#include "cli/massdns_text.h"
#include "cli/row_format.h"

namespace dnswarm::cli {
namespace {

using massdns::TxtStyle;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

bool equal_but_for_case(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

uint64_t unix_seconds(const Response& r) {
  return static_cast<uint64_t>(
      std::chrono::floor<std::chrono::seconds>(r.received_at.time_since_epoch()).count());
}

class MassdnsFormat : public RowFormat {
 public:
  explicit MassdnsFormat(const MassdnsStyle& style) : style_(style) {}

  void append(const Response& r, RowBuffer& out) override {
    question_.clear();
    massdns::append_name(question_, equal_but_for_case(r.name, r.qname) ? r.name : r.qname);
    if (!r.definitive()) {
      if (style_.output == 'J' && style_.failures) append_error(r, out);
      return;
    }
    switch (style_.output) {
      case 'S': return append_simple(r, out);
      case 'L': return append_list(r, out);
      case 'J': return append_json_row(r, out);
      default: return append_full(r, out);
    }
  }

 private:
  static std::string_view error_word(const Response& r) {
    switch (r.failure) {
      case Failure::none:
      case Failure::budget:
      case Failure::cname_loop: return "MAXRETRIES";
      case Failure::timeout:
      case Failure::network_error:
      case Failure::invalid_response: return "TIMEOUT";
      case Failure::invalid_name:
      case Failure::cancelled: return {};
    }
    return {};
  }

  void append_error(const Response& r, RowBuffer& out) {
    const std::string_view word = error_word(r);
    if (word.empty()) return;
    out.append(R"({"name":)");
    append_json_string(out, question_.text());
    out.append(R"(,"type":")");
    massdns::append_type(out, r.type);
    out.append(R"(","class":"IN","error":")");
    out.append(word);
    out.append("\"}\n");
  }

  // Leaves the owner name in owner_. True where it is the question's.
  bool take_owner(const Record& record) {
    owner_.clear();
    massdns::append_wire_name(owner_, record, record.owner_offset);
    if (!equal_but_for_case(owner_.text(), question_.text())) return false;
    owner_.clear();
    owner_.append(question_.text());
    return true;
  }

  void append_list(const Response& r, RowBuffer& out) {
    if (r.rcode != Rcode::NOERROR || (r.answers().empty() && !style_.without_answers)) return;
    const std::string_view name = question_.text();
    out.append(name.substr(0, name.size() - 1));
    out.append('\n');
  }

  void append_question_line(const Response& r, RowBuffer& out) {
    if (style_.meta) {
      out.append(r.upstream.text);
      out.append(' ');
      out.append_number(unix_seconds(r));
      out.append(' ');
      out.append(status_text(r));
      out.append(' ');
    }
    out.append(question_.text());
    out.append(' ');
    if (style_.ttl) massdns::append_class(out, r.rrclass);
    out.append(' ');
    massdns::append_type(out, r.type);
    out.append('\n');
  }

  bool shows(Section section) const {
    switch (section) {
      case Section::answer: return style_.answer;
      case Section::authority: return style_.authority;
      case Section::additional: return style_.additional;
    }
    return false;
  }

  void append_simple(const Response& r, RowBuffer& out) {
    if (style_.question) append_question_line(r, out);
    Section section = Section::answer;
    for (const Record& record : r.records) {
      const bool new_section = record.section != section;
      section = record.section;
      const bool owner_matches = take_owner(record);
      if (!shows(section) || (style_.match_name && !owner_matches)) continue;
      if (new_section && style_.blank_line_per_section) out.append('\n');
      if (style_.indent) out.append('\t');
      out.append(owner_.text());
      out.append(' ');
      if (style_.ttl) {
        massdns::append_class(out, record.rrclass);
        out.append(' ');
        out.append_number(record.ttl);
        out.append(' ');
      }
      massdns::append_type(out, record.type);
      out.append(' ');
      massdns::append_data(out, record, TxtStyle::quoted);
      out.append('\n');
    }
    if (style_.blank_line_per_reply) out.append('\n');
  }

  // massdns -o Ja: answers, or a referral for the very name.
  bool has_answer_or_referral(const Response& r) {
    for (const Record& record : r.records) {
      if (record.section == Section::answer) return true;
      if (record.section == Section::authority && record.type == RRType::NS && take_owner(record)) {
        return true;
      }
    }
    return false;
  }

  void append_json_row(const Response& r, RowBuffer& out) {
    if (style_.only_answers && !has_answer_or_referral(r)) return;
    out.append(R"({"name":)");
    append_json_string(out, question_.text());
    out.append(R"(,"type":")");
    massdns::append_type(out, r.type);
    out.append(R"(","class":")");
    massdns::append_class(out, r.rrclass);
    out.append(R"(","status":")");
    out.append(status_text(r));
    out.append(R"(","rx_ts":)");
    const auto since_epoch = r.received_at.time_since_epoch();
    out.append_number(static_cast<uint64_t>(
        std::chrono::duration_cast<std::chrono::nanoseconds>(since_epoch).count()));
    out.append(R"(,"data":{)");
    append_json_sections(r, out);
    out.append(R"(},"flags":[)");
    append_json_flags(r, out);
    out.append(R"(],"resolver":")");
    append_json(out, r.upstream.text);
    out.append(r.protocol == Protocol::udp ? R"(","proto":"UDP"})" : R"(","proto":"TCP"})");
    out.append('\n');
  }

  void append_json_sections(const Response& r, RowBuffer& out) {
    constexpr std::string_view keys[] = {R"("answers":[)", R"("authorities":[)",
                                         R"("additionals":[)"};
    bool any = false;
    Section section = Section::answer;
    for (const Record& record : r.records) {
      if (!any || record.section != section) {
        if (any) out.append("],");
        section = record.section;
        out.append(keys[static_cast<size_t>(section)]);
        any = true;
      } else {
        out.append(',');
      }
      out.append(R"({"ttl":)");
      out.append_number(record.ttl);
      out.append(R"(,"type":")");
      massdns::append_type(out, record.type);
      out.append(R"(","class":")");
      massdns::append_class(out, record.rrclass);
      out.append(R"(","name":)");
      take_owner(record);
      append_json_string(out, owner_.text());
      out.append(R"(,"data":)");
      data_.clear();
      massdns::append_data(data_, record, TxtStyle::joined);
      append_json_string(out, data_.text());
      out.append('}');
    }
    if (any) out.append(']');
  }

  static void append_json_flags(const Response& r, RowBuffer& out) {
    constexpr FlagName flags[] = {{0x0400, R"("aa")"}, {0x0200, R"("tc")"}, {0x0100, R"("rd")"},
                                  {0x0080, R"("ra")"}, {0x0020, R"("ad")"}, {0x0010, R"("cd")"}};
    bool any = false;
    for (const FlagName& flag : flags) {
      if ((r.header_flags & flag.bit) == 0) continue;
      if (any) out.append(',');
      out.append(flag.text);
      any = true;
    }
  }

  void append_full(const Response& r, RowBuffer& out) {
    out.append(";; Server: ");
    out.append(r.upstream.text);
    out.append("\n;; Size: ");
    out.append_number(r.message_octets);
    out.append("\n;; Unix time: ");
    out.append_number(unix_seconds(r));
    append_full_header(r, out);
    out.append("\n\n;; QUESTION SECTION:\n");
    out.append(question_.text());
    out.append(' ');
    massdns::append_class(out, r.rrclass);
    out.append(' ');
    massdns::append_type(out, r.type);
    out.append('\n');
    append_full_records(r, out);
    out.append("\n\n");
  }

  static void append_full_header(const Response& r, RowBuffer& out) {
    constexpr FlagName flags[] = {{0x8000, "qr "}, {0x0020, "ad "}, {0x0400, "aa "},
                                  {0x0100, "rd "}, {0x0080, "ra "}, {0x0200, "tc "},
                                  {0x0010, "cd "}};
    // Only responses to queries (RFC 1035 section 4.1.1, opcode 0) are taken.
    out.append("\n;; ->>HEADER<<- opcode: QUERY, status: ");
    out.append(status_text(r));
    out.append(", id: ");
    out.append_number(r.id);
    out.append("\n;; flags: ");
    for (const FlagName& flag : flags) {
      if ((r.header_flags & flag.bit) != 0) out.append(flag.text);
    }
    uint64_t records[3] = {};
    for (const Record& record : r.records) ++records[static_cast<size_t>(record.section)];
    out.append("; QUERY: 1, ANSWER: ");
    out.append_number(records[0]);
    out.append(", AUTHORITY: ");
    out.append_number(records[1]);
    out.append(", ADDITIONAL: ");
    out.append_number(records[2]);
  }

  void append_full_records(const Response& r, RowBuffer& out) {
    constexpr std::string_view titles[] = {"\n;; ANSWER SECTION:\n", "\n;; AUTHORITY SECTION:\n",
                                           "\n;; ADDITIONAL SECTION:\n"};
    const Record* before = nullptr;
    for (const Record& record : r.records) {
      if (before == nullptr || before->section != record.section) {
        out.append(titles[static_cast<size_t>(record.section)]);
      }
      before = &record;
      take_owner(record);
      out.append(owner_.text());
      out.append(' ');
      out.append_number(record.ttl);
      out.append(' ');
      massdns::append_class(out, record.rrclass);
      out.append(' ');
      massdns::append_type(out, record.type);
      out.append(' ');
      massdns::append_data(out, record, TxtStyle::quoted);
      out.append('\n');
    }
  }

  const MassdnsStyle style_;
  RowBuffer question_, owner_, data_;
};

}  // namespace

std::unique_ptr<RowFormat> make_massdns_format(const MassdnsStyle& style) {
  return std::make_unique<MassdnsFormat>(style);
}

}  // namespace dnswarm::cli
