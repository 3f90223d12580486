#include "iterative/server_response.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/iterative/message_text.h"

namespace dnswarm {
namespace {

using testing::message_from_text;
using testing::MessageText;

class ServerResponseTest : public ::testing::Test {
 protected:
  // What the response, from a server of `zone`, means.
  const ServerResponse& read(const char* zone, std::string_view text) {
    source_ = message_from_text(text);
    EXPECT_EQ(source_.error, "");
    EXPECT_EQ(parse_question(source_.octets, message_), ParseError::none);
    EXPECT_EQ(parse_records(message_), ParseError::none);
    Name apex;
    EXPECT_EQ(apex.assign_text(zone), NameError::none);
    read_server_response(message_, apex.wire(), source_.qname.wire(), source_.qtype, response_);
    return response_;
  }
  static std::string text_of(Octets wire) {
    std::string text;
    append_name_text(wire, text);
    return text;
  }
  // "a.example CNAME, b.example A"
  std::string answers() const {
    std::string text;
    for (const Record& record : response_.answers) {
      if (!text.empty()) text += ", ";
      text += text_of(name_at(message_.octets, record.owner_offset).wire()) + " " + to_text(record.type);
    }
    return text;
  }
  // "ns1.example 192.0.2.1 2001:db8::1, ns2.example"
  std::string servers() const {
    std::string text;
    for (const NameServer& server : response_.delegation.servers) {
      if (!text.empty()) text += ", ";
      text += text_of(wire_of(server.name));
      for (const Address& address : server.addresses) text += " " + address.host_text();
    }
    return text;
  }
  std::string target() const { return text_of(response_.target.wire()); }

