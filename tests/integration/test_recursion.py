#!/usr/bin/env python3
"""Iterative mode against Unbound's recursion: both walk the same world, and every name must get the same RCODE and
the same answer RRsets.

In a network of its own: Unbound asks authoritative servers on port 53 alone.
"""
import os
import random
import unittest

from harness import differential, dnswarm, process, servers, tap

SEED = 20
QUESTIONS = dnswarm.scaled(10_000)
DOMAINS = dnswarm.scaled(1_500)
TLDS = ("com", "net", "org", "co.uk", "gov.au")  # gov.au is an empty non-terminal of au, co.uk a zone of its own
# Every so many domains another one lies below it, in the place of what its zone would hold there.
SUBZONES = {7: "sub", 11: "a.b.c", 13: "www", 17: "alias", 19: "host2", 23: "ns1", 29: "ent", 31: "x.www"}
TYPES = ("A", "AAAA", "MX", "NS", "SOA", "CNAME", "TXT", "DS")
TTL, NS_TTL, NEGATIVE_TTL = 300, 3600, 60

# What a zone of the world holds, what it does not, and what would be below: names that a resolver must tell apart.
HOSTS = ("", "www", "mail", "host1", "host2", "host3", "host.ent", "ns1", "ns2", "alias", "away",
         "ent", "a.b.c", "b.c", "c", "gone", "x.y.gone", "y.gone", "x.www", "x.alias", "x.away", "x.ent",
         "x.host.ent", "x.ns1", "sub", "www.sub", "gone.sub", "alias.sub", "www.a.b.c", "www.www", "*")
HOLDERS = HOSTS[:11]
TOP = (".", "com", "uk", "co.uk", "au", "gov.au", "org", "hosting", "h1.hosting", "ns1.h1.hosting", "ns2.h2.hosting",
       "www.h1.hosting", "gone.hosting", "root-servers", "ns1.root-servers", "tld-servers", "ns1.tld-servers",
       "gone.tld-servers")


def domain_list():
    domains = ["co.uk"]
    for i in range(DOMAINS):
        domain = f"d{i}.{TLDS[i % len(TLDS)]}"
        domains.append(domain)
        domains += [f"{sub}.{domain}" for every, sub in SUBZONES.items() if i % every == 0]
    return domains


def questions(domains):
    """(name, type) pairs, no two the same, in an order that mixes them."""
    draw = random.Random(SEED)
    pairs = {(name, rrtype) for name in TOP for rrtype in TYPES}
    for i in range(QUESTIONS // 50):
        pairs |= {(f"gone{i}.{draw.choice(TLDS)}", draw.choice(TYPES)), (f"gone{i}", draw.choice(TYPES)),
                  (f"www.gone{i}.{draw.choice(TLDS)}", draw.choice(TYPES)), (f"x.y.gone{i}", draw.choice(TYPES))}
    while len(pairs) < QUESTIONS:
        host, domain = draw.choice(HOSTS if draw.random() < 0.5 else HOLDERS), draw.choice(domains)
        rrtype = "A" if host and draw.random() < 0.5 else draw.choice(TYPES)
        pairs.add((f"{host}.{domain}" if host else domain, rrtype))
    ordered = sorted(pairs)
    draw.shuffle(ordered)
    return ordered


def ttl_of(record):
    """As the world's zones have it: name servers' addresses are the only addresses that live longer."""
    if record["type"] == "SOA":
        return NEGATIVE_TTL
    is_server = record["type"] in ("A", "AAAA") and record["name"].startswith("ns")
    return NS_TTL if record["type"] == "NS" or is_server else TTL


class SameAsUnbound(unittest.TestCase):
    """No difference is excused: the world's servers agree with each other, so that two resolvers that follow the
    RFCs must agree as well."""

    @classmethod
    def setUpClass(cls):
        dnswarm.require_programs()
        for program in ("unbound", "ip"):
            servers.find_program(program)
        if not process.own_network():
            raise unittest.SkipTest("no network of its own, which port 53 is free in")
        domains = domain_list()
        cls.questions = questions(domains)
        listed = os.path.join(process.scratch(), "domains")
        with open(listed, "w", encoding="ascii") as file:
            file.write("\n".join(domains) + "\n")
        flags = ["--domain-list", listed, "--glueless", 20, "--servers", 40, "--ttl", TTL, "--ns-ttl", NS_TTL,
                 "--negative-ttl", NEGATIVE_TTL]
        world = dnswarm.World(flags, port=differential.PORT)
        cls.addClassCleanup(world.__exit__)
        cls.hints = world.hints
        cls.unbound = {minimised: differential.ask_unbound(cls.hints, cls.questions, minimised)
                       for minimised in (False, True)}

    def assert_ttls(self, run):
        """What a zone gives, or less by what it was kept for, in whole seconds."""
        for row in run.rows.values():
            for record in row["answers"]:
                full = ttl_of(record)
                self.assertLessEqual(record["ttl"], full, row)
                self.assertGreaterEqual(record["ttl"], max(0, full - run.seconds - 1), row)

    def assert_same(self, run):
        for minimised, unbound in self.unbound.items():
            with self.subTest(unbound_minimises=minimised):
                differences = [differential.difference(run.rows[q], unbound.rows[q]) for q in self.questions]
                differences = [words for words in differences if words]
                self.assertEqual(differences[:10], [], f"{len(differences)} in all\n{run.result.stderr}")

    def test_unbound_answered_every_question(self):
        for run in self.unbound.values():
            self.assertEqual(set(run.rows), set(self.questions), run.result.stderr)
            self.assertEqual(run.statuses(), {"NOERROR", "NXDOMAIN"})
            self.assert_ttls(run)

    def test_the_questions_are_of_every_kind(self):
        rows = self.unbound[False].rows.values()
        answers = [row["answers"] for row in rows if row["answers"]]
        self.assertEqual({records[0]["type"] for records in answers}, {"A", "AAAA", "MX", "NS", "SOA", "CNAME"})
        links = [sum(a["type"] == "CNAME" for a in records) for records in answers]
        across = [a for a in answers if a[0]["type"] == "CNAME" and len(a) > 1 and a[0]["name"].startswith("away.")]
        no_data = [row for row in rows if row["status"] == "NOERROR" and not row["answers"]]
        for kind in (links, across, no_data, [row for row in rows if row["status"] == "NXDOMAIN"]):
            self.assertGreater(len(kind), QUESTIONS / 100)

    def test_iterative_mode_finds_the_same(self):
        for flags in [[], ["--qname-minimisation"], ["--nxdomain-cut"], ["--qname-minimisation", "--nxdomain-cut"],
                      ["--cache-size", 0], ["--workers", 1, "--in-flight", 50]]:
            with self.subTest(flags=flags):
                run = differential.ask_dnswarm(self.hints, self.questions, *flags)
                self.assertEqual(set(run.rows), set(self.questions), run.result.stderr)
                self.assert_same(run)
                self.assert_ttls(run)


if __name__ == "__main__":
    tap.main()
