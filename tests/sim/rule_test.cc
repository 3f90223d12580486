#include "rule.h"

#include <gtest/gtest.h>

#include <array>
#include <map>
#include <random>
#include <string>

#include "dns/message_parser.h"
#include "dns/name.h"
#include "dns/query_builder.h"
#include "response_writer.h"

namespace dnswarm::sim {
namespace {

Name name_of(std::string_view text) {
  Name name;
  EXPECT_EQ(name.assign_text(text), NameError::none) << text;
  return name;
}

// "NOERROR www.example.com A 10.1.2.3 | ...": all of an answer in one line.
std::string answer_text(const Rule& rule, std::string_view qname, RRType type,
                        RRClass rrclass = RRClass::IN) {
  Answer answer;
  const Name name = name_of(qname);
  rule.answer(name.wire(), type, rrclass, answer);
  std::string text(to_text(answer.rcode));
  for (const auto& record : answer.records()) {
    text += record.section == Section::answer ? " | " : " / ";
    append_name_text(answer.owner(record), text);
    text += ' ' + std::to_string(record.ttl) + ' ' + to_text(record.type) + ' ';
    const Octets rdata = answer.rdata(record);
    if (record.type == RRType::A) {
      for (size_t i = 0; i < 4; ++i) text += (i ? "." : "") + std::to_string(rdata[i]);
    } else if (record.type == RRType::CNAME) {
      append_name_text(rdata, text);
    }
  }
  return text;
}

// These must never change: results of older versions are checked against them.
TEST(Rule, answers_stay_the_same_from_version_to_version) {
  const Rule rule{RuleOptions{}};
  EXPECT_EQ(answer_text(rule, "www.example.com", RRType::A),
            "NOERROR | www.example.com 300 CNAME chain2-25fd5ac2.example.com"
            " | chain2-25fd5ac2.example.com 300 CNAME chain1-7a37ca6e.example.com"
            " | chain1-7a37ca6e.example.com 300 CNAME to-f5ecf466.example.com"
            " | to-f5ecf466.example.com 300 A 10.31.24.176");
  EXPECT_EQ(answer_text(rule, "to-a.example.com", RRType::A),
            "NOERROR | to-a.example.com 300 A 10.49.166.185");
  EXPECT_EQ(answer_text(rule, "cname-a.example.com", RRType::A),
            "NOERROR | cname-a.example.com 300 CNAME to-c4cf250d.example.com"
            " | to-c4cf250d.example.com 300 A 10.89.83.68");
  EXPECT_EQ(answer_text(rule, "nx-a.example.com", RRType::A), "NXDOMAIN / example.com 60 SOA ");
}

TEST(Rule, is_the_same_for_any_letter_case) {
  const std::string lower("\3www\7example\3com\0", 17);
  const std::string mixed("\3wWw\7eXAmple\3COM\0", 17);
  const auto scan = [](const std::string& wire) {
    return scan_name({reinterpret_cast<const uint8_t*>(wire.data()), wire.size()});
  };
  EXPECT_EQ(scan(lower).hash, scan(mixed).hash);
  EXPECT_EQ(scan(lower).octets, 17);
  EXPECT_EQ(scan(lower).zone_offset, 4);
}

TEST(Rule, scan_rejects_what_is_no_uncompressed_name) {
  const std::string too_long(256, '\1');
  for (const std::string& wire :
       {std::string(), std::string("\3ww", 3), std::string("\3www", 4), std::string("\300\14", 2),
        std::string("\100", 1) + std::string(64, 'a') + '\0', too_long}) {
    EXPECT_EQ(scan_name({reinterpret_cast<const uint8_t*>(wire.data()), wire.size()}).octets, 0);
  }
}

TEST(Rule, first_label_forces_the_kind) {
  const Rule rule{RuleOptions{}};
  const struct {
    const char* name;
    Kind kind;
    unsigned number;
  } cases[] = {{"nx-a.b.c", Kind::nxdomain, 0},
               {"nodata-a.b.c", Kind::nodata, 0},
               {"cname-a.b.c", Kind::cname, 1},
               {"chain5-a.b.c", Kind::cname, 5},
               {"chain64-a.b.c", Kind::cname, 64},
               {"opencname-a.b.c", Kind::open_cname, 1},
               {"openchain12-a.b.c", Kind::open_cname, 12},
               {"loop-a.b.c", Kind::loop, 0},
               {"multi-a.b.c", Kind::multi, 0},
               {"big-a.b.c", Kind::big, 0},
               {"tc-a.b.c", Kind::tc, 0},
               {"servfail-a.b.c", Kind::servfail, 0},
               {"refused-a.b.c", Kind::refused, 0},
               {"formerr-a.b.c", Kind::formerr, 0},
               {"notimp-a.b.c", Kind::notimp, 0},
               {"slow-a.b.c", Kind::slow, 300},
               {"slow25-a.b.c", Kind::slow, 25},
               {"ok-a.b.c", Kind::plain, 0}};
  for (const auto& c : cases) {
    const Name name = name_of(c.name);
    const NameKind kind = rule.kind(name.wire(), scan_name(name.wire()));
    EXPECT_EQ(kind.kind, c.kind) << c.name;
    EXPECT_EQ(kind.number, c.number) << c.name;
  }
}

TEST(Rule, other_first_labels_are_left_to_the_mix) {
  RuleOptions options;
  options.mix = *Mix::from_text("refused=100", nullptr);
  const Rule rule{options};
  for (const char* text : {"nx.a.b", "xnx-a.b", "chain0-a.b", "chain65-a.b", "chain-a.b",
                           "chainx-a.b", "slow60001-a.b", "-.a.b", "www.nx-a.b", "."}) {
    const Name name = name_of(text);
    EXPECT_EQ(rule.kind(name.wire(), scan_name(name.wire())).kind, Kind::refused) << text;
  }
}

TEST(Rule, mix_comes_out_as_asked) {
  std::string error;
  RuleOptions options;
  options.mix = *Mix::from_text("nxdomain=40,nodata=0.5,tc=10%,open_cname=5", &error);
  const Rule rule{options};
  std::map<Kind, unsigned> count;
  constexpr unsigned names = 100'000;
  for (unsigned i = 0; i < names; ++i) {
    const Name name = name_of("h" + std::to_string(i) + ".example.org");
    ++count[rule.kind(name.wire(), scan_name(name.wire())).kind];
  }
  EXPECT_NEAR(count[Kind::nxdomain], names * 0.40, names * 0.01);
  EXPECT_NEAR(count[Kind::nodata], names * 0.005, names * 0.002);
  EXPECT_NEAR(count[Kind::tc], names * 0.10, names * 0.01);
  EXPECT_NEAR(count[Kind::open_cname], names * 0.05, names * 0.01);
  EXPECT_NEAR(count[Kind::plain], names * 0.445, names * 0.01);
  EXPECT_EQ(count.size(), 5u);
}

TEST(Rule, mix_rejects_what_it_cannot_be) {
  for (const char* text : {"nxdomain", "nxdomain=", "nxdomain=x", "nxdomain=-1", "nxdomain=101",
                           "=5", "nxdomain=60,tc=50", "plain=5", "nxdomain=5;tc=1", "tc=nan"}) {
    std::string error;
    EXPECT_FALSE(Mix::from_text(text, &error)) << text;
    EXPECT_FALSE(error.empty()) << text;
  }
}

TEST(Rule, classes_and_query_types_that_have_no_data) {
  const Rule rule{RuleOptions{}};
  EXPECT_EQ(answer_text(rule, "ok-a.b.c", RRType::A, RRClass::HS), "REFUSED");
  EXPECT_EQ(answer_text(rule, "version.bind", RRType::TXT, RRClass::CH),
            "NOERROR | version.bind 0 TXT ");
  EXPECT_EQ(answer_text(rule, "ok-a.b.c", RRType::OPT), "FORMERR");
  EXPECT_EQ(answer_text(rule, "ok-a.b.c", RRType::AXFR), "NOTIMP");
  EXPECT_EQ(answer_text(rule, "ok-a.b.c", RRType::ANY), "NOERROR | ok-a.b.c 300 HINFO ");
  EXPECT_EQ(answer_text(rule, "ok-a.b.c", RRType::X25), "NOERROR / b.c 60 SOA ");
  EXPECT_EQ(answer_text(rule, "nx-a", RRType::A), "NXDOMAIN / nx-a 60 SOA ");
}

// Every record of every type must be what the parser takes for well-formed.
TEST(Rule, responses_of_all_types_and_kinds_parse) {
  const Rule rule{RuleOptions{}};
  ResponseWriter writer(rule, &rule, {});
  const QueryBuilder builder{QueryOptions{}};
  std::array<uint8_t, query_octets_max> query;
  std::array<uint8_t, response_octets_max> room;
  for (const char* text : {"ok-a.example.com", "multi-a.example.com", "big-a.example.com", "com",
                           ".", "chain64-a.example.com", "loop-a.example.com", "nx-a.example.com",
                           "loop-x.example.com", "opencname-a.b", "tc-a.b", "multi-a"}) {
    for (unsigned type = 1; type < 300; ++type) {
      const Name name = name_of(text);
      const size_t size =
          builder.build(name.wire(), static_cast<RRType>(type), 7, true, query.data());
      ResponseNote note;
      const size_t got = writer.write({query.data(), size}, Transport::tcp, "", room.data(), note);
      Message message;
      message.octets = {room.data(), got};
      ASSERT_EQ(parse_question(message.octets, message), ParseError::none) << text << ' ' << type;
      ASSERT_EQ(parse_records(message), ParseError::none) << text << ' ' << type;
      EXPECT_EQ(message.header.id, 7);
      EXPECT_TRUE(message.edns.present);
    }
  }
}

TEST(ResponseWriter, short_way_equals_the_general_way) {
  std::mt19937_64 random(1);
  std::string error;
  RuleOptions options;
  options.mix = *Mix::from_text("nxdomain=20,nodata=10,multi=30,tc=10,cname=5", &error);
  const Rule rule{options};
  ResponseWriter writer(rule, &rule, {});
  size_t taken = 0;
  for (unsigned round = 0; round < 50'000; ++round) {
    std::string wire;
    for (uint64_t labels = random() % 6; labels > 0; --labels) {
      const size_t size = 1 + random() % (round % 10 == 0 ? 63 : 12);
      if (wire.size() + size + 2 > 255) break;
      wire += static_cast<char>(size);
      for (size_t i = 0; i < size; ++i) wire += "abcXYZ-09"[random() % 9];
    }
    wire += '\0';
    QueryOptions query_options;
    query_options.dnssec_ok = random() % 2;
    const QueryBuilder builder{query_options};
    std::array<uint8_t, query_octets_max> octets;
    const size_t size = builder.build({reinterpret_cast<const uint8_t*>(wire.data()), wire.size()},
                                      random() % 2 ? RRType::A : RRType::AAAA,
                                      static_cast<uint16_t>(random()), random() % 2, octets.data());
    QueryView query;
    ASSERT_EQ(parse_query({octets.data(), size}, query), QueryError::none);
    const auto transport = random() % 4 ? Transport::udp : Transport::tcp;
    std::array<uint8_t, response_octets_max> a, b;
    ResponseNote note_a, note_b;
    const size_t size_a = writer.write_short(query, transport, a.data(), note_a);
    if (size_a == 0) continue;
    ++taken;
    const size_t size_b = writer.write_general(query, transport, "", b.data(), note_b);
    ASSERT_EQ(std::string(a.begin(), a.begin() + static_cast<long>(size_a)),
              std::string(b.begin(), b.begin() + static_cast<long>(size_b)));
    ASSERT_EQ(note_a.rcode, note_b.rcode);
    ASSERT_EQ(note_a.truncated, note_b.truncated);
  }
  EXPECT_GT(taken, 35'000u);
}

TEST(ResponseWriter, answers_malformed_queries_as_rfcs_say) {
  const Rule rule{RuleOptions{}};
  ResponseWriter writer(rule, &rule, {});
  const auto rcode = [&](const std::string& query) {
    std::array<uint8_t, response_octets_max> room;
    ResponseNote note;
    const size_t size = writer.write({reinterpret_cast<const uint8_t*>(query.data()), query.size()},
                                     Transport::udp, "", room.data(), note);
    return size == 0 ? -1 : room[3] & 15;
  };
  const std::string head("\0\1\1\0\0\1\0\0\0\0\0\0", 12);
  std::string response = head;
  response[2] = '\x81';
  std::string update = head;
  update[2] = 5 << 3;
  std::string two_questions = head;
  two_questions[5] = 2;
  EXPECT_EQ(rcode(""), -1);
  EXPECT_EQ(rcode(head.substr(0, 11)), -1);
  EXPECT_EQ(rcode(response + std::string("\1a\0\0\1\0\1", 7)), -1);
  EXPECT_EQ(rcode(head), 1);
  EXPECT_EQ(rcode(head + std::string("\1a\0\0\1\0", 6)), 1);
  EXPECT_EQ(rcode(head + std::string("\300\14\0\1\0\1", 6)), 1);
  EXPECT_EQ(rcode(two_questions + std::string("\1a\0\0\1\0\1", 7)), 1);
  EXPECT_EQ(rcode(update + std::string("\1a\0\0\1\0\1", 7)), 4);
}

TEST(ResponseWriter, cuts_what_the_client_does_not_take_over_udp) {
  const Rule rule{RuleOptions{}};
  ResponseWriter writer(rule, &rule, {});
  const Name name = name_of("big-a.example.com");
  const QueryBuilder builder{QueryOptions{}};
  std::array<uint8_t, query_octets_max> query;
  std::array<uint8_t, response_octets_max> room;
  const size_t size = builder.build(name.wire(), RRType::A, 7, true, query.data());
  ResponseNote note;
  EXPECT_LT(writer.write({query.data(), size}, Transport::udp, "", room.data(), note), 1232u);
  EXPECT_TRUE(note.truncated);
  EXPECT_TRUE(room[2] & 2);
  EXPECT_GT(writer.write({query.data(), size}, Transport::tcp, "", room.data(), note), big_octets);
  EXPECT_FALSE(note.truncated);
}

}  // namespace
}  // namespace dnswarm::sim
