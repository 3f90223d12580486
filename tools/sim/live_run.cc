#include "live_run.h"

#include <stdlib.h>
#include <unistd.h>

#include <array>
#include <condition_variable>
#include <deque>
#include <fstream>
#include <mutex>
#include <unordered_map>

#include "dnswarm/resolver.h"
#include "live_servers.h"
#include "rule.h"
#include "story_cache.h"
#include "story_counts.h"
#include "story_names.h"
#include "story_questions.h"
#include "story_run.h"

namespace dnswarm::sim {
namespace {

struct Answered {
  uint64_t tag;
  bool cached;
  MessageOctets message;
};

// From the resolvers' threads to the clients'.
class Inbox : public ResponseHandler {
 public:
  void on_response(unsigned, const Response& response) override {
    Name qname;
    if (qname.assign_text(response.qname) != NameError::none) return;  // it was a name when it was asked
    Answered answered{response.tag, response.cached, response_octets(response, qname.wire())};
    const std::lock_guard lock(mutex_);
    answered_.push_back(std::move(answered));
    some_.notify_one();
  }

  // What has come; waits until then for the first one.
  std::deque<Answered> take(Instant until) {
    std::unique_lock lock(mutex_);
    some_.wait_until(lock, until, [&] { return !answered_.empty(); });
    return std::exchange(answered_, {});
  }

 private:
  std::mutex mutex_;
  std::condition_variable some_;
  std::deque<Answered> answered_;
};

// A root hints file for as long as resolvers are being made.
class HintsFile {
 public:
  explicit HintsFile(const std::string& text) {
    const int fd = mkstemp(path_.data());
    if (fd < 0) return;
    close(fd);
    written_ = static_cast<bool>(std::ofstream(path_) << text << std::flush);
  }
  ~HintsFile() { unlink(path_.c_str()); }
  HintsFile(const HintsFile&) = delete;
  HintsFile& operator=(const HintsFile&) = delete;
  bool written() const { return written_; }
  const std::string& path() const { return path_; }

 private:
  std::string path_ = folder_of_temporaries() + "/dnswarm-sim-hints-XXXXXX";
  bool written_ = false;
  static std::string folder_of_temporaries() {
    const char* folder = getenv("TMPDIR");
    return folder != nullptr ? folder : "/tmp";
  }
};

class LiveRun {
 public:
  LiveRun(const StoryOptions& options, const World& world, const StoryNames& names)
      : options_(options),
        world_(world),
        names_(names),
        questions_(options, names),
        choice_(options),
        counts_(options, world) {
    counts_.result.names = names.count();
    for (uint32_t i = 0; options.levels >= 2 && i < options.clients; ++i)
      clients_.emplace_back(client_cache_octets);
    for (uint32_t i = 0; options.levels >= 3 && i < options.forwarders; ++i) {
      forwarders_.emplace_back(forwarder_cache_octets);
    }
  }

  std::optional<StoryResult> run(std::string* error) {
    servers_ = LiveServers::start(world_, error);
    if (!servers_ || !make_resolvers(error)) return std::nullopt;
    started_ = monotonic_now();
    // Resolvers end each look-up, after 15 s at the latest.
    for (std::optional<StoryQuestion> next = questions_.next(); next || !asking_.empty();) {
      const Instant due = next ? started_ + next->at : monotonic_now() + std::chrono::seconds(1);
      for (const Answered& answered : inbox_.take(due)) take(answered);
      if (!next || monotonic_now() < due) continue;
      ask(*next);
      next = questions_.next();
    }
    resolvers_.clear();
    const std::vector<uint64_t> queries = servers_->stop();
    for (ServerIndex i = 0; i < queries.size(); ++i) {
      counts_.result.servers[i].queries = queries[i];
      counts_.result.queries[static_cast<size_t>(level_of(world_.role(i)))] += queries[i];
    }
    return std::move(counts_.result);
  }

