#include "cli/check_help.h"

namespace dnswarm::cli {

const std::string_view check_help_start =
    R"(dnswarm check-resolvers asks each resolver of a list the same questions, and writes the good ones,
best first, in the form that -r FILE takes back. For every other one it knows the reason.

Usage: dnswarm check-resolvers [options] [FILE]      resolvers from FILE or stdin, as for -r

Examples:
  dnswarm check-resolvers public.txt > good.txt
  dnswarm check-resolvers -f text public.txt                 a table, the bad ones with their reasons
  dnswarm check-resolvers -f json public.txt > all.ndjson    every question, every answer
  dnswarm check-resolvers --require edns,tcp --max-latency 100 public.txt
  dnswarm check-resolvers --trusted none --known 'www.corp.example=192.0.2.80' ours.txt
)";

const std::string_view check_help_end =
    R"(What is asked: the known names, twice; a random label under each probe zone, which cannot exist; one
question each with EDNS, with DO, with mixed letters' case, and over TCP. Some 20 queries to a resolver
that works, --attempts to one that says nothing. Queries are retried: a lost packet condemns nobody.

The right answer to a known name is the data given with it, else what most of the trusted resolvers say,
else what most honest ones of the list say. Where most honest ones of the list disagree with that (a name
that varies by place), the name is set aside, with a note.

Reasons: silent, refuses, lies (a name that does not exist has an answer), hides_nxdomain (it exists,
without records), rewrites (a known name has other records), fails (nothing proves that it works), lossy,
slow, no_edns, no_tcp, no_dnssec, no_0x20 (with --require), low_score, not_checked (stopped before).

Score: 100, less 10 for each of EDNS, TCP, DNSSEC and letters' case that is missing, less 1 for each percent
of loss and each 10 ms of median latency, at most 30 each.

Formats (-f):
  list   the good ones, best first, one a line
  text   a table of all, for reading
  json   an object a line of all: findings, faults with their evidence, each question with its answer

Exit codes:
  0  finished, at least one is good  1  reading or writing failed  2  wrong usage
  3  none is good                    4  none answered anything
  130, 143  stopped by SIGINT, SIGTERM (what was checked is written)  141  the reader of stdout went away
)";

}  // namespace dnswarm::cli