  MessageText source_;
  Message message_;
  ServerResponse response_;
};

// --- answers --------------------------------------------------------------------------------------

TEST_F(ServerResponseTest, an_answer_of_the_zone) {
  const ServerResponse& r = read("example", R"(
    flags aa
    question www.example A
    answer www.example 300 A 192.0.2.1
    answer www.example 300 A 192.0.2.2
    authority example 300 NS ns.example
    additional ns.example 300 A 192.0.2.53)");
  EXPECT_EQ(r.meaning, Meaning::answer);
  EXPECT_EQ(answers(), "www.example A, www.example A");
}

TEST_F(ServerResponseTest, letter_case_is_no_difference) {
  EXPECT_EQ(read("example", R"(
    flags aa
    question www.example A
    answer www.example 300 A 192.0.2.1)")
                .meaning,
            Meaning::answer);
  // The builder lower-cases; a server need not.
  for (uint8_t& octet : source_.octets) {
    if (octet >= 'a' && octet <= 'z') octet = static_cast<uint8_t>(octet - 32);
  }
  ASSERT_EQ(parse_question(source_.octets, message_), ParseError::none);
  ASSERT_EQ(parse_records(message_), ParseError::none);
  Name zone;
  ASSERT_EQ(zone.assign_text("example"), NameError::none);
  read_server_response(message_, zone.wire(), source_.qname.wire(), source_.qtype, response_);
  EXPECT_EQ(response_.meaning, Meaning::answer);
}

TEST_F(ServerResponseTest, an_answer_without_aa_is_a_lame_servers) {
  const ServerResponse& r = read("example", R"(
    flags ra
    question www.example A
    answer www.example 300 A 192.0.2.1)");
  EXPECT_EQ(r.meaning, Meaning::lame);
  EXPECT_EQ(r.code, "not_authoritative");
}

TEST_F(ServerResponseTest, records_of_other_names_in_the_answer_section_are_nobodys_answer) {
  const ServerResponse& r = read("example", R"(
    flags aa
    question www.example A
    answer www.example 300 A 192.0.2.1
    answer other.example 300 A 192.0.2.2
    answer www.bank 300 A 192.0.2.3)");
  EXPECT_EQ(r.meaning, Meaning::answer);
  EXPECT_EQ(answers(), "www.example A");
}

TEST_F(ServerResponseTest, signatures_of_the_answer_come_along_and_others_do_not) {
  const std::string rrsig = "08020000012c00000000000000000001076578616d706c650000";
  read("example", R"(
    flags aa
    question www.example A
    answer www.example 300 A 192.0.2.1
    answer www.example 300 RRSIG \# 0001)" +
                      rrsig + R"(
    answer www.example 300 RRSIG \# 001c)" +
                      rrsig);
  EXPECT_EQ(answers(), "www.example A, www.example RRSIG");
}

TEST_F(ServerResponseTest, any_asks_for_whatever_there_is) {
  EXPECT_EQ(read("example", R"(
    flags aa
    question www.example ANY
    answer www.example 300 MX 10 mail.example
    answer www.example 300 A 192.0.2.1)")
                .meaning,
            Meaning::answer);
  EXPECT_EQ(answers(), "www.example MX, www.example A");
}

// --- aliases --------------------------------------------------------------------------------------

TEST_F(ServerResponseTest, a_chain_within_the_zone_is_followed) {
  const ServerResponse& r = read("example", R"(
    flags aa
    question www.example A
    answer b.example 300 A 192.0.2.1
    answer www.example 300 CNAME a.example
    answer a.example 300 CNAME b.example)");
  EXPECT_EQ(r.meaning, Meaning::answer);
  EXPECT_EQ(r.links, 2u);
  EXPECT_EQ(answers(), "www.example CNAME, a.example CNAME, b.example A");
}

TEST_F(ServerResponseTest, what_a_server_says_of_a_target_outside_its_zone_is_not_believed) {
  const ServerResponse& r = read("example", R"(
    flags aa
    question www.example A
    answer www.example 300 CNAME www.bank
    answer www.bank 300 A 192.0.2.66)");
  EXPECT_EQ(r.meaning, Meaning::alias);
  EXPECT_EQ(target(), "www.bank");
  EXPECT_EQ(answers(), "www.example CNAME");
}

TEST_F(ServerResponseTest, an_open_chain_goes_on_at_its_end) {
  const ServerResponse& r = read("example", R"(
    flags aa
    question www.example A
    answer www.example 300 CNAME host.sub.example)");
  EXPECT_EQ(r.meaning, Meaning::alias);
  EXPECT_EQ(target(), "host.sub.example");
}

TEST_F(ServerResponseTest, a_referral_for_the_target_is_no_referral_for_the_name) {
  const ServerResponse& r = read("example", R"(
    flags aa
    question www.example A
    answer www.example 300 CNAME host.sub.example
    authority sub.example 300 NS ns.sub.example
    additional ns.sub.example 300 A 192.0.2.66)");
  EXPECT_EQ(r.meaning, Meaning::alias);
  EXPECT_TRUE(r.delegation.servers.empty());
}

TEST_F(ServerResponseTest, the_rcode_is_about_the_end_of_the_chain) {
  const ServerResponse& r = read("example", R"(
    flags aa
    rcode NXDOMAIN
    question www.example A
    answer www.example 300 CNAME gone.example
    authority example 300 SOA ns.example host.example 1 2 3 4 60)");
  EXPECT_EQ(r.meaning, Meaning::nxdomain);
  EXPECT_EQ(r.negative_ttl_s, 60u);
  EXPECT_EQ(answers(), "www.example CNAME");
}

TEST_F(ServerResponseTest, a_chain_that_ends_in_nothing_of_the_type_is_nodata) {
  EXPECT_EQ(read("example", R"(
    flags aa
    question www.example AAAA
    answer www.example 300 CNAME a.example
    authority example 300 SOA ns.example host.example 1 2 3 4 60)")
                .meaning,
            Meaning::nodata);
}

TEST_F(ServerResponseTest, nxdomain_about_a_target_outside_the_zone_says_nothing) {
  EXPECT_EQ(read("example", R"(
    flags aa
    rcode NXDOMAIN
    question www.example A
    answer www.example 300 CNAME www.bank
    authority bank 300 SOA ns.bank host.bank 1 2 3 4 60)")
                .meaning,
            Meaning::alias);
}

TEST_F(ServerResponseTest, chains_that_return_are_broken) {
  EXPECT_EQ(read("example", R"(
    flags aa
    question a.example A
    answer a.example 300 CNAME b.example
    answer b.example 300 CNAME a.example)")
                .code,
            "cname_loop");
  EXPECT_EQ(response_.links, response_links_max + 1);
  EXPECT_EQ(read("example", R"(
    flags aa
    question a.example A
    answer a.example 300 CNAME a.example)")
                .code,
            "cname_loop");
  EXPECT_EQ(response_.meaning, Meaning::broken);
}

TEST_F(ServerResponseTest, who_asks_for_cname_gets_the_link) {
  EXPECT_EQ(read("example", R"(
    flags aa
    question www.example CNAME
    answer www.example 300 CNAME www.bank)")
                .meaning,
            Meaning::answer);
}

TEST_F(ServerResponseTest, an_alias_without_aa_is_not_followed) {
  EXPECT_EQ(read("example", R"(
    question www.example A
    answer www.example 300 CNAME www.bank)")
                .code,
            "not_authoritative");
}

TEST_F(ServerResponseTest, a_dname_moves_what_is_below_it) {
  const ServerResponse& r = read("example", R"(
    flags aa
    question a.b.old.example A
    answer old.example 300 DNAME new.bank)");
  EXPECT_EQ(r.meaning, Meaning::alias);
  EXPECT_EQ(target(), "a.b.new.bank");
  EXPECT_EQ(answers(), "old.example DNAME");
}

TEST_F(ServerResponseTest, a_cname_that_comes_with_a_dname_is_shown_behind_it) {
  const ServerResponse& r = read("example", R"(
    flags aa
    question a.old.example A
    answer old.example 300 DNAME new.example
    answer a.old.example 0 CNAME a.new.example
    answer a.new.example 300 A 192.0.2.1)");
  EXPECT_EQ(r.meaning, Meaning::answer);
  EXPECT_EQ(answers(), "old.example DNAME, a.old.example CNAME, a.new.example A");
}

TEST_F(ServerResponseTest, a_cname_that_follows_from_a_dname_is_asked_for_as_such) {
  read("example", R"(
    flags aa
    question a.old.example CNAME
    answer old.example 300 DNAME new.example
    answer a.old.example 300 CNAME a.new.example)");
  EXPECT_EQ(answers(), "old.example DNAME, a.old.example CNAME");
  read("example", R"(
    flags aa
    question a.old.example CNAME
    answer old.example 300 DNAME new.example
    answer a.old.example 300 CNAME evil.example)");
  EXPECT_EQ(answers().find("CNAME"), std::string::npos) << "it contradicts the DNAME";
}

TEST_F(ServerResponseTest, a_dname_does_not_speak_for_its_owner_or_from_above_the_zone) {
  EXPECT_EQ(read("example", R"(
    flags aa
    question old.example A
    answer old.example 300 DNAME new.bank
    authority example 300 SOA ns.example host.example 1 2 3 4 60)")
                .meaning,
            Meaning::nodata);
  EXPECT_EQ(read("sub.example", R"(
    flags aa
    question a.sub.example A
    answer example 300 DNAME bank
    authority sub.example 300 SOA ns.example host.example 1 2 3 4 60)")
                .meaning,
            Meaning::nodata);
}

TEST_F(ServerResponseTest, a_dname_that_makes_a_name_too_long_is_broken) {
  std::string label(60, 'x'), name;
  for (int i = 0; i < 3; ++i) name += label + ".";
  EXPECT_EQ(read("example", "flags aa\nquestion " + name + "old.example A\nanswer old.example 300 DNAME " +
                                label + "." + label + ".example")
                .code,
            "dname_too_long");
}

// --- negative answers -----------------------------------------------------------------------------

TEST_F(ServerResponseTest, nodata_and_nxdomain) {
  EXPECT_EQ(read("example", R"(
    flags aa
    question www.example AAAA
    authority example 7200 SOA ns.example host.example 1 2 3 4 120)")
                .meaning,
            Meaning::nodata);
  EXPECT_EQ(response_.negative_ttl_s, 120u);
  EXPECT_EQ(read("example", R"(
    flags aa
    rcode NXDOMAIN
    question gone.example A
    authority example 30 SOA ns.example host.example 1 2 3 4 120)")
                .meaning,
            Meaning::nxdomain);
  EXPECT_EQ(response_.negative_ttl_s, 30u);
}

TEST_F(ServerResponseTest, without_an_soa_a_negative_answer_is_not_kept) {
  EXPECT_EQ(read("example", "flags aa\nrcode NXDOMAIN\nquestion gone.example A").meaning, Meaning::nxdomain);
  EXPECT_EQ(response_.negative_ttl_s, 0u);
  EXPECT_EQ(read("example", "flags aa\nquestion www.example A").meaning, Meaning::nodata);
  EXPECT_EQ(response_.negative_ttl_s, 0u);
}

TEST_F(ServerResponseTest, an_soa_from_outside_the_zone_does_not_count) {
  EXPECT_EQ(read("sub.example", R"(
    flags aa
    rcode NXDOMAIN
    question gone.sub.example A
    authority example 3600 SOA ns.example host.example 1 2 3 4 3600)")
                .negative_ttl_s,
            0u);
}

TEST_F(ServerResponseTest, a_server_that_serves_the_child_too_may_answer_from_it) {
  EXPECT_EQ(read("example", R"(
    flags aa
    rcode NXDOMAIN
    question gone.sub.example A
    authority sub.example 300 SOA ns.sub.example host.example 1 2 3 4 60)")
                .meaning,
            Meaning::nxdomain);
}

TEST_F(ServerResponseTest, negative_answers_without_aa_are_a_lame_servers) {
  EXPECT_EQ(read("example", R"(
    rcode NXDOMAIN
    question gone.example A
    authority example 300 SOA ns.example host.example 1 2 3 4 60)")
                .code,
            "not_authoritative");
  EXPECT_EQ(read("example", "question www.example A").code, "empty");
  EXPECT_EQ(response_.meaning, Meaning::lame);
}

TEST_F(ServerResponseTest, nodata_with_the_zones_own_ns_records_is_no_referral) {
  EXPECT_EQ(read("example", R"(
    flags aa
    question www.example AAAA
    authority example 300 NS ns.example)")
                .meaning,
            Meaning::nodata);
}

TEST_F(ServerResponseTest, nxdomain_with_an_answer_is_broken) {
  EXPECT_EQ(read("example", R"(
    flags aa
    rcode NXDOMAIN
    question www.example A
    answer www.example 300 A 192.0.2.1)")
                .code,
            "nxdomain_with_answer");
}

TEST_F(ServerResponseTest, nxdomain_with_ns_records_of_a_child_is_no_referral) {
  EXPECT_EQ(read("example", R"(
    flags aa
    rcode NXDOMAIN
    question gone.sub.example A
    authority sub.example 300 NS ns.sub.example)")
                .meaning,
            Meaning::nxdomain);
}

TEST_F(ServerResponseTest, nxdomain_behind_a_link_needs_an_soa_to_be_about_its_end) {
  EXPECT_EQ(read("example", R"(
    flags aa
    rcode NXDOMAIN
    question www.example A
    answer www.example 300 CNAME host.sub.example)")
                .meaning,
            Meaning::alias);
}

TEST_F(ServerResponseTest, the_soa_of_a_zone_beside_the_name_does_not_count) {
  EXPECT_EQ(read("example", R"(
    flags aa
    rcode NXDOMAIN
    question gone.sub.example A
    authority other.example 300 SOA ns.example host.example 1 2 3 4 60)")
                .negative_ttl_s,
            0u);
}

TEST_F(ServerResponseTest, a_signature_alone_is_no_answer) {
  EXPECT_EQ(read("example", R"(
    flags aa
    question www.example A
    answer www.example 300 RRSIG \# 000108020000012c00000000000000000001076578616d706c650000)")
                .meaning,
            Meaning::nodata);
  EXPECT_EQ(answers(), "");
}

// --- referrals ------------------------------------------------------------------------------------

TEST_F(ServerResponseTest, a_referral_with_glue) {
  const ServerResponse& r = read("example", R"(
    question www.sub.example A
    authority sub.example 3600 NS ns1.sub.example
    authority sub.example 1800 NS ns2.sub.example
    additional ns1.sub.example 3600 A 192.0.2.1
    additional ns1.sub.example 3600 AAAA 2001:db8::1
    additional ns2.sub.example 3600 A 192.0.2.2)");
  EXPECT_EQ(r.meaning, Meaning::referral);
  EXPECT_EQ(text_of(wire_of(r.delegation.zone)), "sub.example");
  EXPECT_EQ(r.delegation.ttl_s, 1800u);
  EXPECT_EQ(servers(), "ns1.sub.example 192.0.2.1 2001:db8::1, ns2.sub.example 192.0.2.2");
  EXPECT_TRUE(r.answers.empty());
}

TEST_F(ServerResponseTest, a_cut_with_the_top_bit_in_its_ttl_is_for_now_only) {
  read("example", R"(
    question www.sub.example A
    authority sub.example 3600 NS ns1.sub.example
    authority sub.example 2147483648 NS ns2.sub.example)");
  EXPECT_EQ(response_.delegation.ttl_s, 0u);
}

TEST_F(ServerResponseTest, glue_of_a_sibling_zone_is_believed_and_glue_from_elsewhere_is_not) {
  read("com", R"(
    question www.shop.com A
    authority shop.com 3600 NS ns.host.com
    authority shop.com 3600 NS ns.host.net
    additional ns.host.com 3600 A 192.0.2.1
    additional ns.host.net 3600 A 192.0.2.66)");
  EXPECT_EQ(servers(), "ns.host.com 192.0.2.1, ns.host.net");
}

TEST_F(ServerResponseTest, addresses_of_those_who_are_no_name_servers_are_not_glue) {
  read("com", R"(
    question www.shop.com A
    authority shop.com 3600 NS ns.shop.com
    additional www.shop.com 3600 A 192.0.2.66
    additional ns.shop.com 3600 A 192.0.2.1
    additional ns.shop.com 3600 A 192.0.2.1)");
  EXPECT_EQ(servers(), "ns.shop.com 192.0.2.1");
}

TEST_F(ServerResponseTest, the_root_refers_to_anyone) {
  EXPECT_EQ(read(".", R"(
    question www.example.com A
    authority com 172800 NS a.gtld-servers.net
    additional a.gtld-servers.net 172800 A 192.0.2.1)")
                .meaning,
            Meaning::referral);
  EXPECT_EQ(servers(), "a.gtld-servers.net 192.0.2.1");
}

TEST_F(ServerResponseTest, a_cut_at_the_name_itself) {
  EXPECT_EQ(read("com", R"(
    question shop.com A
    authority shop.com 3600 NS ns.shop.com)")
                .meaning,
            Meaning::referral);
}

TEST_F(ServerResponseTest, a_referral_may_carry_aa) {
  EXPECT_EQ(read("com", R"(
    flags aa
    question www.shop.com A
    authority shop.com 3600 NS ns.shop.com)")
                .meaning,
            Meaning::referral);
}

TEST_F(ServerResponseTest, referrals_to_the_zone_itself_or_upwards_are_lame) {
  EXPECT_EQ(read("shop.com", R"(
    question www.shop.com A
    authority shop.com 3600 NS ns.shop.com)")
                .code,
            "upward_referral");
  EXPECT_EQ(read("shop.com", R"(
    question www.shop.com A
    authority . 3600 NS a.root-servers.net)")
                .code,
            "upward_referral");
  EXPECT_EQ(response_.meaning, Meaning::lame);
}

TEST_F(ServerResponseTest, a_referral_away_from_the_name_is_none) {
  EXPECT_EQ(read("com", R"(
    question www.shop.com A
    authority bank.com 3600 NS ns.evil.com
    additional ns.evil.com 3600 A 192.0.2.66)")
                .code,
            "empty");
  EXPECT_EQ(read("com", R"(
    question www.shop.com A
    authority example.net 3600 NS ns.evil.com)")
                .code,
            "empty");
}

TEST_F(ServerResponseTest, of_two_cuts_the_first_counts) {
  read("com", R"(
    question a.b.shop.com A
    authority shop.com 3600 NS ns.shop.com
    authority b.shop.com 3600 NS ns.evil.com)");
  EXPECT_EQ(servers(), "ns.shop.com");
}

TEST_F(ServerResponseTest, name_servers_and_glue_are_bounded) {
  std::string text = "question www.shop.com A\n";
  for (int i = 0; i < 40; ++i)
    text += "authority shop.com 3600 NS ns" + std::to_string(i / 2) + ".shop.com\n";
  for (int i = 20; i < 40; ++i) text += "authority shop.com 3600 NS ns" + std::to_string(i) + ".shop.com\n";
  for (int i = 0; i < 40; ++i) text += "additional ns0.shop.com 3600 A 192.0.2." + std::to_string(i) + "\n";
  read("com", text);
  ASSERT_EQ(response_.delegation.servers.size(), name_servers_max);
  EXPECT_EQ(text_of(wire_of(response_.delegation.servers.back().name)), "ns19.shop.com");
  EXPECT_EQ(response_.delegation.servers[0].addresses.size(), glue_addresses_max);
}

TEST_F(ServerResponseTest, one_reading_leaves_nothing_behind_for_the_next) {
  read("com", R"(
    question www.shop.com A
    authority shop.com 3600 NS ns.shop.com)");
  const ServerResponse& r = read("example", R"(
    flags aa
    question www.example A
    answer www.example 300 A 192.0.2.1)");
  EXPECT_TRUE(r.delegation.servers.empty());
  EXPECT_EQ(r.code, "");
  EXPECT_EQ(r.links, 0u);
}

}  // namespace
}  // namespace dnswarm
