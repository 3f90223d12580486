// Standard input, output and error that the caller has closed (`dnswarm >&-`).
#ifndef DNSWARM_CLI_STANDARD_FILES_H_
#define DNSWARM_CLI_STANDARD_FILES_H_

namespace dnswarm::cli {

// Occupies those that are closed, so that no other file gets their number: rows would go into the summary or
// to a server, messages into the rows. Reading and writing them fails by EBADF as before. To be called first
// of all.
void keep_closed_standard_files_closed();

}  // namespace dnswarm::cli

#endif  // DNSWARM_CLI_STANDARD_FILES_H_
