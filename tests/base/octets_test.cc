#include "base/octets.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

namespace dnswarm {
namespace {

TEST(OctetReader, reads_big_endian) {
  const uint8_t octets[] = {0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07};
  OctetReader in(octets);
  EXPECT_EQ(in.u8(), 0x01);
  EXPECT_EQ(in.u16(), 0x0203);
  EXPECT_EQ(in.u32(), 0x04050607u);
  EXPECT_TRUE(in.ok());
  EXPECT_EQ(in.left(), 0u);
}

TEST(OctetReader, a_read_past_the_end_gives_zero_and_the_error_sticks) {
  const uint8_t octets[] = {0xff, 0xff, 0xff};
  OctetReader in(octets);
  EXPECT_EQ(in.u32(), 0u);
  EXPECT_FALSE(in.ok());
  EXPECT_EQ(in.u8(), 0);  // though there would be octets
  EXPECT_TRUE(in.octets(1).empty());
  EXPECT_FALSE(in.ok());
}

TEST(OctetReader, seeking_past_the_end_fails) {
  const uint8_t octets[] = {1, 2};
  OctetReader in(octets);
  in.seek(2);
  EXPECT_TRUE(in.ok());
  in.seek(3);
  EXPECT_FALSE(in.ok());
}

TEST(OctetWriter, writes_big_endian_and_patches) {
  std::array<uint8_t, 8> room{};
  OctetWriter out(room);
  out.u16(0);
  out.u32(0x01020304);
  out.u8(9);
  out.patch_u16(0, 0xabcd);
  ASSERT_TRUE(out.ok());
  const uint8_t expected[] = {0xab, 0xcd, 1, 2, 3, 4, 9};
  EXPECT_TRUE(std::equal(out.written().begin(), out.written().end(), expected, expected + 7));
}

TEST(OctetWriter, never_writes_past_the_room) {
  std::array<uint8_t, 3> room{7, 7, 7};
  OctetWriter out({room.data(), 2});
  out.u32(0x01020304);
  EXPECT_FALSE(out.ok());
  EXPECT_EQ(room[2], 7);
}

TEST(OctetWriter, patches_only_what_was_written) {
  std::array<uint8_t, 4> room{};
  OctetWriter out(room);
  out.u8(1);
  out.patch_u16(0, 1);
  EXPECT_FALSE(out.ok());
}

}  // namespace
}  // namespace dnswarm