 private:
  struct Asking {
    StoryQuestion question;
    uint32_t resolver = 0;
    Instant began{};
  };

  Duration passed() const { return monotonic_now() - started_; }
  uint32_t forwarder_of(const StoryQuestion& question) const { return question.client % options_.forwarders; }
  Octets qname(const StoryQuestion& question) const { return names_.name(question.rank).wire(); }

  bool make_resolvers(std::string* error) {
    const HintsFile hints(world_.root_hints());
    if (!hints.written()) {
      *error = hints.path() + " cannot be written";
      return false;
    }
    Options options;
    options.iterative = true;
    options.root_hints_path = hints.path();
    options.authoritative_port = servers_->port();
    options.workers = 1;
    for (uint32_t i = 0; i < options_.resolvers; ++i) {
      resolvers_.push_back(Resolver::create(options, inbox_, error));
      if (!resolvers_.back()) return false;
    }
    return true;
  }

  void ask(const StoryQuestion& question) {
    const Instant now = monotonic_now();
    counts_.arrives(Level::client, passed());
    if (!clients_.empty() && answer(clients_[question.client], Level::client, question.client, question, now))
      return;
    if (!forwarders_.empty()) {
      counts_.arrives(Level::forwarder, passed());
      const uint32_t forwarder = forwarder_of(question);
      if (answer(forwarders_[forwarder], Level::forwarder, forwarder, question, now)) return;
    }
    const uint32_t resolver = choice_.choose(names_.name(question.rank));
    counts_.arrives(Level::resolver, passed());
    const uint64_t tag = next_tag_++;
    asking_[tag] = {question, resolver, now};
    resolvers_[resolver]->submit(names_.text(question.rank), std::array{RRType::A}, tag);
    resolvers_[resolver]->flush();
  }

  // From a cache, where it has that.
  bool answer(StoryCache& cache, Level level, uint32_t node, const StoryQuestion& question, Instant began) {
    const MessageOctets known = cache.find(qname(question), RRType::A, began);
    counts_.cache(level, node, !known.empty(), passed());
    if (known.empty()) return false;
    if (level != Level::client) keep(question, known);
    told(known, began);
    return true;
  }

  void take(const Answered& answered) {
    const Asking asking = std::move(asking_.extract(answered.tag).mapped());
    counts_.cache(Level::resolver, asking.resolver, answered.cached, passed());
    if (!forwarders_.empty())
      forwarders_[forwarder_of(asking.question)].keep(answered.message, monotonic_now());
    keep(asking.question, answered.message);
    told(answered.message, asking.began);
  }

  // By the client.
  void keep(const StoryQuestion& question, const MessageOctets& message) {
    if (!clients_.empty()) clients_[question.client].keep(message, monotonic_now());
  }

  // The client has its answer.
  void told(const MessageOctets& message, Instant began) {
    counts_.result.failed += !read_address(message).ipv4;
    counts_.result.waited += monotonic_now() - began;
  }

  const StoryOptions options_;
  const World& world_;
  const StoryNames& names_;
  StoryQuestions questions_;
  ResolverChoice choice_;
  StoryCounts counts_;
  std::deque<StoryCache> clients_, forwarders_;
  std::unique_ptr<LiveServers> servers_;
  Inbox inbox_;
  std::vector<std::unique_ptr<Resolver>> resolvers_;
  std::unordered_map<uint64_t, Asking> asking_;  // by tag
  uint64_t next_tag_ = 0;
  Instant started_{};
};

}  // namespace

std::optional<StoryResult> run_live(const StoryOptions& options, std::string* error) {
  *error = story_options_error(options);
  if (error->empty() && options.length() > std::chrono::minutes(10)) *error = "over 600 s";
  if (!error->empty()) return std::nullopt;
  const std::unique_ptr<World> world = make_story_world(options, error);
  if (!world) return std::nullopt;
  const StoryNames names(*world, options.zipf, options.seed);
  return LiveRun(options, *world, names).run(error);
}

}  // namespace dnswarm::sim
