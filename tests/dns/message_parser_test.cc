#include "dns/message_parser.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "dns/name.h"
#include "dns/response_builder.h"
#include "wire_text.h"

namespace dnswarm {
namespace {

const std::string question = "01610162" "00" "0001" "0001";             // a.b A IN at offset 12
const std::string a_record = "c00c" "0001" "0001" "0000003c" "0004" "c0000201";

std::string header_of(const std::string& flags, int qd, int an, int ns, int ar) {
  std::string hex = "1234" + flags;
  for (int count : {qd, an, ns, ar}) {
    const uint8_t octets[] = {static_cast<uint8_t>(count >> 8), static_cast<uint8_t>(count)};
    hex += hex_of(octets);
  }
  return hex;
}

struct Parsed {
  Bytes octets;
  Message message;
  ParseError error;
};

// On the heap, so that a copy does not leave the views behind.
std::unique_ptr<Parsed> parse(const std::string& hex) {
  auto parsed = std::make_unique<Parsed>();
  parsed->octets = bytes_of_hex(hex);
  parsed->error = parse_question(parsed->octets, parsed->message);
  if (parsed->error == ParseError::none) parsed->error = parse_records(parsed->message);
  return parsed;
}

TEST(ParseQuestion, reads_header_and_question_alone) {
  const Bytes octets = bytes_of_hex(header_of("8583", 1, 9, 9, 9) + "0157" "0162" "00" "001c" "0003");
  Message message;
  ASSERT_EQ(parse_question(octets, message), ParseError::none);
  EXPECT_EQ(message.header.id, 0x1234);
  EXPECT_EQ(message.header.flags, 0x8583);
  EXPECT_EQ(message.rcode(), Rcode::NXDOMAIN);
  EXPECT_EQ(text_of_name(message.qname()), "W.b");  // case is kept
  EXPECT_EQ(message.qtype, RRType::AAAA);
  EXPECT_EQ(message.qclass, RRClass::CH);
  EXPECT_FALSE(message.truncated());
}

TEST(ParseQuestion, of_one_known_question_says_the_same_quicker) {
  const std::string asked = "0177" "0162" "00" "001c" "0001";
  const Bytes name = bytes_of_hex("0177" "0162" "00");
  const auto is_that = [&](const std::string& hex, Message& message) {
    const Bytes octets = bytes_of_hex(hex);
    return parse_question_of(octets, name, RRType::AAAA, RRClass::IN, message);
  };
  const Bytes octets = bytes_of_hex(header_of("8583", 1, 9, 8, 7) + asked);
  Message message, other;
  ASSERT_TRUE(parse_question_of(octets, name, RRType::AAAA, RRClass::IN, message));
  ASSERT_EQ(parse_question(octets, other), ParseError::none);
  EXPECT_EQ(message.header.id, other.header.id);
  EXPECT_EQ(message.header.flags, other.header.flags);
  EXPECT_EQ(message.header.ancount, 9);
  EXPECT_EQ(message.header.nscount, 8);
  EXPECT_EQ(message.header.arcount, 7);
  EXPECT_EQ(message.rcode(), other.rcode());
  EXPECT_EQ(message.qname_octets, other.qname_octets);
  EXPECT_EQ(message.qtype, RRType::AAAA);
  EXPECT_EQ(message.qclass, RRClass::IN);

  EXPECT_FALSE(is_that(header_of("8180", 1, 0, 0, 0) + "0157" "0162" "00" "001c" "0001", message));
  EXPECT_FALSE(is_that(header_of("8180", 1, 0, 0, 0) + "0177" "0162" "00" "0001" "0001", message));
  EXPECT_FALSE(is_that(header_of("8180", 1, 0, 0, 0) + "0177" "0162" "00" "001c" "0003", message));
  EXPECT_FALSE(is_that(header_of("8180", 0, 0, 0, 0) + asked, message));
  EXPECT_FALSE(is_that(header_of("8180", 2, 0, 0, 0) + asked, message));
  EXPECT_FALSE(is_that(header_of("8180", 1, 0, 0, 0) + asked.substr(0, asked.size() - 2), message));
  EXPECT_FALSE(is_that(header_of("8180", 1, 0, 0, 0), message));
  EXPECT_EQ(message.header.ancount, 9);  // as it was
}

TEST(ParseQuestion, takes_a_response_without_a_question) {
  const auto parsed = parse(header_of("8001", 0, 0, 0, 0));
  EXPECT_EQ(parsed->error, ParseError::none);
  EXPECT_EQ(parsed->message.qname_octets, 0);
  EXPECT_TRUE(parsed->message.qname().empty());
  EXPECT_EQ(parsed->message.rcode(), Rcode::FORMERR);
}

TEST(ParseQuestion, rejects_malformed_questions) {
  const std::string header = header_of("8180", 1, 0, 0, 0);
  const struct {
    std::string hex;
    ParseError error;
  } rows[] = {
      {"", ParseError::short_header},
      {"12348180000100000000", ParseError::short_header},
      {header.substr(0, 22), ParseError::short_header},
      {header, ParseError::bad_question},
      {header + "0161", ParseError::bad_question},
      {header + "01610162" "00", ParseError::bad_question},
      {header + "01610162" "00" "0001", ParseError::bad_question},
      {header + "01610162" "00" "0001" "00", ParseError::bad_question},
      {header + "0561", ParseError::bad_question},
      {header + "c00c" "0001" "0001", ParseError::bad_question},
      {header + "0161c00c" "0001" "0001", ParseError::bad_question},
      {header + "4161" "00" "0001" "0001", ParseError::bad_question},
      {header_of("8180", 2, 0, 0, 0) + question + question, ParseError::bad_question},
      {header_of("8180", 65535, 0, 0, 0) + question, ParseError::bad_question},
  };
  for (const auto& row : rows) EXPECT_EQ(parse(row.hex)->error, row.error) << row.hex;
  std::string long_name;
  for (int i = 0; i < 128; ++i) long_name += "0161";
  EXPECT_EQ(parse(header + long_name + "0000010001")->error, ParseError::bad_question);
  EXPECT_EQ(parse(header + long_name.substr(4) + "0000010001")->error, ParseError::none);
}

TEST(ParseRecords, reads_the_sections_in_order) {
  const auto parsed = parse(header_of("8180", 1, 2, 1, 1) + question +
                            "c00c" "0005" "0001" "00000001" "0004" "0163c00e"  // a.b CNAME c.b
                            "0163c00e" "0001" "0001" "80000000" "0004" "c0000201"
                            "00" "0002" "0001" "00000002" "0001" "00"
                            "c00e" "fff0" "0003" "00000003" "0000");
  ASSERT_EQ(parsed->error, ParseError::none);
  const Message& message = parsed->message;
  ASSERT_EQ(message.records.size(), 4u);
  EXPECT_EQ(message.answer_count, 2u);
  const Record& first = message.records[0];
  EXPECT_EQ(first.type, RRType::CNAME);
  EXPECT_EQ(first.section, Section::answer);
  EXPECT_EQ(first.owner_offset, 21);
  EXPECT_EQ(first.message, parsed->octets.data());
  EXPECT_EQ(first.message_octets, parsed->octets.size());
  EXPECT_EQ(hex_of(first.rdata()), "0163c00e");
  EXPECT_EQ(message.records[1].ttl, 0x80000000u);  // policy about TTLs is the cache's
  EXPECT_EQ(message.records[2].section, Section::authority);
  EXPECT_EQ(message.records[3].section, Section::additional);
  EXPECT_EQ(message.records[3].type, RRType{0xfff0});
  EXPECT_EQ(message.records[3].rrclass, RRClass::CH);
  EXPECT_EQ(message.records[3].rdata_octets, 0);
  EXPECT_FALSE(message.edns.present);
}

TEST(ParseRecords, ignores_octets_after_the_last_record) {
  EXPECT_EQ(parse(header_of("8180", 1, 1, 0, 0) + question + a_record + "ffffff")->error,
            ParseError::none);
  EXPECT_EQ(parse(header_of("8180", 0, 0, 0, 0) + "c0")->error, ParseError::none);
}

TEST(ParseRecords, rejects_malformed_records) {
  const std::string one = header_of("8180", 1, 1, 0, 0) + question;
  const struct {
    std::string hex;
    ParseError error;
    const char* why;
  } rows[] = {
      {one, ParseError::bad_counts, "a record promised, none there"},
      {header_of("8180", 1, 65535, 65535, 65535) + question + a_record, ParseError::bad_counts, "lie"},
      {header_of("8180", 1, 2, 0, 0) + question + a_record, ParseError::bad_counts, "one missing"},
      {header_of("8180", 1, 2, 0, 0) + question + a_record + "c00c" "0001" "0001" "0000003c",
       ParseError::bad_counts, "second ends in its TTL"},
      {header_of("8180", 1, 2, 0, 0) + question +
           "c00c" "0010" "0001" "0000003c" "000c" "0b6162636465666768696a6b" ,
       ParseError::bad_counts, "enough octets for two at the start, none left at the end"},
      {one + "c015" "0001" "0001" "0000003c" "0004" "c0000201", ParseError::bad_name, "self"},
      {one + "c0ff" "0001" "0001" "0000003c" "0004" "c0000201", ParseError::bad_name, "forward"},
      {one + "4061" "0001" "0001" "0000003c" "0004" "c0000201", ParseError::bad_name, "0x40"},
      {one + "8061" "0001" "0001" "0000003c" "0004" "c0000201", ParseError::bad_name, "0x80"},
      {one + "3f6161616161616161616161616161616161", ParseError::bad_name, "owner past the end"},
      {one + "c00c" "0001" "0001" "0000003c" "0005" "c0000201", ParseError::bad_rdata, "RDLENGTH"},
      {one + "c00c" "ffff" "0001" "0000003c" "ffff" "c0000201", ParseError::bad_rdata, "RDLENGTH"},
      {one + "c00c" "0001" "0001" "0000003c" "0003" "c00002", ParseError::bad_rdata, "A of 3"},
      {one + "c00c" "0001" "0001" "0000003c" "0005" "c000020101", ParseError::bad_rdata, "A of 5"},
      {one + "c00c" "0001" "0001" "0000003c" "0000", ParseError::bad_rdata, "A of 0"},
      {one + "c00c" "001c" "0001" "0000003c" "0004" "c0000201", ParseError::bad_rdata, "AAAA of 4"},
      {one + "c00c" "0005" "0001" "0000003c" "0002" "c021", ParseError::bad_rdata, "CNAME to itself"},
      {one + "c00c" "0005" "0001" "0000003c" "0003" "c00c00", ParseError::bad_rdata, "CNAME and more"},
      {one + "c00c" "0005" "0001" "0000003c" "0003" "036162" "63" "00", ParseError::bad_rdata,
       "CNAME that runs into the next octets"},
  };
  for (const auto& row : rows) EXPECT_EQ(parse(row.hex)->error, row.error) << row.why;
}

TEST(ParseRecords, owner_pointer_to_the_question_needs_a_question) {
  EXPECT_EQ(parse(header_of("8180", 0, 1, 0, 0) + a_record)->error, ParseError::bad_name);
}

TEST(ParseRecords, truncated_message_is_valid_up_to_where_it_breaks_off) {
  const std::string body = a_record + "0163c00c" "0010" "0001" "0000003c" "0004" "03616263";
  const size_t second = a_record.size();
  for (size_t cut = second; cut < body.size(); cut += 2) {
    const std::string rest = question + body.substr(0, cut);
    const auto truncated = parse(header_of("8380", 1, 2, 1, 1) + rest);
    EXPECT_EQ(truncated->error, ParseError::none) << cut;
    EXPECT_EQ(truncated->message.records.size(), 1u) << cut;
    EXPECT_EQ(truncated->message.answer_count, 1u) << cut;
    EXPECT_NE(parse(header_of("8180", 1, 2, 0, 0) + rest)->error, ParseError::none) << cut;
  }
  const auto whole = parse(header_of("8380", 1, 2, 1, 1) + question + body);
  EXPECT_EQ(whole->error, ParseError::none);
  EXPECT_EQ(whole->message.answer_count, 2u);
}

TEST(ParseRecords, truncation_excuses_nothing_else) {
  const std::string one = header_of("8380", 1, 1, 0, 0) + question;
  EXPECT_EQ(parse(one + "c0ff" "0001" "0001" "0000003c" "0004" "c0000201")->error,
            ParseError::bad_name);
  EXPECT_EQ(parse(one + "4000")->error, ParseError::bad_name);
  EXPECT_EQ(parse(one + "c00c" "0001" "0001" "0000003c" "0003" "c00002")->error,
            ParseError::bad_rdata);
}

TEST(ParseOpt, reads_flags_options_and_the_upper_rcode_bits) {
  const auto parsed = parse(header_of("8183", 1, 0, 0, 2) + question +
                            "00" "0029" "04d0" "01" "00" "8000" "001c"
                            "0003" "0004" "6e733031"            // NSID
                            "000f" "0002" "0016"                // EDE 22
                            "000f" "0006" "0003" "7374616c"     // EDE 3 "stal"
                            "fde9" "0000" +
                            a_record);
  ASSERT_EQ(parsed->error, ParseError::none);
  const Message& message = parsed->message;
  EXPECT_EQ(message.rcode(), Rcode{0x13});
  EXPECT_TRUE(message.edns.present);
  EXPECT_TRUE(message.edns.dnssec_ok);
  EXPECT_EQ(message.edns.udp_payload_octets, 1232);
  EXPECT_EQ(message.edns.version, 0);
  EXPECT_EQ(hex_of(message.edns.nsid), "6e733031");
  ASSERT_EQ(message.extended_errors.size(), 2u);
  EXPECT_EQ(message.extended_errors[0].info_code, 22);
  EXPECT_EQ(message.extended_errors[0].extra_text, "");
  EXPECT_EQ(message.extended_errors[1].info_code, 3);
  EXPECT_EQ(message.extended_errors[1].extra_text, "stal");
  ASSERT_EQ(message.records.size(), 1u);  // OPT is not among them
  EXPECT_EQ(message.records[0].section, Section::additional);
  EXPECT_EQ(message.answer_count, 0u);
}

TEST(ParseOpt, rejects_misplaced_and_malformed_opt) {
  const std::string opt = "00" "0029" "04d0" "00000000" "0000";
  const std::string opt_head = "00" "0029" "04d0" "00000000";
  const struct {
    std::string hex;
    const char* why;
  } rows[] = {
      {header_of("8180", 1, 0, 0, 2) + question + opt + opt, "two"},
      {header_of("8180", 1, 1, 0, 0) + question + opt, "in the answer section"},
      {header_of("8180", 1, 0, 1, 0) + question + opt, "in the authority section"},
      {header_of("8180", 1, 0, 0, 1) + question + "c00c" "0029" "04d0" "00000000" "0000", "owner"},
      {header_of("8180", 1, 0, 0, 1) + question + opt_head + "0001" "00", "half a code"},
      {header_of("8180", 1, 0, 0, 1) + question + opt_head + "0003" "000300", "half a length"},
      {header_of("8180", 1, 0, 0, 1) + question + opt_head + "0005" "0003" "0002" "00", "overrun"},
      {header_of("8180", 1, 0, 0, 1) + question + opt_head + "0004" "000f" "ffff", "overrun"},
  };
  for (const auto& row : rows) EXPECT_EQ(parse(row.hex)->error, ParseError::bad_opt) << row.why;
}

TEST(ParseOpt, extended_error_without_a_code_is_ignored) {
  const auto parsed = parse(header_of("8180", 1, 0, 0, 1) + question +
                            "00" "0029" "04d0" "00000000" "0005" "000f" "0001" "00");
  EXPECT_EQ(parsed->error, ParseError::none);
  EXPECT_TRUE(parsed->message.extended_errors.empty());
}

TEST(Message, is_reused_without_traces) {
  const Bytes rich = bytes_of_hex(header_of("8183", 1, 1, 0, 1) + question + a_record +
                                  "00" "0029" "04d0" "01008000" "000a" "00030000" "000f" "0002" "0016");
  const Bytes poor = bytes_of_hex(header_of("8000", 0, 0, 0, 0));
  Message message;
  ASSERT_EQ(parse_question(rich, message), ParseError::none);
  ASSERT_EQ(parse_records(message), ParseError::none);
  const Record* const records = message.records.data();
  ASSERT_EQ(parse_question(poor, message), ParseError::none);
  ASSERT_EQ(parse_records(message), ParseError::none);
  EXPECT_TRUE(message.records.empty());
  EXPECT_TRUE(message.extended_errors.empty());
  EXPECT_FALSE(message.edns.present);
  EXPECT_EQ(message.rcode(), Rcode::NOERROR);
  EXPECT_EQ(message.answer_count, 0u);
  EXPECT_EQ(message.qname_octets, 0);
  ASSERT_EQ(parse_question(rich, message), ParseError::none);
  ASSERT_EQ(parse_records(message), ParseError::none);
  EXPECT_EQ(message.records.data(), records);  // no allocation
}

TEST(Message, parse_error_leaves_no_half_read_answer_count) {
  const auto parsed = parse(header_of("8180", 1, 2, 0, 0) + question + a_record + a_record.substr(0, 20) +
                            "0003" "c00002");
  EXPECT_EQ(parsed->error, ParseError::bad_rdata);
  EXPECT_EQ(parsed->message.answer_count, 0u);
}

// The parser's short way for a pointer to a whole name must take what skip_name takes, and nothing else:
// pointers to every place, from owners and RDATA, after labels of every length.
TEST(ParseRecords, takes_the_names_that_skip_name_takes) {
  const Bytes head = bytes_of_hex(header_of("8180", 1, 2, 0, 0) + question);
  size_t taken = 0, refused = 0;
  for (size_t label = 0; label <= 63; ++label) {
    for (size_t target = 0; target < head.size() + 90; ++target) {
      Bytes octets = head;
      const auto put_name = [&](size_t labels) {
        const size_t at = octets.size();
        for (; labels > 0 && label > 0; --labels) {
          octets.push_back(static_cast<uint8_t>(label));
          octets.insert(octets.end(), label, 'x');
        }
        octets.push_back(static_cast<uint8_t>(0xc0 | target >> 8));
        octets.push_back(static_cast<uint8_t>(target));
        return at;
      };
      const auto put = [&](std::initializer_list<uint8_t> more) { octets.insert(octets.end(), more); };
      std::array<size_t, 3> names{};
      names[0] = put_name(4);
      put({0, 2, 0, 1, 0, 0, 0, 9, 0, static_cast<uint8_t>(label > 0 ? label + 3 : 2)});
      names[1] = put_name(1);
      names[2] = put_name(3);
      put({0, 1, 0, 1, 0, 0, 0, 9, 0, 4, 192, 0, 2, 1});
      const auto is_name = [&](size_t at) { return skip_name(octets, at) != 0; };
      const bool valid = std::all_of(names.begin(), names.end(), is_name);
      Message message;
      ASSERT_EQ(parse_question(octets, message), ParseError::none);
      EXPECT_EQ(parse_records(message) == ParseError::none, valid) << label << ' ' << target;
      (valid ? taken : refused) += 1;
    }
  }
  EXPECT_GT(taken, 500u);
  EXPECT_GT(refused, 500u);
}

TEST(ParseRecords, holds_the_most_records_a_message_can_carry) {
  std::vector<uint8_t> room(65535);
  ResponseBuilder builder(room, 1, 0x8180, {}, RRType::A, RRClass::IN);
  const Bytes root = {0};
  size_t count = 0;
  for (; builder.ok(); ++count) builder.record(Section::answer, root, RRType{65280}, 1, {});
  Message message;
  ASSERT_EQ(parse_question(builder.finish(), message), ParseError::none);
  ASSERT_EQ(parse_records(message), ParseError::none);
  EXPECT_EQ(message.answer_count, count - 1);
  EXPECT_EQ(message.answer_count, (65535u - 12) / 11);
}

TEST(ParseError, every_error_has_a_stable_code) {
  EXPECT_EQ(code_text(ParseError::short_header), "short_header");
  EXPECT_EQ(code_text(ParseError::bad_question), "bad_question");
  EXPECT_EQ(code_text(ParseError::bad_counts), "bad_counts");
  EXPECT_EQ(code_text(ParseError::bad_name), "bad_name");
  EXPECT_EQ(code_text(ParseError::bad_rdata), "bad_rdata");
  EXPECT_EQ(code_text(ParseError::bad_opt), "bad_opt");
}

}  // namespace
}  // namespace dnswarm
