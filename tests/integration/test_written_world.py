#!/usr/bin/env python3
"""Iterative mode against NSD, Knot and BIND that serve thousands of zones by one rule: what is found must be exactly
what stands in the zones. DNSWARM_FULL=1 in the environment takes ten times as many."""
import json
import os
import unittest

from harness import dnswarm, process, tap, written_world

FULL = os.environ.get("DNSWARM_FULL") == "1"
DOMAINS = 20_000 if FULL else dnswarm.scaled(2_000)
NAMES_PER_DOMAIN = 5
FLAGS = ["--domains", DOMAINS, "--glueless", 20]


class Written(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        dnswarm.require_programs()
        cls.world = written_world.WrittenWorld(FLAGS)
        cls.addClassCleanup(cls.world.stop)
        cls.names = dnswarm.world_names(cls.world.flags, NAMES_PER_DOMAIN)

    def resolve(self, *flags):
        """The summary of a run in which every row was right."""
        summary = os.path.join(process.scratch(), "summary.json")
        result = self.world.resolve(self.names, "--summary", summary, *flags)
        good, words = dnswarm.check(result, self.names, self.world.flags, job=["world"])
        self.assertTrue(good, f"{words}\n{result.stderr}")
        self.assertEqual(len(result.stdout.splitlines()), DOMAINS * NAMES_PER_DOMAIN)
        with open(summary, encoding="utf-8") as file:
            return json.load(file)

    def test_exactly_what_stands_in_the_zones_is_found(self):
        for flags in [[], ["--qname-minimisation"], ["--nxdomain-cut"], ["--workers", 1, "--in-flight", 200],
                      ["--cache-size", 0]]:
            with self.subTest(flags=flags):
                self.resolve(*flags)

    def test_each_cut_is_asked_for_once(self):
        # A query for each line, one for its zone's cut, one more where an alias leads elsewhere (one line of twenty),
        # and for each provider, which has ten domains, its cut and two addresses. Retries are not of interest here.
        summary = self.resolve("--workers", 1)
        lines = DOMAINS * NAMES_PER_DOMAIN
        queries = summary["queries"]["udp"] - summary["queries"]["retries"]
        self.assertLess(queries, 1.06 * lines + DOMAINS + 0.1 * DOMAINS + 100)


if __name__ == "__main__":
    tap.main()
