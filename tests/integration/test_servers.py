#!/usr/bin/env python3
"""A real server (NSD, Knot, BIND, Unbound: named by DNSWARM_SERVER) against dnswarm: every RR type gives the
text that dig or kdig prints, DNSSEC records in signed zones included, and big RRsets come over TCP."""
import collections
import os
import re
import subprocess
import unittest

from harness import dnswarm, process, servers, signed_zone, tap

ZONES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "zones")
SERVER = os.environ.get("DNSWARM_SERVER", "nsd")

# Where RDATA ends in hexadecimal or base64, kdig splits that by blanks: the fields before it.
FIELDS_BEFORE_DIGITS = {"DS": 3, "CDS": 3, "DNSKEY": 3, "TLSA": 3, "SMIMEA": 3, "SSHFP": 2, "RRSIG": 8,
                        "OPENPGPKEY": 0, "CERT": 3}
SIGNED = {"signed.test": [], "nsec3.test": ["-3", "AABBCCDD", "-H", "1"]}


def tokens_of(text):
    """RDATA text as words; a quoted string is one word, with its quotes."""
    return re.findall(r'(?:[^\s"\\]|\\.|"(?:[^"\\]|\\.)*")+', text)


def without_final_dot(word):
    """Names are compared less their final dot, as in dnswarm's rows; the root stays ".". """
    if word.startswith('"') or word == "." or not word.endswith(".") or word.endswith("\\."):
        return word
    return word[:-1]


def normal(rrtype, text):
    words = [without_final_dot(word) for word in tokens_of(text)]
    count = FIELDS_BEFORE_DIGITS.get(rrtype)
    if words[:1] == [r"\#"]:
        words = words[:2] + ["".join(words[2:]).lower()]
        return " ".join(words).rstrip()
    if count is not None:
        digits = "".join(words[count:])
        if rrtype in ("DS", "CDS", "TLSA", "SMIMEA", "SSHFP"):
            digits = digits.upper()
        words = words[:count] + [digits]
    return " ".join(words)


def normal_owner(owner):
    return without_final_dot(owner)


class Asked:
    """What a query tool printed: {section: Counter of (owner, type, data)}."""

    def __init__(self, command):
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
        self.text = done.stdout + done.stderr
        self.sections = collections.defaultdict(collections.Counter)
        section = "answer"
        for line in done.stdout.splitlines():
            heading = re.match(r";; (ANSWER|AUTHORITY|ADDITIONAL) SECTION", line)
            if heading:
                section = heading[1].lower()
            if not line.strip() or line.startswith(";"):
                continue
            owner, _, _, rrtype, *data = line.split(None, 4)
            self.sections[section][normal_owner(owner), rrtype, normal(rrtype, " ".join(data))] += 1


def row_records(row, key):
    return collections.Counter(
        (record["name"], record["type"], normal(record["type"], record["data"])) for record in row.get(key, []))


def questions_of(zone):
    """Every owner name and type of a zone file, once, in its order; delegations have no answer of their own."""
    with open(os.path.join(ZONES, zone + ".zone"), encoding="utf-8") as file:
        origin_free = [line for line in file if line.strip() and line[0] not in ";$"]
    questions = {}
    for line in origin_free:
        owner, rrtype = line.split()[:2]
        if rrtype == "NS" and owner != "@":
            continue
        owner = zone if owner == "@" else f"{owner}.{zone}"
        questions[owner.replace("*", "anything"), rrtype] = True
    return list(questions)


def big_zone(path):
    """RRsets over what UDP may carry. 100 records: more of one type BIND does not load by default."""
    with open(path, "w", encoding="utf-8") as file:
        file.write("$ORIGIN big.test.\n$TTL 60\n@ SOA ns host 1 7200 3600 1209600 300\n@ NS ns\nns A 192.0.2.1\n")
        for i in range(40):
            file.write(f'txt TXT "{i:03} {"x" * 200}"\n')
        for i in range(100):
            file.write(f"a A 10.1.0.{i}\n")


