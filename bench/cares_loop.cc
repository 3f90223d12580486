// dnswarm-bench-cares: a plain c-ares loop, the peer of bench/compare.
//
//   dnswarm-bench-cares --server IP:PORT [--in-flight N] [--timeout MS] [--attempts N] FILE
//
// Asks for the A records of every name in FILE and counts the answers; writes no row and keeps no
// record. It is what c-ares can do at its best here: one channel, epoll on the sockets it reports, new
// queries started in batches after each round of reading, EDNS with 1,232 octets as dnswarm sends it,
// no query cache. A channel finds query IDs by trying random ones and loops for ever with 65,536 in
// flight; its maintainers name 32,000 as the practical bound, which is the bound here too. One JSON
// object on stdout tells what it took.
#include <ares.h>
#include <arpa/inet.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

constexpr int in_flight_max = 32'000;
constexpr auto timer_period = std::chrono::milliseconds{100};  // c-ares looks through its timeouts

struct Settings {
  std::string server;
  std::string file;
  int in_flight = 4'000;  // dnswarm's default per worker
  int timeout_ms = 1'000;
  int attempts = 4;
};

[[noreturn]] void fail(const std::string& what) {
  std::fprintf(stderr, "dnswarm-bench-cares: %s\n", what.c_str());
  std::exit(1);
}

int number_from_text(std::string_view text, int max) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number < 1 || number > max) {
    fail("'" + std::string(text) + "' must be a number from 1 to " + std::to_string(max));
  }
  return number;
}

Settings settings_from_arguments(int argc, char** argv) {
  Settings settings;
  for (int i = 1; i < argc; ++i) {
    const std::string_view flag = argv[i];
    if (!flag.starts_with("--")) {
      settings.file = flag;
      continue;
    }
    if (i + 1 == argc) fail(std::string(flag) + " needs a value");
    const char* const value = argv[++i];
    if (flag == "--server") settings.server = value;
    else if (flag == "--in-flight") settings.in_flight = number_from_text(value, in_flight_max);
    else if (flag == "--timeout") settings.timeout_ms = number_from_text(value, 60'000);
    else if (flag == "--attempts") settings.attempts = number_from_text(value, 20);
    else fail("unknown flag " + std::string(flag));
  }
  if (settings.server.empty() || settings.file.empty()) fail("--server IP:PORT and FILE are needed");
  return settings;
}

// The file's octets with every line end made a NUL, and a pointer to each name.
class Names {
 public:
  explicit Names(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) fail("cannot read " + path);
    octets_.assign(std::istreambuf_iterator<char>(file), {});
    octets_.push_back('\n');
    for (size_t start = 0; start < octets_.size();) {
      const size_t end = octets_.find('\n', start);
      octets_[end] = '\0';
      if (end > start) names_.push_back(octets_.data() + start);
      start = end + 1;
    }
  }
  size_t size() const { return names_.size(); }
  const char* operator[](size_t i) const { return names_[i]; }

 private:
  std::string octets_;
  std::vector<const char*> names_;
};

