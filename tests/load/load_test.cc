// The whole load source against a server in a thread that answers as each test wants.
#include "dnswarm/load.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

namespace dnswarm {
namespace {

using ::testing::HasSubstr;
using Message = std::vector<uint8_t>;

// Calls `answer(query, reply)` for each query; `reply` sends a message back to where it came from.
class Server {
 public:
  using Reply = std::function<void(const Message&)>;
  explicit Server(std::function<void(Message, const Reply&)> answer) : answer_(std::move(answer)) {
    fd_ = socket(AF_INET, SOCK_DGRAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(bind(fd_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { loop(); });
  }
  ~Server() {
    ended_ = true;
    thread_.join();
    close(fd_);
  }
  std::string text() const { return "127.0.0.1:" + std::to_string(port_); }

 private:
  void loop() {
    while (!ended_) {
      pollfd waiting{fd_, POLLIN, 0};
      if (poll(&waiting, 1, 10) <= 0) continue;
      uint8_t octets[4096];
      sockaddr_in peer{};
      socklen_t size = sizeof peer;
      const ssize_t got = recvfrom(fd_, octets, sizeof octets, 0, reinterpret_cast<sockaddr*>(&peer), &size);
      if (got < 12) continue;
      answer_(Message(octets, octets + got), [&](const Message& message) {
        sendto(fd_, message.data(), message.size(), 0, reinterpret_cast<sockaddr*>(&peer), size);
      });
    }
  }

  std::function<void(Message, const Reply&)> answer_;
  int fd_ = -1;
  uint16_t port_ = 0;
  std::atomic<bool> ended_{false};
  std::thread thread_;
};

// The query turned into a response without records.
Message response_to(Message query, uint8_t rcode = 0) {
  query[2] |= 0x80;
  query[3] = rcode;
  return query;
}

LoadOptions options_for(const Server& server, uint64_t queries) {
  LoadOptions options;
  options.server = server.text();
  options.queries = queries;
  options.in_flight = 10;
  options.timeout = std::chrono::milliseconds(300);
  return options;
}

LoadNames some_names() {
  LoadNames names;
  for (const char* name : {"one.example", "two.example", "number-three.example"}) {
    EXPECT_EQ(names.add(name, RRType::A).code, "");
  }
  return names;
}

LoadResult run(const LoadOptions& options, LoadNames names = some_names()) {
  std::string error;
  const auto load = Load::create(options, std::move(names), &error);
  EXPECT_NE(load, nullptr) << error;
  if (load == nullptr) return {};
  LoadReport report = load->run(&error);
  EXPECT_EQ(error, "");
  EXPECT_EQ(report.results.size(), 1u);
  if (report.results.empty()) return {};
  const LoadCounts& c = report.results[0].counts;
  EXPECT_EQ(c.sent, c.answered + c.lost() + c.unfinished);
  EXPECT_EQ(report.results[0].latency.count, c.answered);
  return std::move(report.results[0]);
}

TEST(Load, counts_answers_by_rcode) {
  std::atomic<unsigned> n{0};
  Server server(
      [&](Message query, const Server::Reply& reply) { reply(response_to(query, n++ % 4 == 0 ? 3 : 0)); });
  const LoadResult result = run(options_for(server, 100));
  EXPECT_EQ(result.counts.answered, 100u);
  EXPECT_EQ(result.counts.by_rcode[0], 75u);
  EXPECT_EQ(result.counts.by_rcode[3], 25u);
  EXPECT_EQ(result.counts.lost(), 0u);
  EXPECT_EQ(result.counts.octets_sent, result.counts.octets_received);
}

TEST(Load, the_list_is_asked_evenly_over_all_workers) {
  std::mutex mutex;
  std::map<size_t, int> sizes;  // each name has its own
  Server server([&](Message query, const Server::Reply& reply) {
    std::lock_guard lock(mutex);
    ++sizes[query.size()];
    reply(response_to(query));
  });
  LoadNames names;
  EXPECT_EQ(names.add("a.example", RRType::A).code, "");
  EXPECT_EQ(names.add("ab.example", RRType::A).code, "");
  EXPECT_EQ(names.add("abc.example", RRType::A).code, "");
  LoadOptions options = options_for(server, 300);
  options.workers = 2;
  run(options, std::move(names));
  std::lock_guard lock(mutex);
  ASSERT_EQ(sizes.size(), 3u);
  for (const auto& [size, count] : sizes) EXPECT_EQ(count, 100) << size;
}

TEST(Load, a_second_response_is_a_duplicate_and_no_answer) {
  Server server([](Message query, const Server::Reply& reply) {
    reply(response_to(query));
    reply(response_to(query));
  });
  LoadOptions options = options_for(server, 50);
  options.rate = 500;  // the last duplicate comes while there is something else to wait for
  options.mode = LoadMode::open;
  const LoadResult result = run(options);
  EXPECT_EQ(result.counts.answered, 50u);
  EXPECT_GE(result.counts.duplicate, 45u);
  EXPECT_EQ(result.counts.unmatched, 0u);
}

TEST(Load, forged_and_broken_responses_answer_nothing) {
  std::atomic<unsigned> n{0};
  Server server([&](Message query, const Server::Reply& reply) {
    Message message = response_to(query);
    switch (n++ % 6) {
      case 0: message[0] ^= 0x55; break;                      // another ID
      case 1: message[13] ^= 1; break;                        // another name
      case 2: message[2] &= 0x7f; break;                      // no response
      case 3: message.resize(11); break;                      // no whole header
      case 4: message.resize(20); break;                      // no whole question
      case 5: message[5] = 2; break;                          // two questions
    }
    reply(message);
    reply(response_to(query));
  });
  const LoadResult result = run(options_for(server, 60));
  EXPECT_EQ(result.counts.answered, 60u);
  EXPECT_EQ(result.counts.malformed, 30u);
  EXPECT_EQ(result.counts.unmatched + result.counts.duplicate + result.counts.late, 30u);
}

TEST(Load, a_question_that_comes_back_in_another_case_is_the_same) {
  Server server([](Message query, const Server::Reply& reply) {
    Message message = response_to(query);
    message[13] = static_cast<uint8_t>(std::toupper(message[13]));
    reply(message);
  });
  EXPECT_EQ(run(options_for(server, 30)).counts.answered, 30u);
}

TEST(Load, a_bare_header_with_an_rcode_is_an_answer_and_one_without_is_not) {
  Server refusing([](Message query, const Server::Reply& reply) {
    Message header = response_to(query, 5);
    header.resize(12);
    header[5] = header[11] = 0;
    reply(header);
  });
  EXPECT_EQ(run(options_for(refusing, 20)).counts.by_rcode[5], 20u);
  Server empty([](Message query, const Server::Reply& reply) {
    Message header = response_to(query);
    header.resize(12);
    header[5] = header[11] = 0;
    reply(header);
  });
  const LoadResult result = run(options_for(empty, 20));
  EXPECT_EQ(result.counts.answered, 0u);
  EXPECT_EQ(result.counts.unmatched, 20u);
}

TEST(Load, what_comes_behind_the_timeout_is_lost_and_late) {
  Message first;
  Server server([&](Message query, const Server::Reply& reply) {
    // The first is answered with the second, which comes when the first has timed out.
    if (first.empty()) {
      first = query;
      return;
    }
    reply(response_to(first));
    reply(response_to(query));
  });
  LoadOptions options = options_for(server, 2);
  options.in_flight = 1;
  options.sockets = 1;
  const LoadResult result = run(options);
  EXPECT_EQ(result.counts.timed_out, 1u);
  EXPECT_EQ(result.counts.late, 1u);
  EXPECT_EQ(result.counts.answered, 1u);
}

TEST(Load, an_open_loop_sends_what_its_schedule_says_to_a_silent_server) {
  Server server([](Message, const Server::Reply&) {});
  LoadOptions options = options_for(server, 0);
  options.mode = LoadMode::open;
  options.rate = 1000;
  options.in_flight = 0;
  options.duration = std::chrono::milliseconds(400);
  const LoadResult result = run(options);
  EXPECT_EQ(result.counts.sent + result.counts.not_sent, 400u);
  EXPECT_EQ(result.counts.timed_out, result.counts.sent);
  EXPECT_EQ(result.latency.count, 0u);
}

TEST(Load, a_closed_port_is_not_asked_faster_than_a_silent_one) {
  std::string closed;
  { closed = Server([](Message, const Server::Reply&) {}).text(); }
  LoadOptions options;
  options.server = closed;
  options.in_flight = 5;
  options.timeout = std::chrono::milliseconds(50);
  options.duration = std::chrono::milliseconds(220);
  std::string error;
  const auto load = Load::create(options, some_names(), &error);
  ASSERT_NE(load, nullptr) << error;
  const LoadReport report = load->run(&error);
  const LoadCounts& c = report.results.at(0).counts;
  EXPECT_EQ(c.answered, 0u);
  EXPECT_LE(c.sent + c.send_errors, 5u * 6);
  EXPECT_GT(c.icmp_errors + c.send_errors, 0u);
}

TEST(Load, cancel_ends_it_and_what_is_open_is_unfinished) {
  Server server([](Message, const Server::Reply&) {});
  LoadOptions options = options_for(server, 0);
  options.duration = std::chrono::hours(1);
  options.timeout = std::chrono::minutes(5);
  std::string error;
  const auto load = Load::create(options, some_names(), &error);
  ASSERT_NE(load, nullptr) << error;
  std::thread canceller([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    load->cancel();
  });
  const LoadReport report = load->run(&error);
  canceller.join();
  EXPECT_TRUE(report.cancelled);
  EXPECT_EQ(report.results.at(0).counts.unfinished, 10u);
}

TEST(Load, cancel_before_the_run_ends_it_too) {
  Server server([](Message, const Server::Reply&) {});
  LoadOptions options = options_for(server, 0);
  options.mode = LoadMode::ramp;
  options.ramp_from = 10;
  options.ramp_to = 1000;
  options.duration = std::chrono::hours(1);
  std::string error;
  const auto load = Load::create(options, some_names(), &error);
  ASSERT_NE(load, nullptr) << error;
  load->cancel();
  const LoadReport report = load->run(&error);
  EXPECT_EQ(report.results.size(), 1u);
  EXPECT_FALSE(report.best.has_value());
  EXPECT_EQ(report.ramp_verdict, LoadReport::RampVerdict::none);
}

TEST(Load, refuses_options_out_of_range_by_their_name) {
  const auto error_of = [](auto&& change) {
    LoadOptions options;
    options.server = "192.0.2.1";
    change(options);
    std::string error;
    EXPECT_EQ(Load::create(options, some_names(), &error), nullptr);
    return error;
  };
  EXPECT_THAT(error_of([](LoadOptions& o) { o.server = "example.com"; }), HasSubstr("server"));
  EXPECT_THAT(error_of([](LoadOptions& o) { o.server = ""; }), HasSubstr("server"));
  EXPECT_THAT(error_of([](LoadOptions& o) { o.source_address = "x"; }), HasSubstr("source"));
  EXPECT_THAT(error_of([](LoadOptions& o) { o.source_address = "::1"; }), HasSubstr("IP versions"));
  EXPECT_THAT(error_of([](LoadOptions& o) { o.mode = LoadMode::open; }), HasSubstr("rate is 0"));
  EXPECT_THAT(error_of([](LoadOptions& o) { o.mode = LoadMode::ramp; }), HasSubstr("ramp_from"));
  EXPECT_THAT(error_of([](LoadOptions& o) { o.workers = 0; }), HasSubstr("workers is 0"));
  EXPECT_THAT(error_of([](LoadOptions& o) { o.workers = 257; }), HasSubstr("workers is 257"));
  EXPECT_THAT(error_of([](LoadOptions& o) { o.sockets = 1001; }), HasSubstr("sockets"));
  EXPECT_THAT(error_of([](LoadOptions& o) { o.in_flight = 1'000'001; }), HasSubstr("in_flight"));
  EXPECT_THAT(error_of([](LoadOptions& o) { o.timeout = std::chrono::milliseconds(0); }),
              HasSubstr("timeout"));
  EXPECT_THAT(error_of([](LoadOptions& o) { o.udp_payload_octets = 511; }), HasSubstr("udp_payload_octets"));
  EXPECT_THAT(error_of([](LoadOptions& o) { o.client_subnet = "1.2.3.4/33"; }), HasSubstr("client_subnet"));
  LoadOptions options;
  options.server = "192.0.2.1";
  std::string error;
  EXPECT_EQ(Load::create(options, LoadNames(), &error), nullptr);
  EXPECT_THAT(error, HasSubstr("no name"));
}

TEST(Load, works_without_io_uring_and_without_segmented_sends) {
  Server server([](Message query, const Server::Reply& reply) { reply(response_to(query)); });
  LoadOptions options = options_for(server, 200);
  options.io = Io::mmsg;
  EXPECT_EQ(run(options).counts.answered, 200u);
  options.io = Io::automatic;
  options.io_features = {.min_wait = false, .gso = false, .defer_taskrun = false};
  EXPECT_EQ(run(options).counts.answered, 200u);
}

}  // namespace
}  // namespace dnswarm
