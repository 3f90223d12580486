#include "cli/bench_help.h"

namespace dnswarm::cli {

const std::string_view bench_help_start =
    R"(dnswarm bench sends DNS queries to one server at a set pace and says how it answered.

Usage: dnswarm bench -r SERVER [options] [FILE]

Examples:
  dnswarm bench -r 192.0.2.53 names.txt                      1,000 in flight, for 10 s
  dnswarm bench -r 192.0.2.53 --rate 20000 --duration 60 names.txt
  dnswarm bench -r 192.0.2.53 --ramp 10000:200000:20 --plot ramp.html names.txt
  dnswarm bench -r 192.0.2.53 --random example.com --rate 5000 -f json
  dnswarm bench -r 192.0.2.53 --tcp --sockets 20 --pattern 'host-{n:6}.example.com' -t A,AAAA

Pace, one of three:
  closed loop  (--in-flight N)     N queries are open at any time; an answer or a timeout lets the next
                                   one go. Finds the throughput; a slow server is asked less.
  open loop    (--rate QPS)        queries leave by a schedule, whatever comes back. Latency counts from
                                   the scheduled time, so that a server which stalls cannot hide it.
  ramp         (--ramp FROM:TO)    an open loop at rising rates, until a step loses more than
                                   --max-loss; then halfway between, to find the highest rate that passes.

Names, from one of three (asked in order, over and over):
  FILE               lines `name [TYPE,...]` as for dnswarm; '-' is stdin. Bad lines are reported.
  --pattern TEXT     {n} counts from 0, {n:6} with six digits, {r:1000} is a random number below 1000,
                     {x:8} are eight random letters and digits
  --random SUFFIX    the same as --pattern '{x:12}.SUFFIX': nothing that a cache could know
)";

const std::string_view bench_help_end =
    R"(Results:
  sent = answered + lost (timed out, or the TCP connection ended) + unfinished (stopped by a signal).
  Responses that answer nothing are counted as late, duplicate, unmatched (no such query is open) or
  malformed. RCODEs are the header's. answers/s are those that came while queries were sent.
  Latencies are exact to 0.8 %: minimum, mean and maximum to the nanosecond.
  "Limit" says whether this client, not the server, set the limit: a worker's core was busy all the time or
  had to be shared, sends were late, responses were dropped at our own sockets. Then more --workers, more
  --sockets or another machine are needed before the figures say anything about the server.

Formats (-f):
  text       for reading
  json       everything: configuration, counts, latencies, the series of seconds; times in microseconds
  csv        a line a second: second, sent, answered, lost, p50_us, p99_us; of a ramp a line a step:
             rate, send_rate, answer_rate, loss_percent, mean_us, p50_us ... p9999_us, max_us, passed,
             limits
  --plot     FILE.html: one file without outside resources; latency over time, or over rate for a ramp

Exit codes:
  0  finished                           1  reading or writing failed       2  wrong usage
  3  more was lost than --fail-on says  4  the server answered nothing at all
  130, 143  stopped by SIGINT, SIGTERM (the result so far is printed; a second signal ends at once)
  141  the reader of stdout went away
)";

}  // namespace dnswarm::cli
