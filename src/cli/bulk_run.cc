#include "cli/bulk_run.h"

#include <algorithm>
#include <cstring>

#include "cli/checkpointer.h"
#include "cli/complain.h"
#include "cli/resolver_questions.h"
#include "cli/upstream_guard.h"

namespace dnswarm::cli {

using std::chrono::steady_clock;

BulkRun::BulkRun(const Flags& flags, InputFile& input, OutputFile& file, ResumableJob* job)
    : flags_(flags),
      input_(input),
      file_(file),
      job_(job),
      printer_(flags, file.is_terminal()),
      output_(
          file.fd(), flags.ordered ? 1 : Limits::workers_max, [this] { on_write_error(); },
          job == nullptr ? Output::OnWritten(nullptr)
                         : [job](size_t octets, auto rows) { job->record().written(octets, rows); }),
      sink_(output_, row_style(), window(), job != nullptr) {}

std::optional<NotStarted> BulkRun::execute() {
  std::string error;
  const auto resolver = Resolver::create(UpstreamGuard::share_rates(flags_), sink_, &error);
  if (resolver == nullptr) return NotStarted{error, 2};
  for (const std::string& note : resolver->notes()) complain(note);
  facts_.workers = resolver->workers();
  io_text_ = resolver->io_text();
  if (error = start_files(); !error.empty()) return NotStarted{error, 1};
  work(*resolver);
  return std::nullopt;
}

// Empty, or a sentence that says why it cannot be.
std::string BulkRun::start_files() {
  const int failure = job_ == nullptr ? file_.start() : job_->begin();
  if (failure == 0) return {};
  return "cannot write " + (job_ == nullptr ? "" : job_->state().path() + " or ") + file_.name() + ": " +
         std::strerror(failure);
}

const RunFacts& BulkRun::facts(int exit_code) {
  facts_.io = io_text_;
  facts_.exit_code = exit_code;
  return facts_;
}

RowStyle BulkRun::row_style() const {
  RowStyle style = flags_.row_style;
  style.colour = has_colour(flags_, file_.is_terminal());
  return style;
}

OrderedWindow* BulkRun::window() {
  if (flags_.ordered && !window_) {
    window_.emplace([this](std::string_view row, const DoneRow& done) {
      output_.append(0, [&](RowBuffer& out) {
        out.append(row);
        if (job_ != nullptr) out.add_done(done);
      });
    });
    if (job_ != nullptr) window_->start_at(job_->record().done_before().low());
  }
  return window_ ? &*window_ : nullptr;
}

void BulkRun::on_write_error() {
  stop_.request(Stop::Reason::output_failed);
  if (window_) window_->abandon();
}

void BulkRun::work(Resolver& resolver) {
  const auto start = steady_clock::now();
  facts_.started_at = std::chrono::system_clock::now();
  const bool resumable = job_ != nullptr;
  ResolverQuestions questions(resolver, window(), resumable ? &job_->record() : nullptr);
  Feeder feeder(questions, stop_, flags_.types, flags_.shard,
                resumable ? job_->start().position : InputPosition());
  const auto tick = [&] { printer_.print(sample(resolver, feeder, start)); };
  UpstreamGuard guard(flags_, resolver, stop_);
  const auto cancel = [&] {
    guard.cancel();
    resolver.cancel();
  };
  Monitor monitor(stop_, cancel, printer_.enabled() ? std::function<void()>(tick) : nullptr);
  guard.start();
  std::optional<Checkpointer> checkpointer;
  if (resumable) {
    checkpointer.emplace([this] { return job_->checkpoint(); },
                         [this](int error) {
                           outcome_.state_error = error;
                           on_write_error();
                         });
  }
  // Once: where the shards' rows are put together, and where a job goes on.
  if (flags_.shard.number == 1 && (!resumable || job_->start().output_octets == 0)) sink_.append_header();
  if (!feeder.run(input_)) outcome_.input_error = input_.error_number();
  resolver.finish();
  guard.finish();
  output_.close();
  if (checkpointer) checkpointer->finish();
  monitor.finish();
  printer_.finish();
  const std::chrono::duration<double> taken = steady_clock::now() - start;
  outcome_.seconds = taken.count();
  take_counts(resolver, feeder);
  outcome_.left_out = guard.left_out();
  outcome_.validation_queries = guard.queries();
}

void BulkRun::take_counts(const Resolver& resolver, const Feeder& feeder) {
  outcome_.stop = stop_.reason();
  outcome_.lines_accepted = feeder.lines_accepted();
  outcome_.rows_accepted = feeder.rows_accepted();
  outcome_.lines_not_started = feeder.lines_not_started();
  outcome_.not_started_is_complete = feeder.count_is_complete();
  outcome_.tally = sink_.tally();
  outcome_.stats = resolver.stats();
  if (!flags_.shard.is_all()) outcome_.shard = shard_text(flags_.shard);
  if (job_ != nullptr) take_job_counts(feeder);
  outcome_.output_error = output_.failed() ? output_.error_number() : file_.close();
}

// The last checkpoint, and the counts of the whole job in the place of this run's.
void BulkRun::take_job_counts(const Feeder& feeder) {
  if (const int error = job_->checkpoint(); error != 0 && outcome_.state_error == 0)
    outcome_.state_error = error;
  const Checkpoint now = job_->record().snapshot();
  outcome_.resumable = true;
  outcome_.before = job_->start().tally;
  outcome_.tally = now.tally;
  // Earlier runs may have read farther than this one got.
  const uint64_t lines = feeder.lines_accepted() + feeder.lines_not_started();
  outcome_.lines_accepted = now.consumed.lines;
  outcome_.rows_accepted = now.consumed.rows;
  outcome_.lines_not_started = lines - std::min(lines, now.consumed.lines);
}

ProgressSample BulkRun::sample(const Resolver& resolver, const Feeder& feeder,
                               steady_clock::time_point start) const {
  ProgressSample sample = ProgressSample::from_stats(resolver.stats());
  sample.seconds = std::chrono::duration<double>(steady_clock::now() - start).count();
  sample.octets_read = feeder.octets_read();
  sample.octets_expected = input_.octets_expected();
  sample.input_ended = feeder.at_end();
  return sample;
}

}  // namespace dnswarm::cli
