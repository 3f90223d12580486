#include "cli/output.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <future>
#include <string>

namespace dnswarm::cli {
namespace {

class OutputTest : public testing::Test {
 protected:
  OutputTest() {
    std::signal(SIGPIPE, SIG_IGN);
    EXPECT_EQ(pipe2(fds, O_CLOEXEC), 0);
  }
  ~OutputTest() override {
    close_reader();
    if (fds[1] >= 0) close(fds[1]);
  }
  void close_reader() {
    if (fds[0] >= 0) close(fds[0]);
    fds[0] = -1;
  }
  Output::OnFailure count_failures() {
    return [this] { ++failures; };
  }
  static void append(Output& output, unsigned channel, std::string_view text) {
    output.append(channel, [text](RowBuffer& out) { out.append(text); });
  }
  std::string read_some(size_t octets_max) {
    std::string text(octets_max, '\0');
    const ssize_t octets = read(fds[0], text.data(), text.size());
    text.resize(octets > 0 ? static_cast<size_t>(octets) : 0);
    return text;
  }
  int readable_octets() {
    int octets = 0;
    EXPECT_EQ(ioctl(fds[0], FIONREAD, &octets), 0);
    return octets;
  }
  bool readable_within(int milliseconds) {
    pollfd waiting{fds[0], POLLIN, 0};
    return poll(&waiting, 1, milliseconds) == 1;
  }