class RealServer(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        dnswarm.require_programs()
        cls.dig, cls.kdig = servers.find_program("dig"), servers.find_program("kdig")
        folder = process.scratch_dir("zones")
        zones = {"types.test": os.path.join(ZONES, "types.test.zone"), "big.test": os.path.join(folder, "big")}
        big_zone(zones["big.test"])
        for zone, flags in SIGNED.items():
            zones[zone] = signed_zone.sign(zone, flags, folder)
        cls.server = servers.ALL[SERVER](zones)

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()

    def ask(self, tool, name, rrtype, *flags):
        base = [tool, f"@{self.server.address}", "-p", str(self.server.port)]
        split = ["+nosplit"] if tool == self.dig else []
        return Asked([*base, "+nocookie", "+noall", "+answer", "+authority", "+comments", *split, *flags, name, rrtype])

    def resolve(self, names, *flags, code=0):
        result = dnswarm.run(["-r", self.server.endpoint, *flags], names)
        self.assertEqual(result.code, code, result.stderr)
        return result.rows()

    def assert_same(self, row, key, name, rrtype, *flags):
        """Each record as dig prints it, or as kdig does: they differ in some types themselves."""
        ours = row_records(row, key)
        section = "answer" if key == "answers" else key
        digs = self.ask(self.dig, name, rrtype, *flags).sections[section]
        kdigs = self.ask(self.kdig, name, rrtype, *flags).sections[section]
        self.assertEqual(ours.total(), digs.total(), f"{name} {rrtype}: {ours} and dig: {digs}")
        strange = [record for record in ours if record not in digs and record not in kdigs]
        self.assertEqual(strange, [], f"{name} {rrtype}: neither dig's text {sorted(digs)} nor kdig's {sorted(kdigs)}")

    def test_every_type_reads_as_dig_or_kdig_prints_it(self):
        questions = questions_of("types.test")
        for io in (["--io", "auto"], ["--io", "mmsg"]):
            rows = self.resolve([f"{name} {rrtype}" for name, rrtype in questions], "--ordered", *io)
            self.assertEqual(len(rows), len(questions))
            for row, (name, rrtype) in zip(rows, questions):
                with self.subTest(name=name, type=rrtype):
                    self.assertEqual((row["status"], row["type"]), ("NOERROR", rrtype))
                    self.assertEqual(row["resolver"], self.server.endpoint)
                    self.assert_same(row, "answers", name, rrtype)

    def test_several_types_in_one_pass_give_a_row_each(self):
        rows = self.resolve(["a.types.test", "aaaa.types.test"], "-t", "A,AAAA,MX", "--ordered")
        self.assertEqual([(row["name"], row["type"], bool(row["answers"])) for row in rows],
                         [("a.types.test", "A", True), ("a.types.test", "AAAA", False), ("a.types.test", "MX", False),
                          ("aaaa.types.test", "A", False), ("aaaa.types.test", "AAAA", True),
                          ("aaaa.types.test", "MX", False)])

    def test_cname_chains_come_whole_and_in_order(self):
        row, = self.resolve(["chain.types.test"])
        self.assertEqual([(r["name"], r["type"]) for r in row["answers"][:3]],
                         [("chain.types.test", "CNAME"), ("alias.types.test", "CNAME"), ("a.types.test", "A")])
        row, = self.resolve(["below.dname.types.test"], "-t", "AAAA", code=0)
        self.assertIn("DNAME", [record["type"] for record in row["answers"]])

    def test_missing_names_are_nxdomain_and_missing_types_nodata(self):
        rows = self.resolve(["nothing-here.types.test", "a.types.test"], "-t", "MX", "--ordered")
        self.assertEqual([(row["status"], row["answers"]) for row in rows], [("NXDOMAIN", []), ("NOERROR", [])])

    def test_big_rrsets_come_whole_over_tcp(self):
        rows = self.resolve(["txt.big.test TXT", "a.big.test A"], "--ordered")
        self.assertEqual([(row["status"], row["proto"], len(row["answers"])) for row in rows],
                         [("NOERROR", "tcp", 40), ("NOERROR", "tcp", 100)])
        self.assert_same(rows[0], "answers", "txt.big.test", "TXT")

    def test_signed_zones_show_their_dnssec_records(self):
        for zone in SIGNED:
            for name, rrtype in ((f"www.{zone}", "A"), (zone, "DNSKEY"), (f"child.{zone}", "DS"), (zone, "SOA")):
                with self.subTest(zone=zone, name=name, type=rrtype):
                    row, = self.resolve([f"{name} {rrtype}"], "--dnssec", "--cache-size", "0")
                    self.assertIn("RRSIG", [record["type"] for record in row["answers"]])
                    self.assert_same(row, "answers", name, rrtype, "+dnssec")

    def test_denials_show_nsec_and_nsec3(self):
        for zone, rrtype in (("signed.test", "NSEC"), ("nsec3.test", "NSEC3")):
            with self.subTest(zone=zone):
                row, = self.resolve([f"nothing-here.{zone}"], "--dnssec", "--sections", "all", "--cache-size", "0")
                self.assertEqual(row["status"], "NXDOMAIN")
                self.assertIn(rrtype, [record["type"] for record in row["authority"]])
                self.assert_same(row, "authority", f"nothing-here.{zone}", "A", "+dnssec")
        row, = self.resolve(["nsec3.test NSEC3PARAM"])
        self.assert_same(row, "answers", "nsec3.test", "NSEC3PARAM")
        row, = self.resolve(["www.signed.test NSEC"])
        self.assert_same(row, "answers", "www.signed.test", "NSEC")


if __name__ == "__main__":
    tap.main()
