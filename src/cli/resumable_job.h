// A job whose progress is kept in a state file: whether state, input and output belong together, the start,
// the checkpoints.
//
// What is durable when: docs/architecture.md, "Shards and checkpoints".
#ifndef DNSWARM_CLI_RESUMABLE_JOB_H_
#define DNSWARM_CLI_RESUMABLE_JOB_H_

#include <memory>
#include <string>

#include "cli/checkpoint.h"
#include "cli/flags.h"
#include "cli/input_file.h"
#include "cli/job_record.h"
#include "cli/output_file.h"
#include "cli/state_file.h"

namespace dnswarm::cli {

class ResumableJob {
 public:
  // Locks state and output and checks them; nothing is changed yet. `colour`: rows have it. Null, and a
  // sentence in *error, where they do not belong together, or to this input and these options.
  static std::unique_ptr<ResumableJob> open(const Flags& flags, bool colour, InputFile& input,
                                            OutputFile& output, std::string* error);

  bool is_finished() const { return start_.finished; }  // before this run: there is nothing to do
  const Checkpoint& start() const { return start_; }    // where this run goes on
  JobRecord& record() { return *record_; }
  const StateFile& state() const { return state_; }

  // Cuts the output to where it goes on, moves the input there, and has the first state of a new job on the
  // disk. 0 or errno. Then rows may be written.
  [[nodiscard]] int begin();
  // What is written by now will be there after a power cut. 0 or errno; after a failed sync of the output it
  // fails for good. One thread at a time.
  [[nodiscard]] int checkpoint();

 private:
  ResumableJob(StateFile state, const Flags& flags, InputFile& input, OutputFile& output);
  std::string load(const RowOptions& options);
  std::string input_error(Checksum* read);
  std::string output_error() const;
  std::string pipe_error() const;

  StateFile state_;
  const Flags& flags_;
  InputFile& input_;
  OutputFile& output_;
  Checkpoint start_;
  std::unique_ptr<JobRecord> record_;
  Checkpoint kept_;  // what the state file says
  int sync_error_ = 0;
};

}  // namespace dnswarm::cli

#endif  // DNSWARM_CLI_RESUMABLE_JOB_H_
