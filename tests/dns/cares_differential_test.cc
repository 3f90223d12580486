// c-ares as oracle: the queries it builds, the names it expands, the replies it parses.
#include <ares.h>
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netdb.h>

#include <algorithm>
#include <memory>
#include <random>

#include "dns/message_parser.h"
#include "dns/query_builder.h"
#include "dns/response_builder.h"
#include "wire_text.h"

namespace dnswarm {
namespace {

std::string cares_query_hex(const std::string& name, RRType type, uint16_t id, bool rd,
                            int udp_payload_octets) {
  unsigned char* octets = nullptr;
  int size = 0;
  const int result = ares_create_query(name.c_str(), 1, static_cast<int>(type), id, rd, &octets,
                                       &size, udp_payload_octets);
  if (result != ARES_SUCCESS) return ares_strerror(result);
  std::string hex = hex_of({octets, static_cast<size_t>(size)});
  ares_free_string(octets);
  return hex;
}

// c-ares reads \DDD as an escaped D and two digits, so no name has one.
TEST(CaresDifferential, queries_are_the_same_octets) {
  const std::string names[] = {"example.com", "a.b.c.d.e.f", "_dmarc.example.com", "x\\.y.example",
                               "xn--bcher-kva.de",
                               std::string(63, 'a') + "." + std::string(63, 'b')};
  for (const std::string& name : names) {
    for (RRType type : {RRType::A, RRType::AAAA, RRType::CAA, RRType{65280}}) {
      for (bool edns : {false, true}) {
        for (bool rd : {false, true}) {
          QueryOptions options;
          options.recursion_desired = rd;
          const Bytes qname = name_bytes(name);
          std::array<uint8_t, query_octets_max> room;
          const size_t size = QueryBuilder(options).build(qname, type, 77, edns, room.data());
          EXPECT_EQ(hex_of({room.data(), size}),
                    cares_query_hex(name, type, 77, rd, edns ? options.udp_payload_octets : 0));
        }
      }
    }
  }
}

// What ares_expand_name would write: it leaves blanks as they are and the root empty.
std::string as_cares_writes(std::string text) {
  if (text == ".") return "";
  for (size_t at = 0; (at = text.find("\\032", at)) != text.npos; ++at) text.replace(at, 4, " ");
  return text;
}

// Labels of any octets with pointers strewn in. c-ares also follows pointers forward, so only what
// we accept is compared; what it refuses we must refuse too.
TEST(CaresDifferential, names_expand_to_the_same_text) {
  std::mt19937 random(2);
  const auto below = [&random](size_t bound) { return static_cast<size_t>(random()) % bound; };
  size_t accepted = 0, refused = 0;
  for (int round = 0; round < 20000; ++round) {
    Bytes message;
    while (message.size() < 60) {
      const size_t kind = below(8);
      if (kind == 0) {
        message.push_back(0);
      } else if (kind == 1) {
        message.push_back(0xc0);
        message.push_back(static_cast<uint8_t>(below(message.size() + 4)));
      } else {
        const size_t octets = 1 + below(5);
        message.push_back(static_cast<uint8_t>(octets));
        // No backslash before the digits 032, which as_cares_writes would mistake.
        for (size_t i = 0; i < octets; ++i) {
          const auto octet = static_cast<uint8_t>(random());
          message.push_back(octet == '\\' ? '/' : octet);
        }
      }
    }
    const size_t offset = below(message.size());
    char* text = nullptr;
    long octets = 0;
    const int result = ares_expand_name(message.data() + offset, message.data(),
                                        static_cast<int>(message.size()), &text, &octets);
    std::array<uint8_t, name_octets_max> wire;
    size_t end = 0;
    const size_t size = expand_name(message, offset, wire, &end);
    if (result != ARES_SUCCESS) {
      EXPECT_EQ(size, 0u) << hex_of(message) << " at " << offset;
      ++refused;
      continue;
    }
    // A label that is one NUL ends the name for c-ares 1.18.
    const uint8_t nul_label[] = {1, 0};
    const auto name_end = wire.begin() + static_cast<ptrdiff_t>(size);
    const bool has_nul = std::search(wire.begin(), name_end, nul_label, nul_label + 2) != name_end;
    if (size != 0 && !has_nul) {
      EXPECT_EQ(as_cares_writes(text_of_name({wire.data(), size})), text) << hex_of(message);
      EXPECT_EQ(end, offset + static_cast<size_t>(octets));
      ++accepted;
    }
    ares_free_string(text);
  }
  EXPECT_GT(accepted, 1000u);
  EXPECT_GT(refused, 1000u);
}

class CaresReplies : public testing::Test {
 protected:
  // A reply with `rdatas` as the records of `type`, as both parsers see it.
  void build(RRType type, std::initializer_list<std::string> rdatas) {
    const Bytes qname = name_bytes("a.example");
    ResponseBuilder builder(room_, 1, 0x8180, qname, type, RRClass::IN);
    for (const std::string& hex : rdatas) {
      builder.record(Section::answer, qname, type, 300, bytes_of_hex(hex));
    }
    ASSERT_TRUE(builder.ok());
    octets_ = builder.finish();
    ASSERT_EQ(parse_question(octets_, message_), ParseError::none);
    ASSERT_EQ(parse_records(message_), ParseError::none);
    ASSERT_EQ(message_.answer_count, rdatas.size());
  }
  std::string our_text(size_t index) const {
    const Record& record = message_.records[index];
    std::string text;
    append_rdata_text(record.type, record.rrclass, octets_, record.rdata_offset, record.rdata_octets,
                      text);
    return text;
  }
  int size() const { return static_cast<int>(octets_.size()); }
  const uint8_t* data() const { return octets_.data(); }

