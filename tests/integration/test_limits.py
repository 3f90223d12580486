#!/usr/bin/env python3
"""Rate limits hold in any window of one second, measured where the packets arrive: over all workers, with
retries, over TCP, in total and for each upstream."""
import unittest

from harness import dnswarm, tap


def allowed(rate):
    return rate + max(1, rate / 100)


class Limits(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        dnswarm.require_programs()

    def most(self, counts):
        return counts["totals"]["packets_in_any_second_max"]

    def run_limited(self, names, flags, upstreams=2, faults=()):
        with dnswarm.Simulator(upstreams, faults, ["--kernel-time"]) as simulator:
            result = dnswarm.run(["-r", simulator.resolvers, *flags], names)
            counts = simulator.stop()
        self.assertEqual(len(result.rows()), len(names))
        return result, counts

    def test_total_rate_holds_over_all_workers(self):
        names = [f"ok-{i}.test" for i in range(7000)]
        for workers in (1, 2, 5):
            with self.subTest(workers=workers):
                result, counts = self.run_limited(names, ["--rate", "2000", "--workers", workers])
                self.assertEqual(result.code, 0, result.stderr)
                self.assertLessEqual(self.most(counts), allowed(2000))
                self.assertGreater(self.most(counts), 1500, "the limit is not used")

    def test_retries_count(self):
        names = [f"ok-{i}.test" for i in range(1500)]
        result, counts = self.run_limited(names, ["--rate", "1000", "--timeout", "100"], faults=["*:loss=30%"])
        self.assertGreater(counts["totals"]["queries_udp"], 1500)
        self.assertLessEqual(self.most(counts), allowed(1000))

    def test_tcp_connects_and_queries_count(self):
        names = [f"tc-{i}.test" for i in range(700)]
        result, counts = self.run_limited(names, ["--rate", "500"])
        self.assertEqual(result.code, 0, result.stderr)
        self.assertGreaterEqual(counts["totals"]["queries_tcp"], 700)
        self.assertLessEqual(self.most(counts), allowed(500))

    def test_a_small_rate_is_exact(self):
        names = [f"ok-{i}.test" for i in range(12)]
        result, counts = self.run_limited(names, ["--rate", "5"])
        self.assertEqual(result.code, 0, result.stderr)
        self.assertLessEqual(self.most(counts), allowed(5))

    def test_a_huge_rate_holds_too(self):
        names = [f"ok-{i}.test" for i in range(dnswarm.scaled(150_000))]
        result, counts = self.run_limited(names, ["--rate", "50000"])
        self.assertEqual(result.code, 0, result.stderr)
        self.assertLessEqual(self.most(counts), allowed(50_000))

    def test_rate_per_upstream_holds_for_each(self):
        names = [f"ok-{i}.test" for i in range(2000)]
        result, counts = self.run_limited(names, ["--rate-per-upstream", "300", "--workers", "2"], upstreams=3)
        self.assertEqual(result.code, 0, result.stderr)
        for upstream in counts["upstreams"]:
            self.assertLessEqual(upstream["packets_in_any_second_max"], allowed(300))
            self.assertGreater(upstream["queries_udp"], 300)

    def test_waiting_for_the_rate_is_not_charged_to_the_deadline(self):
        names = [f"ok-{i}.test" for i in range(400)]
        result, _ = self.run_limited(names, ["--rate", "100", "--deadline", "500", "--timeout", "200"])
        self.assertEqual(result.code, 0, result.stderr)

    def test_dead_upstreams_are_not_asked_beyond_the_rate(self):
        names = [f"ok-{i}.test" for i in range(300)]
        result, counts = self.run_limited(
            names, ["--rate", "400", "--timeout", "100", "--deadline", "1000"], faults=["*:dead"])
        self.assertEqual(result.code, 4, result.stderr)
        self.assertLessEqual(self.most(counts), allowed(400))

    def test_cache_hits_are_free(self):
        names = [f"ok-{i % 50}.test" for i in range(20_000)]
        result, counts = self.run_limited(names, ["--rate", "100"])
        self.assertEqual(result.code, 0, result.stderr)
        self.assertLessEqual(counts["totals"]["queries_udp"], 50)


if __name__ == "__main__":
    tap.main()
