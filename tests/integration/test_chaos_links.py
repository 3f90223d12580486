#!/usr/bin/env python3
"""The link between dnswarm and its upstreams goes down and comes back: between two network namespaces."""
import collections
import time
import unittest

from harness import chaos, dnswarm, tap
from harness.running import Running

OUTAGE_S = 2
# So many that the run lasts well beyond the outage.
NAMES, DELAY, IN_FLIGHT = 12_000, "*:delay=100ms", ["--in-flight", 500]


class Links(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        dnswarm.require_programs()
        cls.link = chaos.Link()
        cls.names = dnswarm.generate(NAMES)

    @classmethod
    def tearDownClass(cls):
        cls.link.stop()

    def simulator(self, faults=(DELAY,)):
        return dnswarm.Simulator(f"{self.link.THERE}:5300", faults, by=self.link.there)

    def interrupted(self, go_down, go_up, seconds=OUTAGE_S, flags=()):
        with self.simulator() as running:
            run = Running(["-r", running.resolvers, *IN_FLIGHT, *flags], self.names)
            go_down()
            time.sleep(seconds)
            go_up()
            return run.end()

    def test_a_link_that_goes_down_and_up_costs_no_name(self):
        for flags in (["--timeout", "200"], ["--io", "mmsg"]):
            with self.subTest(flags=flags):
                result = self.interrupted(self.link.down, self.link.up, flags=flags)
                dnswarm.assert_all_right(self, result, self.names)

    def test_few_names_wait_for_a_link_that_is_down_at_first(self):
        """Too few to tell that it is not their own fault."""
        names = dnswarm.generate(12)
        with self.simulator() as simulator:
            self.link.down()
            child = dnswarm.start(["-r", simulator.resolvers, "-q"])
            child.stdin.write(names)
            child.stdin.flush()
            time.sleep(1)
            self.link.up()
            out, errors = child.communicate()
        dnswarm.assert_all_right(self, dnswarm.Result(child.returncode, out, errors), names)

    def test_a_pulled_cable_costs_no_name(self):
        """Nothing tells: queries leave, and nothing comes."""
        result = self.interrupted(lambda: self.link.other_end("down"), lambda: self.link.other_end("up"))
        dnswarm.assert_all_right(self, result, self.names)

    def test_an_outage_beyond_the_deadline_gives_each_name_one_honest_row(self):
        result = self.interrupted(self.link.down, self.link.up, 3, ["--timeout", "200", "--deadline", "1000"])
        good, words = dnswarm.check(result, self.names, ["--allow-unanswered"])
        self.assertTrue(good, words)
        statuses = collections.Counter(row["status"] for row in result.rows())
        lost = statuses["TIMEOUT"] + statuses["NETWORK_ERROR"]
        self.assertGreater(lost, 0, statuses)
        self.assertLess(lost, NAMES // 2, "the rest of the list was to be asked when the link was back")
        for row in result.rows():
            if row["status"] == "NETWORK_ERROR":
                self.assertEqual((row["attempts"], row["answers"]), (0, []))
                self.assertTrue(row["error"]["text"], row)
        self.assertEqual(result.code, 3, result.stderr)

    def test_one_of_two_upstreams_beyond_a_dead_link_costs_no_name(self):
        with dnswarm.Simulator("127.99.0.1:5300", [DELAY]) as near, self.simulator() as far:
            run = Running(["-r", f"{near.resolvers},{far.resolvers}", *IN_FLIGHT], self.names)
            self.link.down()
            time.sleep(OUTAGE_S)
            self.link.up()
            result = run.end()
            counts = far.stop()
        dnswarm.assert_all_right(self, result, self.names)
        rows = collections.Counter(row["resolver"] for row in result.rows())
        self.assertGreater(rows[f"{self.link.THERE}:5300"], NAMES // 10, "it was not used any more")
        self.assertLess(counts["totals"]["queries_udp"], NAMES)

    def test_no_link_at_all_is_said_within_the_deadline(self):
        self.link.down()
        started = time.monotonic()
        result = dnswarm.run(["-r", f"{self.link.THERE}:5300", "--deadline", "1000"], ["ok-1.test", "ok-2.test"])
        self.link.up()
        self.assertEqual([row["status"] for row in result.rows()], ["NETWORK_ERROR"] * 2)
        self.assertIn("unreachable", result.rows()[0]["error"]["text"])
        self.assertEqual(result.code, 4)
        self.assertLess(time.monotonic() - started, 10)


if __name__ == "__main__":
    tap.main()
