#!/usr/bin/env python3
"""Iterative mode against dnswarm-sim world: what is found must be what stands in the zones, whatever is wrong with
the servers."""
import os
import socket
import unittest

from harness import dnswarm, process, tap

FLAGS = ["--domains", 400, "--servers", 40, "--glueless", 20]
NAMES_PER_DOMAIN = 8

ROOT_ZONE = """$ORIGIN .
$TTL 600
@ SOA a.root. h. 1 2 3 4 50
@ NS a.root.
a.root. A {base}.10
test NS a.nic.test.
a.nic.test. A {base}.50
"""
TLD_ZONE = """$ORIGIN test.
$TTL 600
@ SOA a.nic h 1 2 3 4 50
@ NS a.nic
a.nic A {base}.50
example NS ns.example
ns.example A {base}.200
"""
DOMAIN_ZONE = """$ORIGIN example.test.
$TTL 600
@ SOA ns h 1 2 3 4 50
@ NS ns
ns A {base}.200
www A 192.0.2.1
*.w A 192.0.2.2
alias CNAME a.w
""" + "".join(f'big TXT "{i:02} {"x" * 100}"\n' for i in range(40))


def is_silent(address, port):
    """Whether nothing comes back over UDP, not even that the port is closed, and TCP has no answer."""
    query = bytes.fromhex("1234000000010000000000000000060001")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(0.2)
        client.connect((address, port))
        client.send(query)
        try:
            client.recv(512)
            return False
        except TimeoutError:
            pass
    with socket.create_connection((address, port), 0.2) as client:
        return client.recv(512) == b""


class Worlds(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        dnswarm.require_programs()

    def assert_right(self, result, names, flags):
        good, words = dnswarm.check(result, names, flags, job=["world"])
        self.assertTrue(good, f"{words}\n{result.stderr}")


class ServedWorld(Worlds):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.names = dnswarm.world_names(FLAGS, NAMES_PER_DOMAIN)

    def test_every_name_gets_what_stands_in_its_zone(self):
        for flags in [[], ["--workers", 2]]:
            with self.subTest(flags=flags), dnswarm.World([*FLAGS, *flags]) as world:
                result = world.resolve(self.names)
                self.assert_right(result, self.names, FLAGS)
                statuses = {row["status"] for row in result.rows()}
                self.assertEqual(statuses, {"NOERROR", "NXDOMAIN"})
                counts = world.stop()
                roles = counts["roles"]
                self.assertEqual(sum(role["queries_udp"] for role in roles.values()), counts["totals"]["queries_udp"])
                # The root is asked for its servers and for the TLDs, which are about twenty.
                self.assertLess(roles["root"]["queries_udp"], 100)
                self.assertEqual(roles["domain"]["servers_asked"], 40)

    def test_a_wrong_row_is_found(self):
        with dnswarm.World(FLAGS) as world:
            result = world.resolve(self.names)
        good, _ = dnswarm.check(result, self.names, ["--domains", 400, "--servers", 40], job=["world"])
        self.assertFalse(good, "without providers the name servers are others")
        rows = result.stdout.replace(b"NXDOMAIN", b"NOERROR", 1)
        good, words = dnswarm.check(rows, self.names, FLAGS, job=["world"])
        self.assertFalse(good)
        self.assertIn('"wrong":1,', words)

    def test_faults_change_who_is_asked_and_not_what_is_found(self):
        for faults in [["domain:loss=5%", "tld:loss=5%", "root:loss=5%"], ["127.1.0.7:dead", "127.1.0.3:dead"],
                       ["127.1.0.0:dead"], ["127.1.0.8:lame"], ["127.1.0.8:lame=referral"], ["*:formerr-on-edns"],
                       ["127.1.0.7:servfail"], ["127.1.0.20:refused=50%"], ["127.1.0.7:closed"],
                       ["*:wrong-id=20%,garbage=20%,wrong-question=20%,dup=10%,reorder=20%", "127.1.0.20:cut=50%"]]:
            with self.subTest(faults=faults):
                with dnswarm.World(FLAGS, faults) as world:
                    result = world.resolve(self.names)
                    counts = world.stop()
                self.assert_right(result, self.names, FLAGS)
                if "closed" not in faults[0]:
                    self.assertGreater(sum(counts["totals"]["faults"].values()), 0)

    def test_a_dead_world_gives_rows_without_answers(self):
        with dnswarm.World(["--domains", 5], ["root:dead"]) as world:
            names = dnswarm.world_names(["--domains", 5], 2)
            result = world.resolve(names, "--deadline", 1000)
        good, words = dnswarm.check(result, names, ["--domains", 5], job=["world"])
        self.assertFalse(good)
        self.assertIn('"wrong":0,"missing":0,"doubled":0,"unanswered":10', words)
        good, words = dnswarm.check(result, names, ["--domains", 5, "--allow-unanswered"], job=["world"])
        self.assertTrue(good, words)

    def test_domains_may_be_listed(self):
        listed = os.path.join(process.scratch(), "listed")
        with open(listed, "w", encoding="ascii") as file:
            file.write("example.com\nco.uk\nexample.co.uk\na.b.c.example.org\nns1.example.com\n")
        flags = ["--domain-list", listed]
        names = dnswarm.world_names(flags, 30)
        with dnswarm.World(flags) as world:
            self.assert_right(world.resolve(names), names, flags)


class WorldOfFiles(Worlds):
    def test_servers_may_have_any_addresses_and_others_are_silent(self):
        base = dnswarm.base_address()
        flags = []
        for i, text in enumerate([ROOT_ZONE, TLD_ZONE, DOMAIN_ZONE]):
            path = os.path.join(process.scratch(), f"{i}.zone")
            with open(path, "w", encoding="ascii") as file:
                file.write(text.format(base=base))
            flags += ["--zone", path]
        names = "".join(f"{host}.example.test\n" for host in ["www", "x.w", "alias", "gone", "w"])
        names += "no.test\nbig.example.test TXT\n"
        with dnswarm.World(flags) as world:
            self.assertEqual(world.ready["roles"]["domain"], {"servers": 1, "first": f"{base}.200",
                                                              "last": f"{base}.200"})
            result = world.resolve(names)
            self.assert_right(result, names, flags)
            self.assertEqual(sum(row["status"] == "NXDOMAIN" for row in result.rows()), 2)
            self.assertEqual([row["proto"] for row in result.rows() if row["name"] == "big.example.test"], ["tcp"])
            for last in (9, 11, 51, 201):
                self.assertTrue(is_silent(f"{base}.{last}", world.port))


if __name__ == "__main__":
    tap.main()
