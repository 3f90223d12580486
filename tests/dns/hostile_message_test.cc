// Messages of 64 KiB, as TCP carries them, that are made to cost work or memory. What malformed ones are
// called stands in message_parser_test.cc; here it is about how much they may cost.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "dns/message_parser.h"
#include "dns/name.h"
#include "dns/rdata_text.h"
#include "dnswarm/response.h"

namespace dnswarm {
namespace {

constexpr size_t message_octets = 65535;
constexpr size_t pointer_reach = 1 << 14;
constexpr uint16_t unknown_type = 65280;  // private use: its RDATA is any octets

class HostileMessage {
 public:
  HostileMessage() : octets_(header_octets) {
    octets_[2] = 0x81;
    octets_[3] = 0x80;
  }
  size_t size() const { return octets_.size(); }
  void put(std::initializer_list<unsigned> octets) {
    for (const unsigned octet : octets) octets_.push_back(static_cast<uint8_t>(octet));
  }
  void put_u16(size_t value) {
    put({static_cast<unsigned>(value >> 8 & 0xff), static_cast<unsigned>(value & 0xff)});
  }
  void put_pointer(size_t target) { put_u16(0xc000 | target); }
  // A record whose owner has been put; returns where its RDATA begins.
  size_t put_fixed(uint16_t type, size_t rdata_octets) {
    ++answers_;
    put_u16(type);
    put({0, 1, 0, 0, 0, 60});
    put_u16(rdata_octets);
    return size();
  }
  // RDATA that is a chain of `pointers`, each to the one before, down to a root label. Returns where the
  // longest begins.
  size_t put_chain(size_t pointers) {
    put({0});
    size_t last = put_fixed(unknown_type, 1 + 2 * pointers);
    put({0});
    for (size_t i = 0; i < pointers; ++i) {
      put_pointer(last);
      last = size() - 2;
    }
    return last;
  }
  // As many NS records as there is room for, their owners and data the name at `target`.
  void fill(size_t target) {
    while (size() + 14 <= message_octets) {
      put_pointer(target);
      put_fixed(static_cast<uint16_t>(RRType::NS), 2);
      put_pointer(target);
    }
  }
  ParseError parse(Message& message) {
    octets_[6] = static_cast<uint8_t>(answers_ >> 8);
    octets_[7] = static_cast<uint8_t>(answers_);
    const ParseError error = parse_question(octets_, message);
    return error == ParseError::none ? parse_records(message) : error;
  }
  std::vector<uint8_t>& octets() { return octets_; }

 private:
  std::vector<uint8_t> octets_;
  size_t answers_ = 0;
};

TEST(HostileMessage, a_name_has_no_more_pointers_than_labels) {
  for (const size_t pointers : {126u, 127u, 128u}) {
    HostileMessage built;
    const size_t chain = built.put_chain(pointers);
    Message message;
    ASSERT_EQ(built.parse(message), ParseError::none);
    EXPECT_EQ(skip_name(built.octets(), chain), pointers <= 127 ? chain + 2 : 0) << pointers;
  }
}

// 4,000 records with 8,000 pointers each were 32 million steps.
TEST(HostileMessage, the_longest_chain_of_pointers_ends_it_at_the_first_record) {
  HostileMessage built;
  const size_t chain = built.put_chain((pointer_reach - 64) / 2);
  built.fill(chain);
  Message message;
  EXPECT_EQ(built.parse(message), ParseError::bad_name);
  EXPECT_EQ(message.records.size(), 1u);
}

TEST(HostileMessage, the_longest_chains_that_are_taken_are_read_to_the_end) {
  HostileMessage built;
  built.fill(built.put_chain(126));
  Message message;
  ASSERT_EQ(built.parse(message), ParseError::none);
  EXPECT_GT(message.records.size(), 4500u);
  std::string text;
  for (const Record& record : message.records) {
    text.clear();
    append_name_text_at(built.octets(), record.owner_offset, text);
    EXPECT_EQ(text, ".");
  }
}

// The most text that a message can become: each octet of names of 255 octets needs four, twice a record.
TEST(HostileMessage, text_is_bounded_by_the_records) {
  HostileMessage built;
  built.put({0});
  const size_t name = built.put_fixed(unknown_type, 255);
  for (size_t i = 0; i < 4; ++i) {
    const unsigned label = i < 3 ? 63 : 61;
    built.put({label});
    for (size_t k = 0; k < label; ++k) built.put({1});
  }
  built.put({0});
  built.fill(name);
  Message message;
  ASSERT_EQ(built.parse(message), ParseError::none);
  std::string text;
  for (const Record& record : message.records) {
    append_name_text_at(built.octets(), record.owner_offset, text);
    append_rdata_text(record.type, record.rrclass, built.octets(), record.rdata_offset, record.rdata_octets,
                      text);
  }
  EXPECT_GT(text.size(), size_t{8} << 20);
  EXPECT_LE(text.size(), message.records.size() * 2 * 4 * 255);
}

// Promises of 65,535 records in each section cost nothing: what holds them is not made before they are there.
TEST(HostileMessage, counts_that_lie_make_no_room) {
  for (const size_t section : {6u, 8u, 10u}) {
    for (const unsigned truncated : {0u, 2u}) {
      HostileMessage built;
      built.put({0});
      built.put_fixed(unknown_type, 0);
      Message message;
      ASSERT_EQ(built.parse(message), ParseError::none);
      const size_t room = message.records.capacity();
      built.octets()[2] = static_cast<uint8_t>(0x81 | truncated);
      built.octets()[section] = built.octets()[section + 1] = 0xff;
      ASSERT_EQ(parse_question(built.octets(), message), ParseError::none);
      EXPECT_EQ(parse_records(message), truncated ? ParseError::none : ParseError::bad_counts);
      EXPECT_EQ(message.records.capacity(), room);
    }
  }
}

}  // namespace
}  // namespace dnswarm
