#!/usr/bin/env python3
"""dnswarm's massdns formats against a real massdns (MASSDNS=path), line for line; times, message IDs and the
order of the rows are masked."""
import os
import re
import subprocess
import unittest

from harness import dnswarm, process, tap

MASSDNS = os.environ.get("MASSDNS", "")
FORMATS = ("S", "St", "Sq", "Sqt", "Sr", "Snl", "Snud", "Stqud", "L", "L0", "J", "Je", "Ja", "F")
MASKS = ((rb'"rx_ts":\d+', b'"rx_ts":0'), (rb"(?m)^(\S+ )\d{9,} ", rb"\g<1>0 "), (rb"Unix time: \d+", b"Unix time: 0"),
         (rb", id: \d+", b", id: 0"))


def masked(output, whole_replies):
    for pattern, text in MASKS:
        output = re.sub(pattern, text, output)
    if not whole_replies:
        return sorted(output.splitlines())
    replies = [[]]
    for line in output.splitlines():  # a blank line ends a reply; one without records is that line alone
        replies[-1].append(line)
        if not line:
            replies.append([])
    return sorted(b"\n".join(reply) for reply in replies)


class Massdns(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        dnswarm.require_programs()
        cls.simulator = dnswarm.Simulator(1)
        cls.folder = process.scratch_dir("massdns")
        with open(os.path.join(cls.folder, "resolvers"), "w", encoding="ascii") as file:
            file.write(cls.simulator.listening[0] + "\n")
        with open(os.path.join(cls.folder, "names"), "wb") as file:
            # Letters in lower case: we ask in lower case, so names in RDATA that point into the question
            # come back so too. tests/cli shows what becomes of the question's own letters.
            file.write(dnswarm.generate(400) + b"chain3-a.test\nmulti-a.test\n")

    @classmethod
    def tearDownClass(cls):
        cls.simulator.__exit__()

    def test_every_format_line_for_line(self):
        for letters in FORMATS:
            for rrtype in ("A", "MX", "TXT", "SOA", "SRV", "CAA", "TLSA"):
                with self.subTest(format=letters, type=rrtype):
                    theirs = subprocess.run(
                        [MASSDNS, "-q", "-r", "resolvers", "-t", rrtype, "-o", letters, "-s", "100", "--verify-ip",
                         "--root", "names"], cwd=self.folder, capture_output=True, check=True, timeout=60).stdout
                    ours = dnswarm.run(["-r", self.simulator.resolvers, "-t", rrtype, "-f", f"massdns-{letters}",
                                        os.path.join(self.folder, "names")]).stdout
                    whole = letters in ("Snl", "F")
                    self.assertEqual(masked(ours, whole), masked(theirs, whole))


if __name__ == "__main__":
    if not os.access(MASSDNS, os.X_OK):
        tap.skip_all("no massdns binary is named by MASSDNS=")
    tap.main()