  int fds[2];
  std::atomic<int> failures{0};
};

TEST_F(OutputTest, writes_all_at_close) {
  Output output(fds[1], 3, count_failures());
  append(output, 0, "a\n");
  append(output, 2, "c\n");
  append(output, 0, "b\n");
  EXPECT_TRUE(output.close());
  EXPECT_EQ(read_some(100).size(), 6u);
  EXPECT_EQ(failures, 0);
}

TEST_F(OutputTest, tells_which_rows_were_written_with_how_many_octets) {
  uint64_t octets = 0;
  std::vector<uint64_t> rows;
  Output output(fds[1], 2, count_failures(), [&](size_t more, std::span<const DoneRow> done) {
    octets += more;
    for (const DoneRow& row : done) rows.push_back(row.number);
  });
  const auto append_row = [&](unsigned channel, std::string_view text, uint64_t number) {
    output.append(channel, [&](RowBuffer& out) {
      out.append(text);
      out.add_done({number, 0});
    });
  };
  append_row(0, "a\n", 7);
  append_row(1, "b\n", 3);
  append_row(0, "", 8);  // a format that leaves it out
  output.flush(0);
  output.flush(1);
  append_row(1, "", 9);
  EXPECT_TRUE(output.close());
  EXPECT_EQ(octets, 4u);
  EXPECT_EQ(rows, (std::vector<uint64_t>{7, 8, 3, 9}));
}

TEST_F(OutputTest, rows_without_text_leave_in_time_too) {
  std::atomic<size_t> most{0}, sum{0};
  Output output(fds[1], 1, count_failures(), [&](size_t, std::span<const DoneRow> done) {
    most = std::max(most.load(), done.size());
    sum += done.size();
  });
  for (uint64_t i = 0; i < 100'000; ++i) output.append(0, [i](RowBuffer& out) { out.add_done({i, 0}); });
  EXPECT_TRUE(output.close());
  EXPECT_EQ(sum, 100'000u);
  EXPECT_LE(most, 8192u);
}

TEST_F(OutputTest, rows_that_were_not_written_whole_are_not_told_of) {
  unsigned told = 0;
  Output output(fds[1], 1, count_failures(), [&](size_t, std::span<const DoneRow>) { ++told; });
  close_reader();
  output.append(0, [](RowBuffer& out) {
    out.append("row\n");
    out.add_done({0, 0});
  });
  EXPECT_FALSE(output.close());
  EXPECT_EQ(told, 0u);
}

TEST_F(OutputTest, flush_lets_a_row_leave_at_once) {
  Output output(fds[1], 1, count_failures());
  append(output, 0, "row\n");
  output.flush(0);
  ASSERT_TRUE(readable_within(10000));
  EXPECT_EQ(read_some(100), "row\n");
}

TEST_F(OutputTest, an_aged_buffer_leaves_by_itself) {
  Output output(fds[1], 2, count_failures());
  append(output, 1, "row\n");
  ASSERT_TRUE(readable_within(10000));
  EXPECT_EQ(read_some(100), "row\n");
}

TEST_F(OutputTest, a_slow_reader_blocks_the_worker_at_the_bound_and_loses_nothing) {
  Output output(fds[1], 1, count_failures());
  const std::string row(1000, 'x');
  constexpr size_t rows = 5000;
  std::atomic<size_t> appended{0};
  std::thread worker([&] {
    for (size_t i = 0; i < rows; ++i) {
      append(output, 0, row);
      ++appended;
    }
  });
  // It comes to a halt with the pipe and four buffers full: far below 5 MB.
  size_t before = rows;
  while (appended != before) {
    before = appended;
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
  }
  EXPECT_LE(appended * row.size(),
            Output::buffers_per_channel * Output::buffer_octets + (1u << 20));
  EXPECT_LT(appended, rows);
  size_t octets = 0;
  while (octets < rows * row.size()) {
    const std::string part = read_some(1 << 16);
    ASSERT_FALSE(part.empty());
    octets += part.size();
  }
  worker.join();
  EXPECT_TRUE(output.close());
  EXPECT_EQ(octets, rows * row.size());
}

TEST_F(OutputTest, a_held_channel_writes_full_buffers_and_the_rest_once_it_is_let_go) {
  Output output(fds[1], 2, count_failures());
  const std::string row = std::string(99, 'x') + "\n";
  constexpr size_t rows = 20000;  // more than the channel's buffers and the pipe together hold
  std::atomic<size_t> octets{0};
  std::thread reader([&] {
    for (std::string part = "x"; !part.empty() && octets < rows * row.size();) {
      part = read_some(1 << 16);
      octets += part.size();
    }
  });
  for (size_t i = 0; i < rows; ++i) {
    output.append_and_hold(1, [&](RowBuffer& out) { out.append(row); });
  }
  EXPECT_LT(octets, rows * row.size());  // the last buffer is not full
  output.let_go(1);
  output.let_go(1);  // twice is fine
  reader.join();     // which needs no flush: rows that are 50 ms old leave
  EXPECT_EQ(octets, rows * row.size());
  output.append_and_hold(1, [&](RowBuffer& out) { out.append(row); });
  output.let_go(1);
  output.flush(1);
  EXPECT_TRUE(readable_within(5000));
  EXPECT_TRUE(output.close());
}

TEST_F(OutputTest, who_flushes_into_a_full_pipe_keeps_nobody_else_from_appending) {
  Output output(fds[1], 1, count_failures());
  const std::string row(60'000, 'x');  // less than a buffer; two are more than the pipe holds
  append(output, 0, row);
  output.flush(0);
  append(output, 0, row);
  std::thread blocked([&] { output.flush(0); });
  while (readable_octets() <= 60'000) std::this_thread::yield();  // it is at it
  auto other = std::async(std::launch::async, [&] { append(output, 0, "after\n"); });
  EXPECT_EQ(other.wait_for(std::chrono::seconds(10)), std::future_status::ready);
  std::string all;
  while (all.size() < 2 * row.size()) all += read_some(1 << 16);
  blocked.join();
  other.wait();
  EXPECT_TRUE(output.close());
  all += read_some(100);
  EXPECT_EQ(all, row + row + "after\n");
}

TEST_F(OutputTest, a_row_larger_than_a_buffer_goes_through) {
  Output output(fds[1], 1, count_failures());
  const std::string row(3'000'000, 'y');
  size_t octets = 0;
  std::thread reader([&] {
    while (octets < row.size()) octets += read_some(1 << 16).size();
  });
  append(output, 0, row);
  EXPECT_TRUE(output.close());
  reader.join();
  EXPECT_EQ(octets, row.size());
}

TEST_F(OutputTest, a_closed_pipe_fails_once_and_frees_the_workers) {
  close_reader();
  Output output(fds[1], 2, count_failures());
  const std::string row(1000, 'x');
  for (int i = 0; i < 5000; ++i) append(output, static_cast<unsigned>(i % 2), row);
  EXPECT_FALSE(output.close());
  EXPECT_EQ(output.error_number(), EPIPE);
  EXPECT_EQ(failures, 1);
}

TEST_F(OutputTest, a_pipe_closed_under_a_blocked_worker_frees_it) {
  Output output(fds[1], 1, count_failures());
  const std::string row(1000, 'x');
  std::thread worker([&] {
    for (int i = 0; i < 5000; ++i) append(output, 0, row);
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  close_reader();
  worker.join();
  EXPECT_FALSE(output.close());
  EXPECT_EQ(failures, 1);
}

TEST_F(OutputTest, a_full_disk_is_told) {
  const int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
  ASSERT_GE(full, 0);
  {
    Output output(full, 1, count_failures());
    append(output, 0, "row\n");
    EXPECT_FALSE(output.close());
    EXPECT_EQ(output.error_number(), ENOSPC);
  }
  EXPECT_EQ(failures, 1);
  close(full);
}

TEST_F(OutputTest, rows_of_many_workers_stay_whole) {
  Output output(fds[1], 4, count_failures());
  std::string all;
  std::thread reader([&] {
    for (std::string part = "x"; !part.empty(); all += part) part = read_some(1 << 16);
  });
  std::vector<std::thread> workers;
  for (unsigned w = 0; w < 4; ++w) {
    workers.emplace_back([&output, w] {
      const std::string row = std::string(50 + w, static_cast<char>('a' + w)) + "\n";
      for (int i = 0; i < 20000; ++i) append(output, w, row);
    });
  }
  for (std::thread& worker : workers) worker.join();
  EXPECT_TRUE(output.close());
  close(fds[1]);
  fds[1] = -1;
  reader.join();
  size_t rows = 0;
  for (size_t at = 0; at < all.size(); ++rows) {
    const size_t end = all.find('\n', at);
    ASSERT_NE(end, all.npos);
    ASSERT_EQ(end - at, 50u + static_cast<size_t>(all[at] - 'a'));
    ASSERT_EQ(all.find_first_not_of(all[at], at), end);
    at = end + 1;
  }
  EXPECT_EQ(rows, 80000u);
}

}  // namespace
}  // namespace dnswarm::cli
