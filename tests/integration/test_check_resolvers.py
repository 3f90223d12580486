#!/usr/bin/env python3
"""`dnswarm check-resolvers` and `--validate-resolvers` against simulated resolvers of every kind, and real ones. All
of them share a tiny internet: one root zone with the default known names, in which nothing else exists."""
import json
import os
import resource
import signal
import unittest

from harness import dnswarm, process, servers, signed_zone, tap

LIE = "192.0.2.66"
KNOWN = {"one.one.one.one": ["1.0.0.1", "1.1.1.1"], "dns.google": ["8.8.4.4", "8.8.8.8"],
         "dns.quad9.net": ["149.112.112.112", "9.9.9.9"], "a.root-servers.net": ["198.41.0.4"],
         "k.root-servers.net": ["193.0.14.129"]}
ZONE = ("$ORIGIN .\n$TTL 3600\n. SOA ns1.test. host.test. 1 7200 3600 1209600 60\n. NS ns1.test.\n"
        "ns1.test. A 192.0.2.1\ncom. TXT \"x\"\nnet. TXT \"x\"\norg. TXT \"x\"\ngoogle.com. A 192.0.2.10\n"
        "facebook.com. A 192.0.2.11\n")


def zone_file(known):
    lines = [f"{name}. A {address}" for name, addresses in known.items() for address in addresses]
    return process.write_file(process.scratch_dir("internet"), "root.zone", ZONE + "\n".join(lines) + "\n")


class Resolvers(dnswarm.Simulator):
    """So many resolvers on a /24 of their own. `faults`: {"2": "lies", "5-9": "dead"}: by last octets."""

    def __init__(self, count, faults=None, known=None, extra=("--signed",)):
        self.base = dnswarm.base_address()
        flags = [f"{self.base}.{where}:{fault}" for where, fault in (faults or {}).items()]
        super().__init__(f"{self.base}.1-{count}:0", flags, ["--zone", zone_file(known or KNOWN), *extra])
        self.port = self.listening[0].rpartition(":")[2]

    def at(self, first, last=None):
        return [f"{self.base}.{i}:{self.port}" for i in range(first, (last or first) + 1)]


def check(arguments, resolvers, **more):
    return dnswarm.run(["check-resolvers", "--timeout", "300", *arguments], resolvers, **more)


def findings(result):
    """{resolver: its object}"""
    return {row["resolver"]: row for row in result.rows()}


def codes(finding):
    return [fault["code"] for fault in finding["faults"]]


