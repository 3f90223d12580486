// dnswarm-bench-idle: what one name costs while nothing else goes on, by a bare client and by dnswarm.
//
//   dnswarm-bench-idle --server IP:PORT --names FILE --rows FILE [--asks N] [--pause US] -- dnswarm ...
//
// Asks N names in turn, each twice: with sendto and recvfrom on one socket, and by a line on the standard
// input of the program behind "--", until its row has come from its standard output. Between any two
// asks it sleeps for the pause, so that every thread waits in the kernel. The rows go to a file for
// dnswarm-sim --check; the first asks warm up and do not count. Prints one JSON object.
#include <spawn.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "bare_query.h"
#include "net/address.h"

namespace dnswarm::bench {
namespace {

using Clock = std::chrono::steady_clock;
using Microseconds = std::chrono::duration<double, std::micro>;

constexpr size_t warm_up_asks = 20;

[[noreturn]] void fail(const std::string& what) {
  std::fprintf(stderr, "dnswarm-bench-idle: %s\n", what.c_str());
  std::exit(2);
}

struct Settings {
  Address server;
  std::string names, rows;
  size_t asks = 500;
  unsigned pause_us = 2'000;
  char** program = nullptr;
};

unsigned number_from_text(std::string_view text) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) fail("no number: " + std::string(text));
  return value;
}

Settings settings_from_arguments(int argc, char** argv) {
  Settings settings;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view flag = argv[i];
    const char* const value = argv[i + 1];
    if (flag == "--") {
      settings.program = argv + i + 1;
      break;
    }
    if (flag == "--server") {
      const auto server = Address::from_text(value, 53);
      if (!server) fail(std::string("'") + value + "' is no address");
      settings.server = *server;
    } else if (flag == "--names") {
      settings.names = value;
    } else if (flag == "--rows") {
      settings.rows = value;
    } else if (flag == "--asks") {
      settings.asks = number_from_text(value);
    } else if (flag == "--pause") {
      settings.pause_us = number_from_text(value);
    } else {
      fail("unknown flag " + std::string(flag));
    }
  }
  if (settings.server.family() == AF_UNSPEC || settings.names.empty() || settings.rows.empty() ||
      settings.program == nullptr || settings.asks == 0) {
    fail("--server, --names, --rows and a program behind -- are needed");
  }
  return settings;
}

// One socket, one query at a time.
class BareClient {
 public:
  explicit BareClient(const Address& server) : server_(server) {
    fd_ = socket(server.family(), SOCK_DGRAM | SOCK_CLOEXEC, 0);
    const timeval timeout{.tv_sec = 1, .tv_usec = 0};
    if (fd_ < 0 || setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout) != 0) fail("socket");
  }
  ~BareClient() { close(fd_); }
  BareClient(const BareClient&) = delete;
  BareClient& operator=(const BareClient&) = delete;

  double ask(const std::string& name, uint16_t id) {
    uint8_t octets[4096];
    const auto started = Clock::now();
    const size_t size = build_query(name, id, octets);
    if (sendto(fd_, octets, size, 0, server_.sa(), server_.sa_octets()) < 0) fail("sendto");
    if (recvfrom(fd_, octets, sizeof octets, 0, nullptr, nullptr) < 12) fail("no response to " + name);
    const Microseconds took = Clock::now() - started;
    if ((octets[0] << 8 | octets[1]) != id) fail("a response to another query");
    return took.count();
  }

 private:
  const Address& server_;
  int fd_;
};

// The program, its standard input and output being pipes.
class PipedClient {
 public:
  PipedClient(char** command, const std::string& rows_path) : rows_(rows_path, std::ios::binary) {
    int in[2], out[2];
    if (pipe(in) != 0 || pipe(out) != 0) fail("pipe");
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
    for (const int fd : {in[0], in[1], out[0], out[1]}) posix_spawn_file_actions_addclose(&actions, fd);
    if (posix_spawnp(&process_, command[0], &actions, nullptr, command, environ) != 0) {
      fail(std::string("cannot start ") + command[0]);
    }
    posix_spawn_file_actions_destroy(&actions);
    close(in[0]);
    close(out[1]);
    to_ = in[1];
    from_ = out[0];
  }

  double ask(const std::string& name) {
    const std::string line = name + "\n";
    char row[65'536];
    size_t size = 0;
    const auto started = Clock::now();
    if (write(to_, line.data(), line.size()) != static_cast<ssize_t>(line.size())) fail("write");
    do {
      const ssize_t got = read(from_, row + size, sizeof row - size);
      if (got <= 0) fail("no row for " + name);
      size += static_cast<size_t>(got);
    } while (row[size - 1] != '\n');
    const Microseconds took = Clock::now() - started;
    rows_.write(row, static_cast<std::streamsize>(size));
    return took.count();
  }

  // Its exit status as waitpid gives it.
  int finish() {
    close(to_);
    int status = -1;
    waitpid(process_, &status, 0);
    close(from_);
    return status;
  }

 private:
  std::ofstream rows_;
  pid_t process_ = -1;
  int to_ = -1, from_ = -1;
};

double quantile(std::vector<double> values, double share) {
  const auto at = static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), values.begin() + at, values.end());
  return values[static_cast<size_t>(at)];
}

std::string quantiles_json(const std::vector<double>& values) {
  char text[128];
  std::snprintf(text, sizeof text, R"({"p50":%.1f,"p90":%.1f,"p99":%.1f})", quantile(values, 0.5),
                quantile(values, 0.9), quantile(values, 0.99));
  return text;
}

int run(const Settings& settings) {
  std::ifstream file(settings.names);
  BareClient bare(settings.server);
  PipedClient piped(settings.program, settings.rows);
  std::vector<double> bare_us, piped_us, beyond_us;
  size_t asked = 0;
  for (std::string name; asked < settings.asks + warm_up_asks && std::getline(file, name); ++asked) {
    usleep(settings.pause_us);
    const double by_bare = bare.ask(name, static_cast<uint16_t>(asked));
    usleep(settings.pause_us);
    const double by_program = piped.ask(name);
    if (asked < warm_up_asks) continue;
    bare_us.push_back(by_bare);
    piped_us.push_back(by_program);
    beyond_us.push_back(by_program - by_bare);
  }
  const int status = piped.finish();
  if (beyond_us.empty()) fail("not enough names in " + settings.names);
  std::printf(R"({"asked":%zu,"counted":%zu,"status":%d,"bare_us":%s,"program_us":%s,"beyond_us":%s})"
              "\n",
              asked, beyond_us.size(), status, quantiles_json(bare_us).c_str(),
              quantiles_json(piped_us).c_str(), quantiles_json(beyond_us).c_str());
  return status == 0 ? 0 : 1;
}

}  // namespace
}  // namespace dnswarm::bench

int main(int argc, char** argv) {
  return dnswarm::bench::run(dnswarm::bench::settings_from_arguments(argc, argv));
}
