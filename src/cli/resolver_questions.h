// Questions on their way from the feeder to the resolver: with --ordered each line waits for its place first;
// with
// --resume each row is asked for by its own number, and only where it is not done.
#ifndef DNSWARM_CLI_RESOLVER_QUESTIONS_H_
#define DNSWARM_CLI_RESOLVER_QUESTIONS_H_

#include "cli/feeder.h"
#include "cli/job_record.h"
#include "cli/ordered_window.h"
#include "dnswarm/resolver.h"

namespace dnswarm::cli {

class ResolverQuestions : public QuestionSink {
 public:
  // `window`: null without --ordered; `record`: null without --resume.
  ResolverQuestions(Resolver& resolver, OrderedWindow* window, JobRecord* record)
      : resolver_(resolver), window_(window), record_(record) {}

  void submit(std::string_view name, std::span<const RRType> types, uint64_t tag) override {
    submit_open(types, tag,
                [&](std::span<const RRType> some, uint64_t number) { resolver_.submit(name, some, number); });
  }
  void submit_invalid(std::string_view name, std::span<const RRType> types, uint64_t tag,
                      LineError error) override {
    submit_open(types, tag, [&](std::span<const RRType> some, uint64_t number) {
      resolver_.submit_invalid(name, some, number, error.code, error.text);
    });
  }
  void flush() override { resolver_.flush(); }

  bool wants_positions() const override { return record_ != nullptr; }
  void take_octets(std::string_view octets) override { record_->take_octets(octets); }
  void begin_line(const InputPosition& at, const InputPosition& after) override {
    record_->begin_line(at, after);
  }
  void end_input(const InputPosition& end) override {
    if (record_ != nullptr) record_->end_input(end);
  }

 private:
  template <typename Submit>
  void submit_open(std::span<const RRType> types, uint64_t tag, Submit submit) {
    if (record_ == nullptr) {
      take_place(types, tag);
      return submit(types, tag);
    }
    const DoneRows& done = record_->done_before();
    // In order, what is done of a line is its first types.
    while (window_ != nullptr && !types.empty() && done.contains(tag)) {
      types = types.subspan(1);
      ++tag;
    }
    if (types.empty()) return;
    take_place(types, tag);
    for (size_t i = 0; i < types.size(); ++i) {
      if (!done.contains(tag + i)) submit(types.subspan(i, 1), tag + i);
    }
  }

  void take_place(std::span<const RRType> types, uint64_t tag) {
    if (window_ == nullptr) return;
    if (!window_->has_room(types.size())) {
      resolver_.flush();  // or the row all wait for might still be here
      window_->wait_for_room(types.size());
    }
    window_->announce(tag, types);
  }

  Resolver& resolver_;
  OrderedWindow* const window_;
  JobRecord* const record_;
};

}  // namespace dnswarm::cli

#endif  // DNSWARM_CLI_RESOLVER_QUESTIONS_H_
