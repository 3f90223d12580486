#!/usr/bin/env python3
"""Little memory: a cgroup, of version 1 or 2, whose limit the kernel enforces by killing."""
import json
import unittest

from harness import chaos, dnswarm, process, tap

MIB = 1 << 20
# They fill most of a cache of 64 MiB.
NAMES = 500_000


class Memory(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        dnswarm.require_programs()
        if dnswarm.SANITIZED:
            raise unittest.SkipTest("a sanitized program needs more memory than this is about")
        cls.simulator = dnswarm.Simulator(1)
        cls.names = dnswarm.generate(NAMES)

    @classmethod
    def tearDownClass(cls):
        cls.simulator.__exit__()

    def run_within(self, mib, flags, names=None):
        """(result, summary). Rows go to a file, whose pages the kernel can take back."""
        folder = process.scratch_dir("memory")
        names = names or self.names
        with open(f"{folder}/names", "wb") as file:
            file.write(names)
        with chaos.MemoryGroup(mib * MIB) as group, open(f"{folder}/rows", "wb") as rows:
            result = dnswarm.run(["-r", self.simulator.resolvers, "-q", "--workers", 2, "--summary",
                                  f"{folder}/summary", *flags, f"{folder}/names"], preexec=group.enter, stdout=rows)
            self.assertEqual(group.kills(), 0, f"killed: {group.peak()} octets, {result.stderr}")
        self.assertEqual(result.code, 0, result.stderr)
        with open(f"{folder}/rows", "rb") as rows, open(f"{folder}/summary", encoding="utf-8") as summary:
            good, words = dnswarm.check(rows.read(), names)
            self.assertTrue(good, words)
            return result, json.load(summary)

    def test_256_mib_are_enough_without_a_flag_for_memory(self):
        self.assertEqual(self.run_within(256, ["--ordered"])[0].stderr, "")
        result, summary = self.run_within(256, [])
        self.assertEqual(result.stderr, "")
        self.assertEqual(summary["cache"]["octets_max"], 64 * MIB)
        self.assertGreater(summary["cache"]["octets"], 48 * MIB, "the list is too short to fill it")

    def test_a_cache_that_does_not_fit_is_smaller_and_said(self):
        for mib, flags in ((64, []), (128, ["--cache-size", 1024])):
            with self.subTest(mib=mib, flags=flags):
                result, summary = self.run_within(mib, flags)
                self.assertIn(f"may use {mib} MiB of memory", result.stderr)
                cache = summary["cache"]
                self.assertLessEqual(cache["octets_max"], mib * MIB // 2)
                self.assertGreater(cache["octets_max"], mib * MIB // 4)
                self.assertGreater(cache["octets"], min(cache["octets_max"] // 4 * 3, 48 * MIB))

    def test_next_to_no_memory_does_for_a_small_list(self):
        result, summary = self.run_within(16, ["--in-flight", 500], dnswarm.generate(2000))
        self.assertIn("the cache has 0 MiB, not 64 MiB", result.stderr)
        self.assertEqual(summary["cache"]["octets_max"], 0)

    def test_walking_the_hierarchy_within_its_limit(self):
        world = ["--domains", "5000", "--root-servers", "2", "--tld-servers", "2"]
        names = dnswarm.world_names(world, 20)
        with dnswarm.World(world) as simulator, chaos.MemoryGroup(96 * MIB) as group:
            flags = ["--iterative", "--root-hints", simulator.hints, "--authoritative-port", simulator.port,
                     "--rate-per-server", 0, "-q", "--cache-size", 96]
            result = dnswarm.run(flags, names, preexec=group.enter)
            self.assertEqual((group.kills(), result.code), (0, 0), result.stderr)
        self.assertIn("may use 96 MiB", result.stderr)
        good, words = dnswarm.check(result, names, job=["world", *world])
        self.assertTrue(good, words)


if __name__ == "__main__":
    tap.main()
