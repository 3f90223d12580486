#include "cli/help_text.h"

#include <sys/utsname.h>

#include "dnswarm/resolver.h"

#ifndef DNSWARM_VERSION
#define DNSWARM_VERSION "(unknown)"
#endif

namespace dnswarm::cli {

const std::string_view short_help =
    R"(Usage: dnswarm [options] [FILE]      names from FILE or stdin, one result each to stdout

  -r, --resolvers LIST|FILE   whom to ask; default: the system's resolvers
  -t, --type A,AAAA,...       record types; default A
  -f, --format FORMAT         ndjson, text, csv, list, massdns-Snl, ...; default ndjson
  -o, --output FILE           default stdout
      --rate QPS              packets a second at most; default no limit
      --in-flight N           lookups at once
      --ordered               results in the order of the input
      --resume STATE          go on where a run was killed; needs -o
      --summary FILE          final counts as JSON
  -q, --quiet                 no progress, no end line
      --help                  all options, examples, formats and exit codes
      --version

  printf 'example.com\nexample.net AAAA,MX\n' | dnswarm -f text
  dnswarm trace NAME [TYPE]   every step from the root to one name
  dnswarm bench --help        the load source: how fast is a server?
  dnswarm check-resolvers FILE    which resolvers are honest, and good?
)";

const std::string_view help_start =
    R"(dnswarm resolves lists of names, millions at a time: one result for each name and type.

Usage: dnswarm [options] [FILE]
       dnswarm trace NAME [TYPE]    every step from the root to one name, and what is wrong there
       dnswarm bench --help         the load source: how fast is a server?
       dnswarm check-resolvers FILE    which resolvers are honest, and good? (--help)

Examples:
  dnswarm names.txt > results.ndjson                   ask the system's resolvers
  printf 'example.com\n' | dnswarm -f text             for reading
  dnswarm --iterative names.txt > results.ndjson       ask nobody: walk from the root
  dnswarm -r 192.0.2.53,198.51.100.53:5353 -t A,AAAA names.txt
  dnswarm -r resolvers.txt --rate 5000 --rate-per-upstream 50 -f list words.txt > found.txt
  dnswarm -r resolvers.txt --resume job.state -o results.ndjson names.txt    killed? the same again
  dnswarm -r resolvers.txt -f massdns-Snl --summary run.json -o answers.txt names.txt

Input, one a line: name [TYPE,...]. Types replace --type. Blank lines and lines that start with '#'
are skipped. Whatever else is wrong with a line gives it a row that says so.
)";

const std::string_view help_end =
    R"(Formats:
  ndjson     one JSON object per name and type: name, qname (where it differs), type, status,
             answers, flags, resolver, proto, rtt_us, attempts, cached, ts; error, last_rcode, ede,
             nsid, authority, additional where there are any
  text       aligned for reading, in colour on a terminal (NO_COLOR and --color are minded)
  csv        RFC 4180 with a header line: name, qname, type, class, status, answers, authority,
             additional, flags, resolver, proto, rtt_us, attempts, cached, ts, error_code,
             error_text, last_rcode, ede, nsid; records are "OWNER TTL TYPE DATA" joined by " | "
  list       the names that have an answer record of any type, one a line
  massdns-X  what massdns writes with -o X: S and any of n u d m t l i s q r, L, L0, F, J, Je, Ja;
             without cache, EDNS and 0x20 unless --cache-size, --edns or an EDNS option, --0x20 is given

Status: the RCODE, or TIMEOUT, NETWORK_ERROR, INVALID_NAME, INVALID_RESPONSE, CNAME_LOOP, BUDGET,
CANCELLED. NOERROR and NXDOMAIN are definitive answers, all others count as unanswered.

Exit codes:
  0  finished, every name got a definitive answer (see --fail-on)
  1  reading or writing failed        2  wrong usage
  3  finished, some names unanswered  4  no upstream answered anything, or none is left
  130, 143  stopped by SIGINT, SIGTERM (rows for all that was started are written, or with --resume
            left open; a second signal ends at once)
  141  the reader of stdout went away
)";

const std::string_view version_number = DNSWARM_VERSION;

std::string version_text() {
  std::string text = "dnswarm " + std::string(version_number) + "\n";
  utsname system{};
  if (uname(&system) == 0) {
    text += std::string("kernel:    ") + system.sysname + " " + system.release + " " +
            system.machine + "\n";
  }
  text += "I/O:       " + describe_io() + "\n";
  text += "libraries: " + describe_libraries() + "\n";
  text += "compiler:  " __VERSION__ "\n";
  text += "formats:   ndjson text csv list massdns-{S,L,L0,F,J,Je,Ja}\n";
  return text;
}

}  // namespace dnswarm::cli