class Loop {
 public:
  Loop(const Settings& settings, const Names& names) : settings_(settings), names_(names) {
    epoll_ = epoll_create1(EPOLL_CLOEXEC);
    if (epoll_ < 0) fail("epoll_create1");
    open_channel();
  }
  ~Loop() {
    ares_destroy(channel_);
    ares_library_cleanup();
    close(epoll_);
  }
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  void run() {
    auto next_tick = Clock::now() + timer_period;
    start_queries();
    epoll_event events[16];
    while (finished_ < names_.size()) {
      const int count = epoll_wait(epoll_, events, 16, static_cast<int>(timer_period.count()));
      for (int i = 0; i < count; ++i) {
        const ares_socket_t fd = events[i].data.fd;
        const bool readable = (events[i].events & ~static_cast<unsigned>(EPOLLOUT)) != 0;
        const bool writable = (events[i].events & EPOLLOUT) != 0;
        ares_process_fd(channel_, readable ? fd : ARES_SOCKET_BAD, writable ? fd : ARES_SOCKET_BAD);
      }
      const auto now = Clock::now();
      if (now >= next_tick) {
        ares_process_fd(channel_, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
        next_tick = now + timer_period;
      }
      start_queries();
    }
  }

  size_t answered() const { return answered_; }

 private:
  void open_channel() {
    if (ares_library_init(ARES_LIB_INIT_ALL) != ARES_SUCCESS) fail("ares_library_init");
    ares_options options{};
    int mask = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB |
               ARES_OPT_SOCK_RCVBUF | ARES_OPT_SOCK_SNDBUF | ARES_OPT_EDNSPSZ;
    options.flags = ARES_FLAG_EDNS | ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES;
    options.timeout = settings_.timeout_ms;
    options.tries = settings_.attempts;
    options.ednspsz = 1232;
    // As much as the system allows; dnswarm asks for that too.
    options.socket_receive_buffer_size = 8 << 20;
    options.socket_send_buffer_size = 2 << 20;
    options.sock_state_cb = on_socket_state;
    options.sock_state_cb_data = this;
#ifdef ARES_OPT_QUERY_CACHE  // on by default from 1.31; every name here is asked once anyway
    mask |= ARES_OPT_QUERY_CACHE;
    options.qcache_max_ttl = 0;
#endif
    if (ares_init_options(&channel_, &options, mask) != ARES_SUCCESS) fail("ares_init_options");
    if (ares_set_servers_ports_csv(channel_, settings_.server.c_str()) != ARES_SUCCESS) {
      fail("'" + settings_.server + "' is no server");
    }
  }

  static void on_socket_state(void* self, ares_socket_t fd, int readable, int writable) {
    const Loop& loop = *static_cast<Loop*>(self);
    epoll_event event{};
    event.events = (readable ? EPOLLIN : 0u) | (writable ? EPOLLOUT : 0u);
    event.data.fd = fd;
    if (event.events == 0) {
      epoll_ctl(loop.epoll_, EPOLL_CTL_DEL, fd, nullptr);
    } else if (epoll_ctl(loop.epoll_, EPOLL_CTL_MOD, fd, &event) != 0) {
      epoll_ctl(loop.epoll_, EPOLL_CTL_ADD, fd, &event);
    }
  }

  static void on_answer(void* self, int status, int, unsigned char*, int) {
    Loop& loop = *static_cast<Loop*>(self);
    --loop.in_flight_;
    ++loop.finished_;
    // NXDOMAIN and NODATA are answers.
    if (status == ARES_SUCCESS || status == ARES_ENOTFOUND || status == ARES_ENODATA) {
      ++loop.answered_;
    }
  }

  void start_queries() {
    constexpr int class_in = 1, type_a = 1;
    while (in_flight_ < settings_.in_flight && started_ < names_.size()) {
      ++in_flight_;
      ares_query(channel_, names_[started_++], class_in, type_a, on_answer, this);
    }
  }

  const Settings& settings_;
  const Names& names_;
  ares_channel channel_ = nullptr;
  int epoll_ = -1;
  int in_flight_ = 0;
  size_t started_ = 0;
  size_t finished_ = 0;
  size_t answered_ = 0;
};

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

}  // namespace

int main(int argc, char** argv) {
  const Settings settings = settings_from_arguments(argc, argv);
  const Names names(settings.file);
  rusage before{}, after{};
  getrusage(RUSAGE_SELF, &before);
  const auto started = Clock::now();
  size_t answered = 0;
  {
    Loop loop(settings, names);
    loop.run();
    answered = loop.answered();
  }
  const std::chrono::duration<double> elapsed = Clock::now() - started;
  getrusage(RUSAGE_SELF, &after);
  std::printf(
      R"({"names":%zu,"answered":%zu,"seconds":%.3f,"user":%.3f,"sys":%.3f,"cares":"%s"})"
      "\n",
      names.size(), answered, elapsed.count(), seconds(after.ru_utime) - seconds(before.ru_utime),
      seconds(after.ru_stime) - seconds(before.ru_stime), ares_version(nullptr));
}
