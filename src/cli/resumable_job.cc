#include "cli/resumable_job.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include "cli/resume_options.h"

namespace dnswarm::cli {
namespace {

std::string number(uint64_t value) { return std::to_string(value); }

// Of the `octets` octets from `start` on. Nothing where there are not so many.
std::optional<Checksum> checksum_of(int fd, uint64_t start, uint64_t octets) {
  Checksum checksum;
  std::vector<char> part(size_t{1} << 20);
  for (uint64_t at = 0; at < octets;) {
    const auto want = static_cast<size_t>(std::min<uint64_t>(part.size(), octets - at));
    const ssize_t read = pread(fd, part.data(), want, static_cast<off_t>(start + at));
    if (read < 0 && errno == EINTR) continue;
    if (read <= 0) return std::nullopt;
    checksum.add({part.data(), static_cast<size_t>(read)});
    at += static_cast<uint64_t>(read);
  }
  return checksum;
}

}  // namespace

ResumableJob::ResumableJob(StateFile state, const Flags& flags, InputFile& input, OutputFile& output)
    : state_(std::move(state)), flags_(flags), input_(input), output_(output) {}

std::unique_ptr<ResumableJob> ResumableJob::open(const Flags& flags, bool colour, InputFile& input,
                                                 OutputFile& output, std::string* error) {
  if (!output.is_regular()) {
    *error = "--resume needs a regular file as output: " + output.name() + " cannot be cut to where it was";
    return nullptr;
  }
  auto state = StateFile::open(flags.resume, error);
  if (!state) return nullptr;
  if (state->is_same_file_as(input.fd()) || state->is_same_file_as(output.fd())) {
    *error = "--resume needs a file of its own, " + flags.resume + " is the input or the output";
    return nullptr;
  }
  *error = lock_file(output.fd(), output.name());
  if (!error->empty()) return nullptr;
  std::unique_ptr<ResumableJob> job(new ResumableJob(std::move(*state), flags, input, output));
  *error = job->load(row_options(flags, colour));
  return error->empty() ? std::move(job) : nullptr;
}

std::string ResumableJob::load(const RowOptions& options) {
  const std::string& path = state_.path();
  if (state_.text().empty()) {
    start_.options = options;
    start_.input = {input_.is_regular(), input_.start(), input_.size(), 0, {}};
    record_ = std::make_unique<JobRecord>(start_, Checksum(), flags_.ordered);
    if (output_.size() == 0) return {};
    return output_.name() + " has " + number(output_.size()) + " octets already, and there is no " + path +
           " that says what they are: name another output, or remove it";
  }
  std::string error;
  const auto kept = checkpoint_from_text(state_.text(), &error);
  if (!kept) return path + " " + error + ". To begin anew, remove it and " + output_.name();
  start_ = kept_ = *kept;
  error = difference(start_.options, options);
  if (!error.empty()) {
    return path + " was begun with other options: " + error +
           ". Go on with the same, or begin anew with another " + "state and output";
  }
  Checksum read;
  error = input_error(&read);
  if (error.empty()) error = output_error();
  if (error.empty()) record_ = std::make_unique<JobRecord>(start_, read, flags_.ordered);
  return error;
}

std::string ResumableJob::input_error(Checksum* read) {
  const InputIdentity& was = start_.input;
  const std::string changed = flags_.input + " is not the input that " + state_.path() + " was begun with: ";
  if (!was.regular) return start_.finished || was.read == 0 ? "" : pipe_error();
  if (!input_.is_regular()) return changed + "that was a file, this is none";
  if (input_.size() != was.size) {
    return changed + "that had " + number(was.size) + " octets, this has " + number(input_.size());
  }
  if (input_.start() != was.start) {
    return changed + "that was read from octet " + number(was.start) + " on, this is from " +
           number(input_.start());
  }
  const auto checksum = checksum_of(input_.fd(), was.start, was.read);
  if (!checksum || hex_text(checksum->value()) != was.checksum) {
    return changed + "the " + number(was.read) + " octets that were read have changed";
  }
  *read = *checksum;
  return {};
}

// All that helps a user to go on by hand.
std::string ResumableJob::pipe_error() const {
  const uint64_t behind = start_.tally.rows - start_.position.rows;
  const std::string next = number(start_.position.lines_read + 1);
  const std::string octets = number(start_.output_octets);
  return state_.path() +
         " cannot go on by itself: its names came through a pipe, which cannot be read again. Of " +
         number(start_.consumed.lines_read) + " lines read the first " + number(start_.position.lines_read) +
         " are done" + (behind > 0 ? ", and " + number(behind) + " rows of later ones" : "") +
         ". To go on by hand: truncate -s " + octets + " " + output_.name() + ", then give the lines from " +
         next + " on (tail -n +" + next + ") to a run with another state and output" +
         (behind > 0 ? "; those rows will be there twice" : "");
}

std::string ResumableJob::output_error() const {
  const std::string other = output_.name() + " is not what " + state_.path() + " speaks of: ";
  if (output_.size() < start_.output_octets) {
    return other + "it has " + number(output_.size()) + " octets, and should have " +
           number(start_.output_octets) + " at least";
  }
  const auto tail = output_.checksum_before(start_.output_octets, Checkpoint::output_tail_octets);
  if (tail && hex_text(*tail) == start_.output_tail_checksum) return {};
  return other + "its rows before octet " + number(start_.output_octets) + " have changed";
}

int ResumableJob::begin() {
  if (const int error = output_.start(start_.output_octets); error != 0) return error;
  if (input_.is_regular()) {
    const int error = input_.seek(start_.input.start + start_.position.offset);
    if (error != 0) return error;
  }
  if (!state_.text().empty()) return 0;
  // The first state speaks of an empty output: it must not be there without one.
  const int error = sync_folder_of(output_.name());
  return error != 0 ? error : checkpoint();
}

int ResumableJob::checkpoint() {
  Checkpoint now = record_->snapshot();
  const bool is_news = now.tally.rows != kept_.tally.rows || now.consumed != kept_.consumed ||
                       now.input.read != kept_.input.read || now.finished != kept_.finished ||
                       now.output_octets != kept_.output_octets || kept_.options.empty();
  if (!is_news) return 0;
  // A second sync may succeed although what the first one could not write is lost: the error is told once.
  if (sync_error_ == 0) sync_error_ = output_.sync();
  if (sync_error_ != 0) return sync_error_;
  const auto tail = output_.checksum_before(now.output_octets, Checkpoint::output_tail_octets);
  if (!tail) return EIO;
  now.output_tail_checksum = hex_text(*tail);
  if (const int error = state_.replace(to_text(now)); error != 0) return error;
  kept_ = std::move(now);
  return 0;
}

}  // namespace dnswarm::cli
