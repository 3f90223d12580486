#!/usr/bin/env python3
"""dnswarm is stopped (SIGSTOP, as Ctrl-Z does) for longer than its tries take, several times, or for a moment,
many times, with thousands of queries in flight: what came meanwhile counts, and nothing is asked again for it."""
import signal
import time
import unittest

from harness import dnswarm, tap
from harness.running import Running

# Each list takes seconds of work beside the stops, so that no stop finds it done, however late it is sent.
NAMES = 36_000
STOPS, STOP_S = 2, 1.3
# Two tries of 350 and 700 ms: less than a stop.
IMPATIENT = ["--timeout", 350, "--attempts", 2, "--deadline", 1100, "--in-flight", 4000, "--workers", 2]


class Stop(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        dnswarm.require_programs()

    def stop_and_go_on(self, flags, names, stops=STOPS, stop_s=STOP_S, go_s=0.2):
        run = Running(flags, names)
        for _ in range(stops):
            run.child.send_signal(signal.SIGSTOP)
            time.sleep(stop_s)
            run.child.send_signal(signal.SIGCONT)
            time.sleep(go_s)
        self.assertIsNone(run.child.poll(), "it was over before the last stop")
        return run.end()

    def test_stops_cost_no_name_and_no_query(self):
        names = b"".join(b"ok-%d.n%d.test\n" % (i, i % 500) for i in range(NAMES))
        for io in ("uring", "mmsg"):
            with self.subTest(io=io), dnswarm.Simulator(1, ["*:delay=300ms"]) as simulator:
                result = self.stop_and_go_on(["-r", simulator.resolvers, *IMPATIENT, "--io", io], names)
                counts = simulator.stop()
                dnswarm.assert_all_right(self, result, names)
                self.assertLess(counts["totals"]["queries_udp"], NAMES * 1.01)

    def test_moments_without_a_processor_cost_no_query(self):
        """As under a CPU quota: 80 of 110 ms are taken away."""
        names = b"".join(b"ok-%d.n%d.test\n" % (i, i % 5000) for i in range(120_000))
        for io in ("uring", "mmsg"):
            with self.subTest(io=io), dnswarm.Simulator(4, ["*:delay=50ms"]) as simulator:
                flags = ["-r", simulator.resolvers, "--in-flight", 1000, "--workers", 1, "--io", io]
                result = self.stop_and_go_on(flags, names, stops=40, stop_s=0.08, go_s=0.03)
                self.assertLess(simulator.stop()["totals"]["queries_udp"], len(names.split()) * 1.01)
                dnswarm.assert_all_right(self, result, names)
                self.assertEqual({upstream["rests"] for upstream in result.summary["upstreams"]}, {0})

    def test_stops_cost_no_name_over_tcp(self):
        names = b"".join(b"tc-%d.test\nok-%d.test\nok-n%d.test\n" % (i, i, i) for i in range(7500))
        with dnswarm.Simulator(1, ["*:delay=100ms"]) as simulator:
            result = self.stop_and_go_on(["-r", simulator.resolvers, "--in-flight", 1000, "--workers", 2], names)
            self.assertLessEqual(simulator.stop()["totals"]["tcp_connects"], 2)
        dnswarm.assert_all_right(self, result, names)

    def test_stops_do_not_burst_through_the_rate(self):
        names = dnswarm.generate(6000)
        with dnswarm.Simulator(1, [], ["--kernel-time"]) as simulator:
            result = self.stop_and_go_on(["-r", simulator.resolvers, "--rate", 1500, "--workers", 2], names)
            counts = simulator.stop()
        dnswarm.assert_all_right(self, result, names)
        self.assertLessEqual(counts["totals"]["packets_in_any_second_max"], 1515)

    def test_stops_cost_no_name_walking_the_hierarchy(self):
        world = ["--domains", "2000", "--root-servers", "2", "--tld-servers", "2"]
        names = dnswarm.world_names(world, 24).encode()
        with dnswarm.World(world, ["root:delay=50ms", "tld:delay=50ms", "domain:delay=50ms"]) as simulator:
            flags = ["--iterative", "--root-hints", simulator.hints, "--authoritative-port", simulator.port,
                     "--rate-per-server", 0, "--in-flight", 600, "--deadline", 1100]
            result = self.stop_and_go_on(flags, names)
        dnswarm.assert_all_right(self, result, names, job=["world", *world])


if __name__ == "__main__":
    tap.main()
