#!/usr/bin/env python3
"""`dnswarm trace` against a hierarchy of real servers: what it shows, and the mistakes it points out."""
import os
import re
import unittest

from harness import dnswarm, hierarchy, process, tap


class Trace(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        dnswarm.require_programs()
        cls.world = hierarchy.Hierarchy(30)

    @classmethod
    def tearDownClass(cls):
        cls.world.stop()

    def trace(self, *arguments, code=0):
        result = dnswarm.run(["trace", "--root-hints", self.world.hints, "--authoritative-port", self.world.port,
                              *arguments])
        self.assertEqual(result.code, code, result.stderr)
        self.assertEqual(result.stderr, "")
        return result.stdout.decode()

    def test_every_step_from_the_root_to_the_answer(self):
        text = self.trace("www.d1.net")
        steps = [line.split() for line in text.splitlines() if " udp " in line]
        self.assertEqual([step[2] for step in steps], [".", ".", "net", "d1.net"])
        self.assertEqual([step[3] for step in steps], ["a.root", "a.root", "ns.net", "ns.d1.net"])
        self.assertIn("referral to net (1 name server)", text)
        self.assertIn("referral to d1.net (1 name server)", text)
        self.assertRegex(text, r"\nwww\.d1\.net A: NOERROR from zone d1\.net, 4 queries, [0-9.]+ ms\n"
                               r"  www\.d1\.net 300 A 10\.0\.1\.1\n")
        self.assertTrue(text.endswith("\nMistakes: none seen\n"))

    def test_addresses_of_name_servers_stand_further_in(self):
        text = self.trace("www.d10.net" if self.world.domains[10].glueless else "www.d0.com")
        self.assertIn("no glue)", text)
        self.assertIn("\n  ns.provider.net A\n", text)
        self.assertRegex(text, r"\n   +[0-9.]+ ms  provider\.net +ns\.provider\.net 127\.0\.0\.1:\d+ .* answer\n")

    def test_what_is_known_is_not_asked_for_again(self):
        text = self.trace("away.d1.net")
        target = self.world.away["d1.net"].name
        self.assertIn(f"alias of www.{target}", text)
        known = text[text.index(f"alias of www.{target}"):].splitlines()[2]
        self.assertIn("known: 1 name server", known)

    def test_all_servers_say_the_same(self):
        text = self.trace("www.d1.net", "--all-servers")
        table = text[text.index("All servers"):]
        self.assertRegex(table, r"\n  \. +a\.root .* referral to net\n")
        self.assertRegex(table, r"\n  d1\.net +ns\.d1\.net .* A 10\.0\.1\.1\n")
        self.assertTrue(text.endswith("\nMistakes: none seen\n"))

    def test_mistakes_are_pointed_out(self):
        text = self.trace("www.broken.net", "--all-servers")
        mistakes = text[text.index("Mistakes:\n"):]
        for words in ["missing glue: the delegation of broken.net has no address for ns3.broken.net, which lies",
                      "no address: ns3.broken.net, a name server of broken.net, has none",
                      "parent and child NS differ: broken.net is delegated to ns1.broken.net, ns2.broken.net, "
                      "ns3.broken.net, and says of itself ns1.broken.net, ns9.broken.net",
                      "TTL 0: www.broken.net A"]:
            self.assertIn("\n  - " + words, mistakes)
        self.assertTrue(re.search(r"\n  - lame server: ns2\.broken\.net \([0-9.:]+\) does not serve broken\.net: ", mistakes),
                        mistakes)

    def test_a_loop_is_called_one(self):
        text = self.trace("loop.net", code=3)
        self.assertIn("loop.net A: CNAME_LOOP (cname_loop: ", text)
        self.assertIn("\n  - CNAME loop: ", text)

    def test_nobody_there(self):
        hints = os.path.join(process.scratch(), "nobody")
        with open(hints, "w", encoding="ascii") as file:
            file.write(". NS a.root.\na.root. A 127.9.9.9\n")
        result = dnswarm.run(["trace", "--root-hints", hints, "--authoritative-port", self.world.port, "--deadline",
                              1000, "www.d1.net"])
        self.assertEqual(result.code, 4)
        self.assertIn("no response; another try", result.stdout.decode())
        self.assertIn("www.d1.net A: TIMEOUT (", result.stdout.decode())

    def test_wrong_usage(self):
        for arguments, words in [([], "NAME: is missing"), (["a", "NOTYPE"], "'NOTYPE' must be one record type"),
                                 (["a", "A,AAAA"], "must be one record type"), (["a", "A", "b"], "b"),
                                 (["a", "--root-hints", "/nonexistent"], "cannot read the root hints /nonexistent"),
                                 (["a", "--no-edns", "--dnssec"], "which needs EDNS")]:
            result = dnswarm.run(["trace", *arguments])
            self.assertEqual(result.code, 2, arguments)
            self.assertIn(words, result.stderr)
            self.assertEqual(result.stdout, b"")
        result = dnswarm.run(["trace", "--help"])
        self.assertEqual(result.code, 0)
        self.assertIn("--all-servers", result.stdout.decode())

    def test_what_is_no_name_says_so(self):
        text = self.trace("a..b", code=3)
        self.assertIn("a..b A: INVALID_NAME (", text)


if __name__ == "__main__":
    tap.main()
