// The public Resolver with real threads and sockets; the upstream is a socket of the test.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

#include "dns/message_parser.h"
#include "dns/name.h"
#include "dns/response_builder.h"
#include "dnswarm/resolver.h"

namespace dnswarm {
namespace {

constexpr std::array a_only{RRType::A};

// Answers A with 192.0.2.7, NXDOMAIN to names that begin with "nx", nothing while `silent`.
class Responder {
 public:
  Responder() {
    fd_ = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(bind(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    socklen_t size = sizeof address;
    getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size);
    endpoint = "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
    timeval wait{0, 20'000};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    thread_ = std::thread([this] { serve(); });
  }
  ~Responder() {
    stop_ = true;
    thread_.join();
    close(fd_);
  }
  std::string endpoint;
  std::atomic<bool> silent{false};
  std::atomic<int> queries{0};
  // The source ports that queries came from since the last call.
  std::set<uint16_t> take_ports() {
    const std::lock_guard lock(mutex_);
    return std::exchange(ports_, {});
  }

 private:
  void serve() {
    std::array<uint8_t, 2048> in, out;
    while (!stop_) {
      sockaddr_in from{};
      socklen_t size = sizeof from;
      ssize_t n = recvfrom(fd_, in.data(), in.size(), 0, reinterpret_cast<sockaddr*>(&from), &size);
      if (n <= 0) continue;
      {
        const std::lock_guard lock(mutex_);
        ports_.insert(ntohs(from.sin_port));
      }
      ++queries;
      Message query;
      if (silent || parse_question({in.data(), static_cast<size_t>(n)}, query) != ParseError::none) continue;
      bool nx = ascii_lower(query.qname()[1]) == 'n' && ascii_lower(query.qname()[2]) == 'x';
      uint16_t flags = nx ? 0x8183 : 0x8180;
      ResponseBuilder builder(out, query.header.id, flags, query.qname(), query.qtype, query.qclass);
      const uint8_t address[] = {192, 0, 2, 7};
      if (!nx) builder.record(Section::answer, query.qname(), RRType::A, 60, address);
      Octets octets = builder.finish();
      sendto(fd_, octets.data(), octets.size(), 0, reinterpret_cast<sockaddr*>(&from), size);
    }
  }
  int fd_ = -1;
  std::atomic<bool> stop_{false};
  std::mutex mutex_;  // of ports_
  std::set<uint16_t> ports_;
  std::thread thread_;
};

class Rows : public ResponseHandler {
 public:
  void on_response(unsigned, const Response& response) override {
    std::lock_guard lock(mutex_);
    ++by_tag[response.tag];
    ++by_status[std::string(status_text(response))];
  }
  std::map<uint64_t, int> by_tag;
  std::map<std::string, int> by_status;

 private:
  std::mutex mutex_;
};

class ResolverTest : public ::testing::TestWithParam<Io> {
 protected:
  std::unique_ptr<Resolver> start() {
    options.upstreams = {responder.endpoint};
    options.io = GetParam();
    auto resolver = Resolver::create(options, rows, &error);
    EXPECT_TRUE(resolver) << error;
    return resolver;
  }
  static void submit_many(Resolver& resolver, uint64_t names) {
    for (uint64_t tag = 0; tag < names; ++tag) {
      resolver.submit("n" + std::to_string(tag) + ".example", a_only, tag);
    }
  }
  void expect_one_row_each(uint64_t names) {
    EXPECT_EQ(rows.by_tag.size(), names);
    for (auto [tag, count] : rows.by_tag) ASSERT_EQ(count, 1) << tag;
  }
  Responder responder;
  Rows rows;
  Options options;
  std::string error;
};

TEST_P(ResolverTest, one_row_each_over_several_workers) {
  options.workers = 3;
  auto resolver = start();
  for (uint64_t tag = 0; tag < 5'000; ++tag) {
    resolver->submit((tag % 5 == 0 ? "nx" : "n") + std::to_string(tag) + ".example", a_only, tag);
  }
  resolver->finish();
  expect_one_row_each(5'000);
  EXPECT_EQ(rows.by_status["NOERROR"], 4'000);
  EXPECT_EQ(rows.by_status["NXDOMAIN"], 1'000);
  EXPECT_EQ(resolver->stats().finished, 5'000u);
  EXPECT_EQ(resolver->stats().upstreams.at(0).address, responder.endpoint);
}

TEST_P(ResolverTest, source_ports_change_and_no_answer_is_lost_by_that) {
  options.workers = 1;
  options.rate = 200;
  options.port_rotation = std::chrono::milliseconds(200);
  options.timeout = std::chrono::seconds(5);  // a lost answer would last
  auto resolver = start();
  submit_many(*resolver, 400);
  resolver->finish();
  expect_one_row_each(400);
  EXPECT_EQ(rows.by_status["NOERROR"], 400);
  EXPECT_EQ(resolver->stats().retries, 0u);
  EXPECT_GE(responder.take_ports().size(), 6u);  // 4 at most without

  options.port_rotation = std::chrono::milliseconds(0);
  resolver = start();
  submit_many(*resolver, 200);
  resolver->finish();
  EXPECT_LE(responder.take_ports().size(), 4u);
}

TEST_P(ResolverTest, invalid_names_and_types_that_do_not_fit_get_rows_without_queries) {
  auto resolver = start();
  resolver->submit("a..b", a_only, 0);
  resolver->submit("192.0.2.1", a_only, 1);
  resolver->submit_invalid("two words", a_only, 2, "extra_text", "more than a name and types");
  resolver->finish();
  expect_one_row_each(3);
  EXPECT_EQ(rows.by_status["INVALID_NAME"], 3);
  EXPECT_EQ(responder.queries, 0);
}

TEST_P(ResolverTest, a_name_submitted_alone_is_answered_without_finish) {
  auto resolver = start();
  resolver->submit("www.example", a_only, 0);
  resolver->flush();
  for (int i = 0; i < 500 && resolver->stats().finished == 0; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_EQ(resolver->stats().finished, 1u);
}

TEST_P(ResolverTest, cancelling_ends_soon_with_a_row_for_everything) {
  responder.silent = true;
  options.in_flight = 100;
  auto resolver = start();
  std::thread canceller([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    resolver->cancel();
  });
  submit_many(*resolver, 20'000);
  resolver->finish();
  canceller.join();
  expect_one_row_each(20'000);
  EXPECT_GT(rows.by_status["CANCELLED"], 0);
}

TEST_P(ResolverTest, may_be_destroyed_with_questions_in_flight) {
  responder.silent = true;
  {
    auto resolver = start();
    submit_many(*resolver, 1'000);
  }
  expect_one_row_each(1'000);
}

INSTANTIATE_TEST_SUITE_P(Loops, ResolverTest, ::testing::Values(Io::automatic, Io::mmsg));

TEST(ResolverOptions, each_bad_value_is_named_with_its_rule) {
  struct Bad {
    std::function<void(Options&)> change;
    const char* expected;
  };
  const Bad table[] = {
      {[](Options& o) { o.timeout = std::chrono::milliseconds(10); }, "timeout is 10, must be 50-60000 ms"},
      {[](Options& o) { o.attempts = 0; }, "attempts is 0"},
      {[](Options& o) { o.attempts = 21; }, "attempts is 21"},
      {[](Options& o) { o.workers = 257; }, "workers is 257"},
      {[](Options& o) { o.in_flight = 2'000'000; }, "in_flight is 2e+06"},
      {[](Options& o) { o.rate = 0.001; }, "rate is 0.001"},
      {[](Options& o) { o.rate_per_upstream = -1; }, "rate_per_upstream is -1"},
      {[](Options& o) { o.udp_payload_octets = 100; }, "udp_payload_octets is 100"},
      {[](Options& o) { o.client_subnet = "192.0.2.0"; }, "client_subnet"},
      {[](Options& o) { o.upstreams = {"192.0.2.1:99999"}; }, "192.0.2.1:99999"},
      {[](Options& o) { o.upstreams = {"example.com"}; }, "example.com"},
      {[](Options& o) { o.source_address = "nonsense"; }, "nonsense"},
      {[](Options& o) { o.use_hosts_file = true, o.hosts_path = "/nonexistent"; }, "/nonexistent"},
  };
  for (const Bad& bad : table) {
    Options options;
    options.upstreams = {"127.0.0.1:1"};
    bad.change(options);
    Rows rows;
    std::string error;
    EXPECT_FALSE(Resolver::create(options, rows, &error)) << bad.expected;
    EXPECT_NE(error.find(bad.expected), std::string::npos) << error;
  }
}

TEST(ResolverOptions, a_cache_that_does_not_fit_into_memory_is_an_error) {
  Options options;
  options.upstreams = {"127.0.0.1:1"};
  options.cache_octets = size_t{1} << 40;
  options.workers = 1;
  Rows rows;
  std::string error;
  auto resolver = Resolver::create(options, rows, &error);
  // Some kernels promise any amount of memory; where this one does not, it says so.
  if (!resolver) {
    EXPECT_NE(error.find("memory"), std::string::npos) << error;
  }
}

}  // namespace
}  // namespace dnswarm
