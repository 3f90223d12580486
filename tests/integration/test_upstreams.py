#!/usr/bin/env python3
"""Upstreams that die, are dead, were never there, lie or throttle; and ten thousand of them."""
import collections
import unittest

from harness import dnswarm, process, tap


def statuses(rows):
    return collections.Counter(row["status"] for row in rows)


class Upstreams(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        dnswarm.require_programs()

    def assert_right(self, result, names, count):
        self.assertEqual(len(result.rows()), count)
        good, words = dnswarm.check(result, names)
        self.assertTrue(good, words)

    def test_two_of_four_die_in_mid_run_and_no_name_is_lost(self):
        count = 30_000
        names, base = dnswarm.generate(count), dnswarm.base_address()
        # 400 in flight at 20 ms are 20,000 a second at most: the run is well under way after half a second.
        faults = [f"{base}.1-2:delay=20ms", f"{base}.3-4:delay=20ms,dies-at=500ms"]
        with dnswarm.Simulator(f"{base}.1-4:0", faults) as simulator:
            result = dnswarm.run(["-r", simulator.resolvers, "--in-flight", "400", "--timeout", "300"], names)
            counts = simulator.stop()
        self.assertEqual(result.code, 0, result.stderr)
        self.assert_right(result, names, count)
        for upstream in counts["upstreams"][2:]:
            self.assertGreater(upstream["responses"], 0, counts)
            self.assertGreater(upstream["faults"]["dead"], 0, counts)

    def test_an_upstream_that_returns_is_used_again(self):
        names, base = dnswarm.generate(20_000), dnswarm.base_address()
        faults = [f"{base}.1:delay=20ms", f"{base}.2:delay=20ms,returns-at=1s"]
        with dnswarm.Simulator(f"{base}.1-2:0", faults) as simulator:
            result = dnswarm.run(["-r", simulator.resolvers, "--rate", "4000", "--timeout", "200"], names)
            counts = simulator.stop()
        self.assertEqual(result.code, 0, result.stderr)
        self.assert_right(result, names, 20_000)
        self.assertGreater(counts["upstreams"][1]["responses"], 0, counts)

    def test_broken_names_do_not_slow_a_good_upstream(self):
        names = [f"servfail-{i}.broken.test" for i in range(300)] + [f"ok-{i}.fine.test" for i in range(3000)]
        with dnswarm.Simulator(2) as simulator:
            result = dnswarm.run(["-r", simulator.resolvers], names)
        self.assertEqual(result.code, 3, result.stderr)
        self.assertEqual(statuses(result.rows()), {"SERVFAIL": 300, "NOERROR": 3000})

    def end_without_answers(self, resolvers, count=200, allowed=("TIMEOUT",)):
        """All names get an honest row and the exit code is 4, soon after the deadline at the latest."""
        names = [f"ok-{i}.test" for i in range(count)]
        result = dnswarm.run(["-r", resolvers, "--timeout", "100", "--deadline", "1500"], names, timeout=30)
        rows = result.rows()
        self.assertEqual(result.code, 4, result.stderr)
        self.assertEqual(sorted(row["name"] for row in rows), sorted(names))
        for row in rows:
            self.assertIn(row["status"], allowed)
            self.assertEqual(row["answers"], [])
            self.assertTrue(row["error"]["code"] and row["error"]["text"], row)
        return rows

    def test_all_dead_ends_within_the_deadline_with_exit_4(self):
        with dnswarm.Simulator(4, ["*:dead"]) as simulator:
            rows = self.end_without_answers(simulator.resolvers)
        self.assertTrue(all(row["attempts"] > 0 for row in rows))

    def test_closed_ports_end_with_exit_4(self):
        address = process.loopback_address()
        self.end_without_answers(f"{address}:{process.free_port(address)}", allowed=("TIMEOUT", "NETWORK_ERROR"))

    def test_no_route_ends_with_exit_4(self):
        # 2001:db8::/32 is for documentation: no route leads there, nothing leaves the machine. The class E
        # address is refused by the kernel itself.
        for address in ("[2001:db8::53]:53", "255.255.255.255:53"):
            with self.subTest(address=address):
                self.end_without_answers(address, count=20, allowed=("NETWORK_ERROR", "TIMEOUT"))

    def test_a_dead_upstream_beside_a_good_one_costs_no_name(self):
        names, base = dnswarm.generate(5000), dnswarm.base_address()
        address = process.loopback_address()
        for broken in (f"{base}.2:dead", f"{base}.2:closed", f"{base}.2:lame", f"{base}.2:servfail",
                       f"{base}.2:refused", f"{base}.2:formerr-on-edns", f"{base}.2:loss=30%",
                       f"{base}.2:garbage,only", f"{base}.2:cap=100/s:refused", f"{base}.2:cap=100/s:tc"):
            with self.subTest(broken=broken), dnswarm.Simulator(f"{base}.1-2:0", [broken]) as simulator:
                result = dnswarm.run(["-r", simulator.resolvers, "--timeout", "200"], names)
                self.assertEqual(result.code, 0, result.stderr)
                self.assert_right(result, names, 5000)

    def test_forged_answers_are_never_taken(self):
        names = dnswarm.generate(3000)
        for lie in ("wrong-id", "wrong-source", "wrong-question"):
            with self.subTest(lie=lie):
                with dnswarm.Simulator(1, [f"*:{lie}"]) as simulator:
                    result = dnswarm.run(["-r", simulator.resolvers], names)
                self.assertEqual(result.code, 0, result.stderr)
                self.assert_right(result, names, 3000)
                with dnswarm.Simulator(1, [f"*:{lie},only"]) as simulator:
                    rows = self.end_without_answers(simulator.resolvers, 50, ("TIMEOUT", "INVALID_RESPONSE"))
                self.assertEqual(len(rows), 50)

    def test_tcp_that_closes_or_never_answers_is_survived(self):
        names, base = [f"tc-{i}.test" for i in range(400)], dnswarm.base_address()
        for fault in ("tcp-close=1%", "delay=10ms"):
            with self.subTest(fault=fault), dnswarm.Simulator(f"{base}.1-2:0", [f"{base}.1-2:{fault}"]) as simulator:
                result = dnswarm.run(["-r", simulator.resolvers, "--timeout", "300"], names)
                counts = simulator.stop()
                self.assertEqual(result.code, 0, result.stderr)
                self.assert_right(result, names, 400)
                self.assertTrue(all(row["proto"] == "tcp" for row in result.rows()))
                if fault.startswith("delay"):  # connections are shared, not one for each query
                    self.assertLess(counts["totals"]["tcp_connects"], 100, counts)

    def test_a_server_that_closes_after_each_answer_costs_no_name(self):
        names = [f"tc-{i}.test" for i in range(300)]
        for fault in ("tcp-answers=1", "tcp-answers=1,delay=5ms", "tcp-answers=7"):
            with self.subTest(fault=fault), dnswarm.Simulator(1, [f"*:{fault}"]) as simulator:
                result = dnswarm.run(["-r", simulator.resolvers], names)
                counts = simulator.stop()
                self.assertEqual(result.code, 0, result.stderr)
                self.assert_right(result, names, 300)
                # What was pipelined on the first connections is asked again; afterwards nothing is.
                self.assertLess(counts["totals"]["queries_tcp"], 900, counts)

    def test_open_cname_chains_are_finished_and_loops_named(self):
        names = ["openchain3-a.test", "chain5-b.test", "loop-c.test", "opencname-d.test"]
        with dnswarm.Simulator(1) as simulator:
            result = dnswarm.run(["-r", simulator.resolvers, "--ordered"], names)
        self.assertEqual([row["status"] for row in result.rows()], ["NOERROR", "NOERROR", "CNAME_LOOP", "NOERROR"])
        for row in (result.rows()[i] for i in (0, 1, 3)):
            self.assertEqual(row["answers"][-1]["type"], "A", row)
        self.assertEqual(result.code, 3)

    def test_ten_thousand_upstreams_share_the_work(self):
        count = 60_000
        names = [f"ok-{i}.fair.test" for i in range(count)]
        with dnswarm.Simulator("127.77.0.1-127.77.39.16:0") as simulator:
            port = simulator.listening[0].rpartition(":")[2]
            upstreams = [f"127.77.{i >> 8}.{i & 255}:{port}" for i in range(1, 10_001)]
            path = process.scratch_dir("resolvers") + "/list"
            with open(path, "w", encoding="utf-8") as file:
                file.write("# ten thousand\n" + "\n".join(upstreams) + "\n")
            result = dnswarm.run(["-r", path], names)
            counts = simulator.stop()
        self.assertEqual(result.code, 0, result.stderr)
        self.assertEqual(statuses(result.rows()), {"NOERROR": count})
        shares = collections.Counter(row["resolver"] for row in result.rows())
        self.assertGreater(len(shares), 9_500, "upstreams that were never asked")
        self.assertLess(max(shares.values()), 60, "one upstream was asked ten times its share")
        self.assertGreaterEqual(counts["totals"]["queries_udp"], count)


if __name__ == "__main__":
    tap.main()
