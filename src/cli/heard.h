// Questions asked and answers waited for, a handful at a time: what `dnswarm trace` does with a Resolver.
#ifndef DNSWARM_CLI_HEARD_H_
#define DNSWARM_CLI_HEARD_H_

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dnswarm/resolver.h"
#include "dnswarm/trace.h"

namespace dnswarm::cli {

struct HeardRecord {
  Section section{};
  std::string owner;  // presentation format, lower case
  RRType type{};
  uint32_t ttl = 0;
  std::string data;
};

// A copy of a Response, as far as it is needed.
struct Heard {
  Failure failure = Failure::cancelled;
  Rcode rcode{};
  std::string status;      // "NOERROR", "TIMEOUT", ...
  std::string error_code;  // where it failed, and the same in words:
  std::string error_text;
  bool authoritative = false;  // AA
  std::chrono::microseconds rtt{0};
  unsigned attempts = 0;
  std::string zone;
  std::vector<HeardRecord> records;
  std::vector<TraceStep> trace;

  bool noerror() const { return failure == Failure::none && rcode == Rcode::NOERROR; }
};

class Asker : private ResponseHandler {
 public:
  // A resolver with these options, or null and a sentence in *error.
  static std::unique_ptr<Asker> create(const Options& options, std::string* error);
  ~Asker() override;

  // A question more; its answer will be heard()[what is returned].
  size_t add(const std::string& name, RRType type);
  // Begins to ask, all of them at once; then nothing can be added.
  void ask();
  // Waits for the answers.
  const std::vector<Heard>& heard();
  void cancel() { resolver_->cancel(); }  // from any thread: what is not answered yet stays CANCELLED

 private:
  Asker() = default;
  void on_response(unsigned worker, const Response& response) override;

  std::vector<std::pair<std::string, RRType>> questions_;
  std::vector<Heard> heard_;
  std::unique_ptr<Resolver> resolver_;  // one worker, so that on_response needs no lock
};

}  // namespace dnswarm::cli

#endif  // DNSWARM_CLI_HEARD_H_