class CheckResolvers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        dnswarm.require_programs()

    def test_one_of_each_kind(self):
        kinds = {2: ("lies", ["lies"]), 3: ("rewrites", ["rewrites"]), 4: ("hides", ["hides_nxdomain"]),
                 5: ("refused", ["refuses"]), 6: ("servfail", ["fails"]), 7: ("dead", ["silent"]),
                 8: ("no-edns", ["no_edns", "no_dnssec"]), 9: ("tcp-dead", ["no_tcp"]), 10: ("no-dnssec", ["no_dnssec"]),
                 11: ("lower-question", ["no_0x20"]), 12: ("tcp-close", ["no_tcp"]), 13: ("loss=35%", ["lossy"]),
                 14: ("formerr-on-edns", ["no_edns", "no_dnssec"]), 15: ("delay=120ms", ["slow"]),
                 16: ("garbage,only", ["silent"]), 17: ("wrong-id,only", ["silent"]), 18: ("wrong-source", []),
                 19: ("wrong-question", [])}
        faults = {str(number): fault for number, (fault, _) in kinds.items()}
        with Resolvers(22, faults) as resolvers:
            demands = ["--require", "edns,tcp,dnssec,0x20", "--max-latency", "100", "--max-loss", "20",
                       "--attempts", "8", "--timeout", "250"]
            result = check(["--trusted", ",".join(resolvers.at(20, 22)), "-f", "json", *demands], resolvers.at(1, 19))
            rows = findings(result)
            self.assertEqual(result.code, 0, result.stderr)
            for number, (fault, expected) in kinds.items():
                finding = rows[resolvers.at(number)[0]]
                with self.subTest(fault=fault):
                    # Who loses near half of the packets may be out of luck with other questions, too.
                    found = codes(finding)[:1] if fault.startswith("loss") else codes(finding)
                    self.assertEqual(found, expected, finding["faults"])
                    self.assertEqual(finding["good"], not expected)
                    self.assertTrue(all(fault["text"] for fault in finding["faults"]))
            best = rows[resolvers.at(1)[0]]
            self.assertTrue(best["good"] and best["edns"] and best["tcp"] and best["dnssec"] and best["0x20"])
            self.assertEqual(best["nxdomain"], {"asked": 5, "right": 5, "lies": 0})
            self.assertEqual(best["known"], {"asked": 5, "right": 5, "wrong": 0})
            self.assertEqual({q["name"]: q["answers"] for q in best["questions"] if q["purpose"] == "known"}, KNOWN)
            liar = rows[resolvers.at(2)[0]]
            self.assertEqual([q["answers"] for q in liar["questions"] if q["judged"] == "lie"], [[LIE]] * 5)
            self.assertIn(LIE, liar["faults"][0]["text"])
            self.assertIn("3 of 3 trusted", rows[resolvers.at(3)[0]]["faults"][0]["text"])

    def test_a_dirty_public_list_and_what_is_made_of_it(self):
        kinds = {"41-50": "loss=5%", "51-80": "lies", "81-100": "rewrites", "101-110": "hides", "111-130": "refused",
                 "131-140": "servfail", "141-200": "dead"}
        with Resolvers(200, kinds) as resolvers:
            dirty = ["# public resolvers", *resolvers.at(1, 200), "", "no address", *resolvers.at(1, 9)]
            result = check(["--trusted", "none", "--attempts", "6", "--max-loss", "60", "--timeout", "200"], dirty)
            good = result.stdout.decode().split()
            self.assertEqual(result.code, 0, result.stderr)
            self.assertEqual(sorted(good), sorted(resolvers.at(1, 50)))
            self.assertIn("'no address' skipped", result.stderr)
            self.assertIn("checked 200 resolvers: 50 good, 150 not: silent 60, refuses 20, lies 30, hides_nxdomain 10, "
                          "rewrites 20, fails 10;", result.stderr)
            self.assertNotIn("proves nothing", result.stderr)
            # What is written goes back into -r.
            path = process.write_file(process.scratch_dir("good"), "good.txt", result.stdout.decode())
            names = [*KNOWN, *(f"gone-{i}.com" for i in range(2000))]
            rows = dnswarm.run(["-r", path], names).rows()
            self.assertEqual(len(rows), len(names))
            self.assertNotIn(LIE, json.dumps(rows))
            self.assertEqual({row["resolver"] for row in rows} - set(good), set())

    def test_the_best_come_first(self):
        with Resolvers(3, {"1": "delay=200ms", "2": "no-edns"}) as resolvers:
            result = check(["--trusted", "none"], resolvers.at(1, 3))
            order = [resolvers.at(i)[0] for i in (3, 1, 2)]  # 2 has neither EDNS nor DNSSEC: 20 points; 1: 20 ms each
            self.assertEqual(result.stdout.decode().split()[0], order[0])
            table = check(["--trusted", "none", "-f", "text"], resolvers.at(1, 3)).stdout.decode().splitlines()
            self.assertEqual(table[1].split()[0], order[0])
            self.assertEqual(len(table), 4)

    def test_trusted_ones_decide_against_a_list_that_agrees_on_a_rewrite(self):
        with Resolvers(7, {"1-4": "rewrites"}) as resolvers:
            trusted = ",".join(resolvers.at(5, 7))
            result = check(["--trusted", trusted, "-f", "json"], resolvers.at(1, 4))
            self.assertEqual({tuple(codes(row)) for row in result.rows()}, {("rewrites",)})
            self.assertEqual(result.code, 3)
            # Without them nobody could know, and it says so of data that are given.
            result = check(["--trusted", "none", "--known", "dns.google=8.8.8.8+8.8.4.4", "-f", "json"],
                           resolvers.at(1, 4))
            self.assertEqual({tuple(codes(row)) for row in result.rows()}, {("rewrites",)})

    def test_honest_ones_elsewhere_are_not_condemned(self):
        """A name that has another answer in most places: it is set aside, the others count."""
        here, there = dict(KNOWN), {**KNOWN, "dns.google": ["203.0.113.5"]}
        with Resolvers(3, known=here) as trusted, Resolvers(6, {"6": "rewrites"}, known=there) as resolvers:
            result = check(["--trusted", trusted.resolvers, "-f", "json"], resolvers.at(1, 6))
            rows = findings(result)
            self.assertIn("dns.google A proves nothing: only 0 of 6 honest resolvers of the list agree", result.stderr)
            self.assertEqual([codes(rows[at]) for at in resolvers.at(1, 6)], [[]] * 5 + [["rewrites"]])
            judged = {q["judged"] for q in rows[resolvers.at(1)[0]]["questions"] if q["name"] == "dns.google"
                      and q["purpose"] == "known"}
            self.assertEqual(judged, {"no_proof"})

    def test_a_trusted_one_in_whose_place_somebody_else_answers_has_no_vote(self):
        with Resolvers(5, {"4-5": "lies,rewrites"}) as resolvers:
            result = check(["--trusted", ",".join(resolvers.at(4, 5)), "-f", "json"], resolvers.at(1, 3))
            self.assertEqual([row["faults"] for row in result.rows()], [[]] * 3)
            self.assertIn("has no vote: it answers 5 of 5 names that do not exist", result.stderr)
            self.assertIn("no trusted resolver gave a usable answer", result.stderr)

    def test_the_rate_that_is_borne(self):
        with Resolvers(2, {"2": "cap=100/s"}) as resolvers:
            result = check(["--trusted", "none", "--rate-test", "400", "-f", "json"], resolvers.at(1, 2))
            rates = [findings(result)[at]["rate_borne"] for at in resolvers.at(1, 2)]
            self.assertEqual(rates[0], 400)
            self.assertLess(rates[1], 250)  # a second's cap, or two where the second is not the simulator's
            self.assertGreater(rates[1], 50)

    def test_few_descriptors_make_nobody_look_as_if_it_had_no_tcp(self):
        def few_descriptors():
            process.die_with_parent()
            resource.setrlimit(resource.RLIMIT_NOFILE, (48, 48))

        with Resolvers(100, {"1-100": "delay=20ms"}) as resolvers:
            result = check(["--trusted", "none", "--require", "tcp", "--rate", "0"], resolvers.at(1, 100),
                           preexec=few_descriptors)
            self.assertEqual(len(result.stdout.split()), 100, result.stderr)

    def test_limits_of_the_check_hold(self):
        with Resolvers(20) as resolvers:
            check(["--trusted", "none", "--rate", "400"], resolvers.at(1, 20))
            total = resolvers.stop()["totals"]
            self.assertLessEqual(total["packets_in_any_second_max"], 404)

    def test_exit_codes(self):
        with Resolvers(3, {"1": "dead", "2": "lies", "3": "delay=5s"}) as resolvers:
            at = resolvers.at
            self.assertEqual(check(["--trusted", "none", "--attempts", "1"], at(1)).code, 4)
            self.assertEqual(check(["--trusted", "none"], at(2)).code, 3)
            for wrong in (["--require", "doh"], ["--trusted", "dns.google"], ["--known", "a..b"], ["--probe-zones", "a..b"],
                          ["--attempts", "0"], ["--rate-per-resolver", "0"], ["--source", "::1"], ["no-such-file"]):
                with self.subTest(wrong=wrong):
                    result = check(["--trusted", "none", *wrong], at(1))
                    self.assertEqual((result.code, result.stdout), (2, b""), result.stderr)
                    self.assertTrue(result.stderr.startswith("dnswarm check-resolvers: "), result.stderr)
            self.assertEqual(check([], b"").code, 2)
            self.assertEqual(check(["--trusted", "none", "-o", "/nowhere/at/all"], at(1)).code, 1)
            # Stopped: who was not asked everything is not good, and named as such.
            child = dnswarm.start(["check-resolvers", "--trusted", "none", "--timeout", "60000", "-f", "json",
                                   "--progress", "always", "-r", at(3)[0]])
            child.stderr.readline()
            child.send_signal(signal.SIGINT)
            out, _ = child.communicate(timeout=30)
            self.assertEqual(child.returncode, 130)
            finding = json.loads(out)
            self.assertEqual(codes(finding), ["not_checked"])
            self.assertEqual([q["status"] for q in finding["questions"][:2]], ["UNFINISHED", "NOT_ASKED"])

    def test_real_servers_are_found_honest_and_able(self):
        """Unbound recurses, asking Knot, which also serves the zones itself, as NSD does. RRSIGs are real."""
        folder = process.scratch_dir("zones")
        zones = {".": zone_file(KNOWN), "signed.test": signed_zone.sign("signed.test", [], folder)}
        knot, nsd = servers.Knot(zones), servers.Nsd(zones)
        stub = f'stub-zone:\n  name: "."\n  stub-addr: {knot.address}@{knot.port}\n'
        unbound = servers.Unbound({}, "  do-not-query-localhost: no\n" + stub)
        try:
            endpoints = [server.endpoint for server in (knot, nsd, unbound)]
            result = check(["--trusted", "none", "--signed", "signed.test", "--require", "edns,tcp,dnssec,0x20",
                            "--timeout", "2000", "-f", "json"], endpoints)
            for endpoint, row in findings(result).items():
                self.assertEqual(row["faults"], [], endpoint)
                self.assertEqual(row["recursion"], endpoint == unbound.endpoint)
        finally:
            for server in (unbound, nsd, knot):
                server.stop()


