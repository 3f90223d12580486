#include "net/udp_message.h"

#include <gtest/gtest.h>
#include <netinet/udp.h>

#include <cerrno>
#include <cstring>

namespace dnswarm {
namespace {

TEST(SegmentsInOneSend, stays_within_64_segments_and_64_KiB) {
  struct {
    uint16_t octets, segments, done;
    bool gso;
    uint16_t expected;
  } const table[] = {
      {50, 1, 0, true, 1},     {50, 64, 0, true, 64},   {50, 64, 40, true, 24},
      {1232, 64, 0, true, 53}, {1232, 64, 53, true, 11}, {65467, 2, 0, true, 1},
      {65535, 2, 1, true, 1},  {0, 5, 0, true, 1},      {50, 64, 0, false, 1},
  };
  for (const auto& row : table) {
    const SendBatch batch{.segment_octets = row.octets, .segments = row.segments};
    EXPECT_EQ(segments_in_one_send(batch, row.done, row.gso), row.expected)
        << row.octets << ' ' << row.segments << ' ' << row.done;
  }
}

// Before Linux 6.12 a segment size fails on some devices even with a single segment.
TEST(SendMessage, has_a_segment_size_only_with_two_segments_or_more) {
  const uint8_t octets[60] = {};
  SendMessage message;
  message.fill({.octets = octets, .segment_octets = 30, .segments = 1});
  EXPECT_EQ(message.header.msg_controllen, 0u);
  EXPECT_EQ(message.part.iov_len, 30u);
  message.fill({.octets = octets, .segment_octets = 30, .segments = 2});
  EXPECT_EQ(message.part.iov_len, 60u);
  const cmsghdr* control = CMSG_FIRSTHDR(&message.header);
  ASSERT_NE(control, nullptr);
  EXPECT_EQ(control->cmsg_type, UDP_SEGMENT);
  uint16_t size = 0;
  std::memcpy(&size, CMSG_DATA(control), sizeof size);
  EXPECT_EQ(size, 30);
}

TEST(SegmentationErrors, are_not_those_of_the_network) {
  for (const int error : {EIO, EINVAL, EMSGSIZE}) EXPECT_TRUE(is_segmentation_error(error));
  for (const int error : {EAGAIN, ECONNREFUSED, EPERM, EACCES, ENETUNREACH, ENOBUFS, 0}) {
    EXPECT_FALSE(is_segmentation_error(error)) << error;
  }
}

}  // namespace
}  // namespace dnswarm
