#!/usr/bin/env python3
"""Iterative mode against a hierarchy of real servers: NSD has the root, Knot the TLDs, BIND the zones below."""
import json
import os
import unittest

from harness import dnswarm, hierarchy, process, tap

DOMAINS = 300


class Iterative(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        dnswarm.require_programs()
        cls.world = hierarchy.Hierarchy(DOMAINS)
        cls.summary = os.path.join(process.scratch(), "summary.json")
        cls.flags = ["--iterative", "--root-hints", cls.world.hints, "--authoritative-port", cls.world.port,
                     "--rate-per-server", 0, "-q"]

    @classmethod
    def tearDownClass(cls):
        cls.world.stop()

    def names(self):
        hosts = ["", "www.", "mail.", "a.deep.", "deep.", "alias.", "away.", "gone.", "x.gone."]
        return [host + domain.name for domain in self.world.domains for host in hosts]

    def run_names(self, names, *flags):
        result = dnswarm.run([*self.flags, "--summary", self.summary, *flags], names)
        self.assertEqual(result.code, 0, result.stderr)
        with open(self.summary, encoding="utf-8") as file:
            return {row["name"]: row for row in result.rows()}, json.load(file)

    def check(self, names, rows):
        self.assertEqual(len(rows), len(names))
        for name in names:
            status, records = self.world.expected(name)
            row = rows[name]
            self.assertEqual(row["status"], status, row)
            answers = [(a["name"], a["type"], a["data"]) for a in row["answers"]]
            self.assertEqual(answers, records, row)

    def test_every_name_gets_what_its_zone_holds(self):
        names = self.names()
        rows, summary = self.run_names(names, "--workers", 1)
        self.check(names, rows)
        # One query a name; one for each cut; look-ups for the glueless; a second for each alias across zones.
        zones = len(self.world.domains) + len(hierarchy.TLDS) + 1
        aliases = len(self.world.domains)
        self.assertLessEqual(summary["queries"]["udp"], 1.1 * len(names) + zones + aliases + 10)

    def test_two_workers_find_the_same_and_share_what_they_learn(self):
        names = self.names()
        rows, one = self.run_names(names, "--workers", 1)
        rows, two = self.run_names(names, "--workers", 2)
        self.check(names, rows)
        # Address look-ups and what is no cut are each worker's own; the cuts are not.
        zones = len(self.world.domains)
        self.assertLess(two["queries"]["udp"], one["queries"]["udp"] + zones / 2)

    def test_the_summary_counts_what_the_cache_did(self):
        name = "www.d1.net"
        result = dnswarm.run([*self.flags, "--in-flight", 1, "--summary", self.summary], [name] * 50)
        with open(self.summary, encoding="utf-8") as file:
            summary = json.load(file)
        self.assertEqual(summary["cache"]["hits"], sum(row["cached"] for row in result.rows()))
        self.assertEqual(summary["cache"]["hits"], 49)
        self.assertEqual(summary["cache"]["entries"], 2)  # the name, and the root's servers

    def test_rows_name_the_zone_and_the_server(self):
        rows, _ = self.run_names(["www.d1.net", "gone.d1.net", "nothing.net"])
        row = rows["www.d1.net"]
        self.assertEqual(row["zone"], "d1.net")
        self.assertEqual(row["server"], {"name": "ns.d1.net", "address": f"127.0.0.1:{self.world.port}"})
        self.assertEqual(row["resolver"], row["server"]["address"])
        self.assertIn("aa", row["flags"])
        self.assertEqual(rows["nothing.net"]["zone"], "net")
        self.assertEqual(rows["nothing.net"]["status"], "NXDOMAIN")

    def test_works_without_io_uring_and_without_a_cache(self):
        names = self.names()[:300]
        rows, _ = self.run_names(names, "--io", "mmsg", "--cache-size", 0)
        self.check(names, rows)

    def test_minimised_questions_find_the_same(self):
        names = self.names()
        for flags in [["--qname-minimisation"], ["--qname-minimisation", "--nxdomain-cut"]]:
            rows, _ = self.run_names(names, *flags)
            self.check(names, rows)

    def test_below_what_does_not_exist_nothing_is_asked_for(self):
        names = ["gone.d1.net"] + [f"x{i}.gone.d1.net" for i in range(50)]
        rows, summary = self.run_names(names, "--nxdomain-cut", "--in-flight", 1)
        self.check(names, rows)
        self.assertLessEqual(summary["queries"]["udp"], 5)

    def test_a_trace_tells_every_query(self):
        rows, summary = self.run_names(["www.d1.net", "alias.d2.org", "gone.d3.com"], "--trace", "--workers", 1)
        asked = 0
        for row in rows.values():
            asked += sum(not step["cached"] for step in row["trace"])
            last = row["trace"][-1]
            self.assertEqual(last["zone"], row["zone"])
            self.assertEqual(last["server"], row["server"])
            self.assertEqual(last["rcode"], row["status"])
            self.assertEqual(last["rtt_us"], row["rtt_us"])
            self.assertEqual(last["outcome"], "nxdomain" if row["status"] == "NXDOMAIN" else "answer")
        self.assertEqual(asked, summary["queries"]["udp"])
        steps = [step for row in rows.values() for step in row["trace"]]
        roots = [step["zone"] for step in steps if (step["name"], step["type"], step["cached"]) == (".", "NS", False)]
        self.assertEqual(roots, ["."])
        referral = next(step for step in steps if step.get("target") == "net" and not step["cached"])
        self.assertEqual(referral["servers"][0]["name"], "ns.net")
        self.assertEqual(len(referral["servers"][0]["glue"]), 1)

    def test_the_rates_hold(self):
        names = [f"n{i}.d1.net" for i in range(150)]
        for flag in ["--rate", "--rate-per-server"]:
            _, summary = self.run_names(names, flag, 100)
            self.assertGreater(summary["seconds"], 1.4)

    def test_large_answers_come_over_tcp(self):
        name = f"big.{self.world.domains[hierarchy.BIG_DOMAIN].name}"
        rows, summary = self.run_names([f"{name} TXT"])
        self.assertEqual(len(rows[name]["answers"]), hierarchy.BIG_RECORDS)
        self.assertEqual(rows[name]["proto"], "tcp")
        self.assertEqual(summary["queries"]["tcp"], 1)

    def test_what_does_not_apply_is_refused(self):
        for flags, words in [(["-r", "192.0.2.1"], "takes no upstreams"), (["--class", "CH"], "class IN only"),
                             (["--search"], "search list"), (["--hosts"], "hosts file"),
                             (["--sections", "all"], "answer sections only"),
                             (["--rate-per-upstream", "5"], "no upstreams to limit"),
                             (["--ipv4-only", "--ipv6-only"], "neither IPv4 nor IPv6")]:
            result = dnswarm.run([*self.flags, *flags], ["www.d1.net"])
            self.assertEqual(result.code, 2, flags)
            self.assertIn(words, result.stderr)
        for flags in [["--root-hints", self.world.hints], ["--trace"], ["--rate-per-server", 5], ["--nxdomain-cut"],
                      ["--qname-minimisation"], ["--ipv4-only"]]:
            result = dnswarm.run([*flags, "-q"], ["www.d1.net"])
            self.assertEqual(result.code, 2)
            self.assertIn(f"{flags[0]}: is for --iterative", result.stderr)
        result = dnswarm.run([*self.flags, "--trace", "-f", "csv"], ["www.d1.net"])
        self.assertEqual(result.code, 2)
        self.assertIn("--trace: is for the ndjson format", result.stderr)

    def test_bad_hints_are_named(self):
        path = os.path.join(process.scratch(), "bad-hints")
        with open(path, "w", encoding="ascii") as file:
            file.write(". NS a.root.\na.root. A nonsense\n")
        result = dnswarm.run(["--iterative", "--root-hints", path], ["a"])
        self.assertEqual(result.code, 2)
        self.assertIn("bad-hints: line 2: nonsense is no address of this type", result.stderr)
        result = dnswarm.run(["--iterative", "--root-hints", path + ".none"], ["a"])
        self.assertIn("cannot read the root hints", result.stderr)

    def test_where_nobody_answers_every_name_still_has_its_row(self):
        path = os.path.join(process.scratch(), "dead-hints")
        with open(path, "w", encoding="ascii") as file:
            file.write(". NS a.root.\na.root. A 127.9.9.9\n")
        result = dnswarm.run(["--iterative", "--root-hints", path, "--authoritative-port", self.world.port,
                              "--deadline", 1000, "-q"], ["www.d1.net", "a..b", "www.d2.org"])
        self.assertEqual(result.code, 4)
        self.assertEqual(sorted(row["status"] for row in result.rows()), ["INVALID_NAME", "TIMEOUT", "TIMEOUT"])


if __name__ == "__main__":
    tap.main()