class ValidateResolvers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        dnswarm.require_programs()

    def resolve(self, resolvers, names, *flags):
        """(result, summary["validation"])"""
        summary = os.path.join(process.scratch_dir("summary"), "summary.json")
        result = dnswarm.run(["-r", ",".join(resolvers), "--validate-resolvers", "--summary", summary, *flags], names)
        with open(summary, encoding="utf-8") as file:
            return result, json.load(file)["validation"]

    def test_who_lies_or_is_dead_is_left_out_at_the_start(self):
        names = [f"gone-{i}.com" for i in range(3000)]
        with Resolvers(6, {"1": "lies", "2": "dead", "3": "rewrites"}) as resolvers:
            result, validation = self.resolve(resolvers.at(1, 6), names)
            counts = resolvers.stop()
        self.assertEqual(result.code, 0, result.stderr)
        self.assertEqual([(u["address"], u["code"], u["when"]) for u in validation["left_out"]],
                         [(resolvers.at(i)[0], code, "start") for i, code in
                          ((1, "lies"), (2, "silent"), (3, "rewrites"))])
        self.assertIn(f"upstream {resolvers.at(1)[0]} is left out: lies: ", result.stderr)
        self.assertEqual({row["status"] for row in result.rows()}, {"NXDOMAIN"})
        self.assertEqual({row["resolver"] for row in result.rows()}, set(resolvers.at(4, 6)))
        for upstream in counts["upstreams"][:3]:
            self.assertLess(upstream["queries_udp"], 50)  # the check's

    def test_one_that_begins_to_lie_is_left_out_and_its_lies_with_it(self):
        # Names come again, so that a lie in the cache would be told again.
        names = [f"gone-{i}.com" for i in range(4000)] * (12 if dnswarm.SANITIZED else 4)
        faults = {"1": "lies", "3": "lies,lies-after=200"}
        with Resolvers(4, faults) as resolvers:
            result, validation = self.resolve(resolvers.at(1, 4), names, "--rate", "2500", "--validate-interval", "0.2")
        self.assertEqual([(u["address"], u["when"]) for u in validation["left_out"]],
                         [(resolvers.at(1)[0], "start"), (resolvers.at(3)[0], "run")], result.stderr)
        rows = result.rows()
        self.assertEqual(len(rows), len(names))
        found_out = validation["left_out"][1]["at"]
        lies = [row for row in rows if row["answers"]]
        self.assertTrue(lies)  # before
        self.assertEqual({row["resolver"] for row in lies}, {resolvers.at(3)[0]})
        self.assertEqual([row for row in lies if row["ts"] > found_out], [])
        told = {row["name"] for row in lies}
        asked_again = [row for row in rows if row["name"] in told and row["ts"] > found_out]
        self.assertTrue(asked_again)
        self.assertEqual({row["status"] for row in asked_again}, {"NXDOMAIN"})
        self.assertIn("is left out from now on", result.stderr)
        self.assertEqual([row for row in rows if row["ts"] > found_out and row["resolver"] == resolvers.at(3)[0]
                          and not row["cached"]], [])

    def test_one_that_begins_to_rewrite_is_left_out_too(self):
        names = [f"gone-{i}.com" for i in range(3000)]
        with Resolvers(4, {"2": "rewrites,lies-after=200"}) as resolvers:
            result, validation = self.resolve(resolvers.at(1, 4), names, "--rate", "2000", "--validate-interval", "0.2")
        self.assertEqual([(u["address"], u["when"], u["code"]) for u in validation["left_out"]],
                         [(resolvers.at(2)[0], "run", "rewrites")], result.stderr)
        self.assertIn(f"{LIE}, which is ", validation["left_out"][0]["text"])

    def test_where_none_is_left_the_run_ends(self):
        with Resolvers(2, {"1-2": "lies"}) as resolvers:
            result, validation = self.resolve(resolvers.at(1, 2), ["a.com", "b.com"])
            self.assertEqual((result.code, result.stdout), (4, b""))
            self.assertEqual(len(validation["left_out"]), 2)
            self.assertIn("none of the 2 upstreams is good: lies 2", result.stderr)

    def test_where_the_last_one_begins_to_lie_the_run_ends_and_every_name_has_its_row(self):
        names = [f"gone-{i}.com" for i in range(20_000)]
        with Resolvers(1, {"1": "lies,lies-after=500"}) as resolvers:
            result, validation = self.resolve(resolvers.at(1), names, "--rate", "1000", "--validate-interval", "0.2")
        self.assertEqual(result.code, 4, result.stderr)
        self.assertEqual([u["when"] for u in validation["left_out"]], ["run"])
        self.assertIn("no upstream is left to ask", result.stderr)
        self.assertIn("CANCELLED", {row["status"] for row in result.rows()})

    def test_the_limits_of_the_run_hold_with_the_watch(self):
        names = [f"gone-{i}.com" for i in range(1000)]
        with Resolvers(3) as resolvers:
            result, validation = self.resolve(resolvers.at(1, 3), names, "--rate", "500", "--rate-per-upstream", "200",
                                              "--validate-interval", "0.1")
            counts = resolvers.stop()
        self.assertEqual(result.code, 0, result.stderr)
        self.assertGreater(validation["queries"], 40)
        self.assertLessEqual(counts["totals"]["packets_in_any_second_max"], 506)

    def test_wrong_usage(self):
        for flags in (["--iterative"], ["--rate", "3"], ["--rate-per-upstream", "3"], ["--validate-interval", "0"]):
            result = dnswarm.run(["--validate-resolvers", *flags], ["a.com"])
            self.assertEqual(result.code, 2, flags)


if __name__ == "__main__":
    tap.main()