  std::array<uint8_t, 4096> room_;
  Octets octets_;
  Message message_;
};

struct FreeReply {
  void operator()(void* reply) const { ares_free_data(reply); }
};
template <typename Reply>
using ReplyList = std::unique_ptr<Reply, FreeReply>;

TEST_F(CaresReplies, a_and_aaaa_agree) {
  build(RRType::A, {"c0000201", "c6336401", "00000000"});
  ares_addrttl v4[4];
  int count = 4;
  ASSERT_EQ(ares_parse_a_reply(data(), size(), nullptr, v4, &count), ARES_SUCCESS);
  ASSERT_EQ(count, 3);
  char text[64];
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(our_text(i), inet_ntop(AF_INET, &v4[i].ipaddr, text, sizeof text));
    EXPECT_EQ(message_.records[i].ttl, static_cast<uint32_t>(v4[i].ttl));
  }
  build(RRType::AAAA, {"20010db8000000000000000000000001", "00000000000000000000ffffc0000201"});
  ares_addr6ttl v6[4];
  count = 4;
  ASSERT_EQ(ares_parse_aaaa_reply(data(), size(), nullptr, v6, &count), ARES_SUCCESS);
  ASSERT_EQ(count, 2);
  for (size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(our_text(i), inet_ntop(AF_INET6, &v6[i].ip6addr, text, sizeof text));
  }
}

TEST_F(CaresReplies, mx_and_srv_agree) {
  build(RRType::MX, {"000a016d00", "0000" "056d2e78206100"});
  ares_mx_reply* mx = nullptr;
  ASSERT_EQ(ares_parse_mx_reply(data(), size(), &mx), ARES_SUCCESS);
  const ReplyList<ares_mx_reply> mx_owner(mx);
  for (size_t i = 0; i < 2; ++i, mx = mx->next) {
    EXPECT_EQ(as_cares_writes(our_text(i)), std::to_string(mx->priority) + " " + mx->host);
  }
  EXPECT_EQ(mx, nullptr);
  build(RRType::SRV, {"0001000213c40373697002657800"});
  ares_srv_reply* srv = nullptr;
  ASSERT_EQ(ares_parse_srv_reply(data(), size(), &srv), ARES_SUCCESS);
  const ReplyList<ares_srv_reply> srv_owner(srv);
  EXPECT_EQ(our_text(0), std::to_string(srv->priority) + " " + std::to_string(srv->weight) + " " +
                             std::to_string(srv->port) + " " + srv->host);
}

TEST_F(CaresReplies, soa_naptr_caa_and_uri_agree) {
  build(RRType::SOA, {"016e00" "01680162" "00" "00000001" "00000002" "00000003" "00000004" "ffffffff"});
  ares_soa_reply* soa = nullptr;
  ASSERT_EQ(ares_parse_soa_reply(data(), size(), &soa), ARES_SUCCESS);
  const ReplyList<ares_soa_reply> soa_owner(soa);
  EXPECT_EQ(our_text(0), std::string(soa->nsname) + " " + soa->hostmaster + " " +
                             std::to_string(soa->serial) + " " + std::to_string(soa->refresh) + " " +
                             std::to_string(soa->retry) + " " + std::to_string(soa->expire) + " " +
                             std::to_string(soa->minttl));
  build(RRType::NAPTR, {"0064" "0032" "0173" "0453495030" "00" "017200"});
  ares_naptr_reply* naptr = nullptr;
  ASSERT_EQ(ares_parse_naptr_reply(data(), size(), &naptr), ARES_SUCCESS);
  const ReplyList<ares_naptr_reply> naptr_owner(naptr);
  const auto quoted = [](const unsigned char* text) {
    return " \"" + std::string(reinterpret_cast<const char*>(text)) + "\"";
  };
  EXPECT_EQ(our_text(0), std::to_string(naptr->order) + " " + std::to_string(naptr->preference) +
                             quoted(naptr->flags) + quoted(naptr->service) + quoted(naptr->regexp) +
                             " " + naptr->replacement);
  build(RRType::CAA, {"80" "056973737565" "63612e6578"});
  ares_caa_reply* caa = nullptr;
  ASSERT_EQ(ares_parse_caa_reply(data(), size(), &caa), ARES_SUCCESS);
  const ReplyList<ares_caa_reply> caa_owner(caa);
  EXPECT_EQ(our_text(0), std::to_string(caa->critical) + " " +
                             reinterpret_cast<const char*>(caa->property) + quoted(caa->value));
  build(RRType::URI, {"000a" "0001" "68747470733a2f2f6578"});
  ares_uri_reply* uri = nullptr;
  ASSERT_EQ(ares_parse_uri_reply(data(), size(), &uri), ARES_SUCCESS);
  const ReplyList<ares_uri_reply> uri_owner(uri);
  EXPECT_EQ(our_text(0), std::to_string(uri->priority) + " " + std::to_string(uri->weight) + " \"" +
                             uri->uri + "\"");
}

TEST_F(CaresReplies, txt_strings_agree) {
  build(RRType::TXT, {"03616263" "00" "025a7a", "0178"});
  ares_txt_ext* txt = nullptr;
  ASSERT_EQ(ares_parse_txt_reply_ext(data(), size(), &txt), ARES_SUCCESS);
  const ReplyList<ares_txt_ext> txt_owner(txt);
  std::vector<std::string> texts;
  for (; txt != nullptr; txt = txt->next) {
    if (txt->record_start) texts.emplace_back();
    if (!txt->record_start) texts.back() += ' ';
    texts.back() += '"' + std::string(reinterpret_cast<const char*>(txt->txt), txt->length) + '"';
  }
  ASSERT_EQ(texts.size(), 2u);
  for (size_t i = 0; i < 2; ++i) EXPECT_EQ(our_text(i), texts[i]);
}

}  // namespace
}  // namespace dnswarm
