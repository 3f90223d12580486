"""The same questions to Unbound, which recurses by itself, and to dnswarm --iterative. Servers must be on port 53,
for Unbound asks no other: in a network of one's own."""
import time

from . import dnswarm, servers

PORT = 53

UNBOUND = """  do-not-query-localhost: no
  root-hints: "{hints}"
  qname-minimisation: {minimised}
  num-queries-per-thread: 4096
  outgoing-range: 8000
  edns-buffer-size: 1232
  target-fetch-policy: "0 0 0 0 0"
"""


class Run:
    """The rows of one resolver by question, and for how many seconds it can have had what is in them."""

    def __init__(self, started, result):
        self.result = result
        self.rows = {(row["name"], row["type"]): row for row in result.rows()}
        self.seconds = time.monotonic() - started

    def statuses(self):
        return {row["status"] for row in self.rows.values()}


def as_input(questions):
    return "".join(f"{name} {rrtype}\n" for name, rrtype in questions)


def ask_unbound(hints, questions, minimised):
    started = time.monotonic()
    words = "yes" if minimised else "no"
    unbound = servers.Unbound({}, extra=UNBOUND.format(hints=hints, minimised=words))
    # As many at once as Unbound takes without turning some away.
    result = dnswarm.run(["-r", unbound.endpoint, "--cache-size", 0, "--in-flight", 200, "--fail-on", "none", "-q"],
                         as_input(questions))
    run = Run(started, result)
    unbound.stop()
    return run


def ask_dnswarm(hints, questions, *flags):
    started = time.monotonic()
    return Run(started, dnswarm.run(["--iterative", "--root-hints", hints, "--rate-per-server", 0, "--fail-on",
                                     "none", "-q", *flags], as_input(questions)))


def answer_of(row):
    """RCODE and answer section, in no order: that of the records of one RRset means nothing (RFC 2181 section 5),
    and a chain's links follow from the names. Nor does the case of owner names (RFC 4343): servers give that of the
    question or that of the zone."""
    return row["status"], sorted((a["name"].lower(), a["type"], a["data"]) for a in row["answers"])


def difference(ours, theirs):
    """What is not the same in two rows, in words; empty where nothing is."""
    if answer_of(ours) == answer_of(theirs):
        return ""
    return f"{ours['name']} {ours['type']}: Unbound has {answer_of(theirs)}, dnswarm {answer_of(ours)}"
