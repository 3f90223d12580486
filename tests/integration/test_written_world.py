#!/usr/bin/env python3
"""Iterative mode against NSD, Knot and BIND that serve thousands of zones by one rule: what is found must be exactly
what stands in the zones. DNSWARM_FULL=1 in the environment takes ten times as many."""
import json
import os
import time
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

    # All servers of a zone rest once they were silent for some 200 ms; then each name tries each of them once more and
    # gives up, long before its deadline.
    def test_silence_of_a_second_costs_no_name(self):
        lines = self.names.splitlines(keepends=True)[:2 * DOMAINS]
        path = os.path.join(process.scratch(), "rows")
        child = dnswarm.start([*self.world.flags_to_walk_it(), "--in-flight", 200, "-o", path])
        # First it learns how fast the servers are.
        self.write(child, lines[:DOMAINS])
        self.assertTrue(self.comes_true(lambda: self.count_rows(path) >= DOMAINS))
        with self.world.domains_are_silent():
            self.write(child, lines[DOMAINS:])
            time.sleep(1)
        _, errors = child.communicate(timeout=60)
        self.assertEqual(child.returncode, 0, errors.decode())
        self.assertEqual(self.count_rows(path), len(lines))

    @staticmethod
    def write(child, lines):
        child.stdin.write("".join(lines).encode())
        child.stdin.flush()

    @staticmethod
    def count_rows(path):
        if not os.path.exists(path):
            return 0
        with open(path, "rb") as file:
            return file.read().count(b"\n")

    @staticmethod
    def comes_true(condition, seconds=30):
        end = time.monotonic() + seconds
        while time.monotonic() < end and not condition():
            time.sleep(0.05)
        return condition()


if __name__ == "__main__":
    tap.main()
