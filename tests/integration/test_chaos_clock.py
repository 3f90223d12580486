#!/usr/bin/env python3
"""The wall clock jumps an hour ahead and an hour back, four times a second (clock_steps.cc): TTLs, timeouts and
rates do not notice."""
import collections
import datetime
import os
import time
import unittest

from harness import dnswarm, tap

CLOCK_STEPS = os.environ.get("DNSWARM_CLOCK_STEPS", "")
UNIQUE, TIMES = 4000, 5
HOUR_S = 3600


class Clock(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        dnswarm.require_programs()
        cls.names = [f"ok-{i % UNIQUE}.n{i % 100}.test" for i in range(UNIQUE * TIMES)]

    def setUp(self):
        if dnswarm.SANITIZED:
            self.skipTest("a sanitized program takes no library in front of its runtime")
        self.assertTrue(os.path.exists(CLOCK_STEPS), "clock_steps is not built")

    def run_with_steps(self, names, flags, faults):
        """Some seconds, so that the clock steps a dozen times. (result, simulator's counts, seconds)."""
        started = time.monotonic()
        with dnswarm.Simulator(1, faults, ["--kernel-time"]) as simulator:
            result = dnswarm.run(["-r", simulator.resolvers, "--workers", 2, *flags], names,
                                 environment={"LD_PRELOAD": CLOCK_STEPS})
            return result, simulator.stop(), time.monotonic() - started

    def assert_sane(self, result, names, seconds):
        dnswarm.assert_all_right(self, result, names)
        rows = result.rows()
        now = datetime.datetime.now(datetime.timezone.utc)
        ages = collections.Counter()
        for row in rows:
            # The simulator's TTL is 300 s; what comes from the cache is as old as the run at most.
            ttl = row["answers"][0]["ttl"]
            self.assertTrue(300 - seconds - 1 <= ttl <= 300, row)
            self.assertLess(row["rtt_us"], 10_000_000, row)
            age = (now - datetime.datetime.fromisoformat(row["ts"].replace("Z", "+00:00"))).total_seconds()
            ages[round(age / HOUR_S)] += 1
        self.assertEqual(set(ages), {-1, 0, 1}, "the clock did not step, or time stamps are off")
        return rows

    def test_a_stepping_clock_changes_no_answer_and_no_ttl(self):
        for io in ("uring", "mmsg"):
            with self.subTest(io=io):
                flags = ["--io", io, "--rate", 1500, "--in-flight", 400]
                result, counts, seconds = self.run_with_steps(self.names, flags, ["*:delay=50ms,loss=2%"])
                rows = self.assert_sane(result, self.names, seconds)
                again = UNIQUE * (TIMES - 1)
                self.assertGreater(sum(row["cached"] for row in rows), again * 0.9, "the cache took them for old")
                # What was lost is asked again, and no more.
                self.assertLess(counts["totals"]["queries_udp"], UNIQUE * 1.1)

    def test_a_stepping_clock_does_not_touch_rates(self):
        names = self.names[:UNIQUE]
        result, counts, seconds = self.run_with_steps(names, ["--rate", 1500, "--in-flight", 200], [])
        self.assert_sane(result, names, seconds)
        self.assertLessEqual(counts["totals"]["packets_in_any_second_max"], 1515)
        self.assertLess(seconds, 3 * UNIQUE / 1500)


if __name__ == "__main__":
    tap.main()
