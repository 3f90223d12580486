// `dnswarm check-resolvers`: arguments in, exit code out.
#ifndef DNSWARM_CLI_CHECK_RUN_H_
#define DNSWARM_CLI_CHECK_RUN_H_

namespace dnswarm::cli {

// argv[0] is "check-resolvers".
int check_run(int argc, const char* const* argv);

}  // namespace dnswarm::cli

#endif  // DNSWARM_CLI_CHECK_RUN_H_
