#include "cli/ordered_window.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <random>
#include <thread>

namespace dnswarm::cli {
namespace {

constexpr std::array one_type{RRType::A};
constexpr std::array three_types{RRType::MX, RRType::A, RRType::TXT};

TEST(OrderedWindow, rows_leave_in_the_order_of_lines_and_types) {
  std::string out;
  OrderedWindow window([&](std::string_view row, const DoneRow&) { out += row; }, 16);
  window.announce(0, one_type);
  window.announce(1, three_types);
  window.announce(4, one_type);
  window.put(4, RRType::A, "e");
  window.put(1, RRType::TXT, "d");
  window.put(1, RRType::MX, "b");
  EXPECT_EQ(out, "");
  window.put(0, RRType::A, "a");
  EXPECT_EQ(out, "ab");
  EXPECT_EQ(window.rows_held(), 3u);
  window.put(1, RRType::A, "c");
  EXPECT_EQ(out, "abcde");
  EXPECT_EQ(window.rows_held(), 0u);
}

TEST(OrderedWindow, is_full_by_rows) {
  OrderedWindow window([](std::string_view, const DoneRow&) {}, 4);
  window.announce(0, three_types);
  EXPECT_TRUE(window.has_room(1));
  EXPECT_FALSE(window.has_room(2));
  window.put(0, RRType::MX, "");
  EXPECT_TRUE(window.has_room(2));
}

TEST(OrderedWindow, is_full_by_octets_until_the_row_all_wait_for_is_there) {
  OrderedWindow window([](std::string_view, const DoneRow&) {}, 16, 100);
  window.announce(0, one_type);
  window.announce(1, one_type);
  window.put(1, RRType::A, std::string(100, 'x'));
  EXPECT_FALSE(window.has_room(1));
  window.put(0, RRType::A, std::string(1000, 'x'));
  EXPECT_TRUE(window.has_room(1));
}

TEST(OrderedWindow, a_row_that_was_not_announced_does_no_harm) {
  std::string out;
  OrderedWindow window([&](std::string_view row, const DoneRow&) { out += row; }, 4);
  window.put(0, RRType::A, "x");
  window.announce(0, one_type);
  window.put(0, RRType::MX, "x");
  window.put(7, RRType::A, "x");
  window.put(0, RRType::A, "a");
  window.put(0, RRType::A, "again");
  EXPECT_EQ(out, "a");
}

TEST(OrderedWindow, abandoning_it_frees_the_reader) {
  OrderedWindow window([](std::string_view, const DoneRow&) {}, 1);
  window.announce(0, one_type);
  std::thread reader([&] { window.wait_for_room(1); });
  window.abandon();
  reader.join();
  window.put(0, RRType::A, "x");
}

TEST(OrderedWindow, keeps_order_and_bound_under_shuffled_workers) {
  constexpr uint64_t rows = 50000;
  constexpr size_t rows_max = 64;
  std::vector<uint64_t> out;
  const auto emit = [&](std::string_view row, const DoneRow& done) {
    out.push_back(std::stoull(std::string(row)));
    EXPECT_EQ(done.number, out.back());
  };
  OrderedWindow window(emit, rows_max);
  std::mutex mutex;
  std::vector<uint64_t> pending;
  std::atomic<bool> done{false};
  const auto work = [&](unsigned seed) {
    std::mt19937 random(seed);
    while (true) {
      uint64_t tag = 0;
      {
        const std::lock_guard lock(mutex);
        if (pending.empty()) {
          if (done) return;
          continue;
        }
        std::swap(pending[random() % pending.size()], pending.back());
        tag = pending.back();
        pending.pop_back();
      }
      window.put(tag, RRType::A, std::to_string(tag));
    }
  };
  std::thread first(work, 1), second(work, 2);
  for (uint64_t tag = 0; tag < rows; ++tag) {
    if (!window.has_room(1)) window.wait_for_room(1);
    window.announce(tag, one_type);
    EXPECT_LE(window.rows_held(), rows_max);
    const std::lock_guard lock(mutex);
    pending.push_back(tag);
  }
  done = true;
  first.join();
  second.join();
  ASSERT_EQ(out.size(), rows);
  EXPECT_TRUE(std::is_sorted(out.begin(), out.end()));
}

}  // namespace
}  // namespace dnswarm::cli
