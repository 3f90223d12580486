#!/usr/bin/env python3
"""Forgers, upstreams without the usual habits, and cookies of real servers."""
import json
import os
import unittest

from harness import dnswarm, process, servers, tap

COUNT = 5_000


class Lies(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        dnswarm.require_programs()
        cls.names = dnswarm.generate(COUNT)
        cls.summary = os.path.join(process.scratch_dir("lies"), "summary.json")

    def run_names(self, faults, *flags, upstreams=2):
        with dnswarm.Simulator(upstreams, faults) as simulator:
            result = dnswarm.run(["-r", simulator.resolvers, "--summary", self.summary, *flags], self.names)
        with open(self.summary, encoding="utf-8") as file:
            return result, json.load(file)

    def test_guesses_at_every_query_cost_no_name_and_do_not_push_the_load_onto_tcp(self):
        result, summary = self.run_names(["*:wrong-id"])
        dnswarm.assert_all_right(self, result, self.names)
        mismatches, queries = summary["mismatches"], summary["queries"]
        self.assertGreater(mismatches["near_miss"], COUNT)
        self.assertLessEqual(mismatches["to_tcp"], queries["udp"] / 16 + 32 * summary["config"]["workers"])
        self.assertIn("suspect responses", result.stderr)

    def test_who_lowers_the_case_is_believed_once_tcp_confirmed_it(self):
        result, summary = self.run_names(["*:lower-question"])
        dnswarm.assert_all_right(self, result, self.names)
        self.assertEqual([upstream["keeps_case"] for upstream in summary["upstreams"]], [False, False])
        self.assertLess(summary["queries"]["tcp"], COUNT / 5)

    def test_who_keeps_it_is_known_to(self):
        result, summary = self.run_names([])
        dnswarm.assert_all_right(self, result, self.names)
        self.assertEqual([upstream["keeps_case"] for upstream in summary["upstreams"]], [True, True])
        self.assertEqual(summary["mismatches"]["suspects"], 0)

    def test_without_tcp_the_row_says_what_is_wrong_and_which_flag_helps(self):
        with dnswarm.Simulator(1, ["*:lower-question,tcp-dead"]) as simulator:
            flags = ["-r", simulator.resolvers, "--timeout", "100", "--deadline", "2000"]
            names = ["ok-name-with-letters.example"]
            row = dnswarm.run(flags, names).rows()[0]
            self.assertEqual((row["status"], row["error"]["code"]), ("INVALID_RESPONSE", "other_case"))
            self.assertIn("--no-0x20", row["error"]["text"])
            row = dnswarm.run([*flags, "--no-0x20"], names).rows()[0]
            self.assertEqual(row["status"], "NOERROR")

    def test_massdns_formats_leave_it_off_unless_asked(self):
        for flags, mixed in (([], False), (["--0x20"], True)):
            result, summary = self.run_names([], "-f", "massdns-J", *flags)
            self.assertEqual(result.code, 0, result.stderr)
            self.assertEqual(summary["config"]["mixed_case"], mixed)


class Cookies(unittest.TestCase):
    """BIND has cookies, and so have the queries to it from the second on."""

    def test_bind_gets_its_cookie_back(self):
        dnswarm.require_programs()
        zone = os.path.join(process.scratch_dir("cookies"), "cookie.test")
        with open(zone, "w", encoding="utf-8") as file:
            file.write("$ORIGIN cookie.test.\n$TTL 60\n@ SOA ns host 1 7200 3600 1209600 300\n@ NS ns\n"
                       "ns A 192.0.2.1\n* A 192.0.2.2\n")
        summary = os.path.join(process.scratch_dir("cookies"), "summary.json")
        server = servers.ALL["named"]({"cookie.test": zone})
        try:
            for flags, cookies in (([], True), (["--no-cookies"], False), (["--no-edns"], False)):
                result = dnswarm.run(["-r", f"{server.address}:{server.port}", "--norecurse", "--summary", summary,
                                      "--workers", "1", *flags], [f"n{i}.cookie.test" for i in range(500)])
                self.assertEqual(result.code, 0, result.stderr)
                with open(summary, encoding="utf-8") as file:
                    upstream = json.load(file)["upstreams"][0]
                self.assertEqual(upstream["cookies"], cookies, flags)
                self.assertTrue(upstream["keeps_case"])
        finally:
            server.stop()


if __name__ == "__main__":
    tap.main()
