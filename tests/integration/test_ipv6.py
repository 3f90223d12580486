#!/usr/bin/env python3
"""Iterative mode over IPv6, over IPv4 and over both: name servers that have addresses of one family alone, or of both.

In a network of its own, whose loopback is given addresses of RFC 4193: NSD has the root, Knot com and net, BIND all
zones below.
"""
import subprocess
import unittest

from harness import dnswarm, process, servers, tap

PORT = 53
NSD4, KNOT4, BIND4 = "127.0.0.2", "127.0.0.3", "127.0.0.1"
NSD6, KNOT6, BIND6, OTHER6 = "fd00::1", "fd00::2", "fd00::3", "fd00::4"  # OTHER6: nobody listens there
SOA = "SOA ns host 1 3600 600 86400 60"

ROOT = f"""$ORIGIN .
$TTL 3600
@ {SOA}
@ NS a.root.
a.root. A {NSD4}
a.root. AAAA {NSD6}
com. NS ns.com.
ns.com. A {KNOT4}
ns.com. AAAA {KNOT6}
net. NS ns.net.
ns.net. AAAA {KNOT6}
"""
COM = f"""$ORIGIN com.
$TTL 3600
@ {SOA}
@ NS ns
ns A {KNOT4}
ns AAAA {KNOT6}
six NS ns.six
ns.six AAAA {BIND6}
four NS ns.four
ns.four A {BIND4}
dual NS ns.dual
ns.dual A {BIND4}
ns.dual AAAA {BIND6}
; Name servers without glue, whose addresses are to be looked up.
glueless6 NS ns.six
glueless NS ns.dual.com.
elsewhere NS ns.six.net.
; One of two addresses leads nowhere.
half NS ns1.half
half NS ns2.half
ns1.half AAAA {OTHER6}
ns2.half AAAA {BIND6}
"""
NET = f"""$ORIGIN net.
$TTL 3600
@ {SOA}
@ NS ns
ns AAAA {KNOT6}
six NS ns.six
ns.six AAAA {BIND6}
"""
# Domain: its name servers with their addresses, which are in its own zone where the name server is.
DOMAINS = {
    "six.com": [("ns.six.com", "AAAA", BIND6)],
    "four.com": [("ns.four.com", "A", BIND4)],
    "dual.com": [("ns.dual.com", "A", BIND4), ("ns.dual.com", "AAAA", BIND6)],
    "glueless6.com": [("ns.six.com", "AAAA", BIND6)],
    "glueless.com": [("ns.dual.com", "A", BIND4), ("ns.dual.com", "AAAA", BIND6)],
    "elsewhere.com": [("ns.six.net", "AAAA", BIND6)],
    "half.com": [("ns1.half.com", "AAAA", OTHER6), ("ns2.half.com", "AAAA", BIND6)],
    "six.net": [("ns.six.net", "AAAA", BIND6)],
}
ONLY_IPV6 = {"six.com", "glueless6.com", "elsewhere.com", "half.com", "six.net"}
ONLY_IPV4 = {"four.com"}
HOSTS = 40  # of dual.com, so that drawing one family for all of them is out of the question


def zone_text(domain):
    lines = [f"$ORIGIN {domain}.", "$TTL 300", f"@ {SOA}", "www A 192.0.2.1", "www AAAA 2001:db8::1",
             "to-six CNAME www.six.com.", "to-four CNAME www.four.com."]
    for server, rrtype, address in DOMAINS[domain]:
        lines.append(f"@ NS {server}.")
        if server.endswith("." + domain):
            lines.append(f"{server}. {rrtype} {address}")
    lines += [f"h{i} A 192.0.2.{i}" for i in range(1, HOSTS + 1)]
    lines += [f'big TXT "{i:02} {"x" * 100}"' for i in range(40)]
    return "\n".join(lines) + "\n"


def family_of(row):
    return "IPv6" if row["resolver"].startswith("[") else "IPv4"


class Ipv6(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        dnswarm.require_programs()
        for name in ("nsd", "knotd", "named", "ip"):
            servers.find_program(name)
        if not process.own_network():
            raise unittest.SkipTest("no network of its own, whose loopback could be given addresses")
        for address in (NSD6, KNOT6, BIND6, OTHER6):
            added = subprocess.run([servers.find_program("ip"), "address", "add", f"{address}/128", "dev", "lo",
                                    "nodad"], check=False, capture_output=True, text=True)
            if added.returncode != 0:
                raise unittest.SkipTest(f"no IPv6: {added.stderr.strip()}")
        cls.folder = process.scratch_dir("ipv6")
        zones = {name: cls.write(f"{name}.zone", text) for name, text in [("com", COM), ("net", NET)]}
        domains = {name: cls.write(f"{name}.zone", zone_text(name)) for name in DOMAINS}
        cls.serve(servers.Nsd, {".": cls.write("root.zone", ROOT)}, NSD4, NSD6)
        cls.serve(servers.Knot, zones, KNOT4, KNOT6)
        cls.serve(servers.Bind, domains, BIND4, BIND6)
        cls.hints = cls.write("hints", f". NS a.root.\na.root. A {NSD4}\na.root. AAAA {NSD6}\n")

    @classmethod
    def write(cls, name, text):
        return process.write_file(cls.folder, name, text)

    @classmethod
    def serve(cls, program, zones, ipv4, ipv6):
        server = program(zones, port=PORT, address=ipv4, ipv6=[ipv6])
        cls.addClassCleanup(server.stop)

    def resolve(self, names, *flags):
        result = dnswarm.run(["--iterative", "--root-hints", self.hints, "--fail-on", "none", "-q", *flags], names)
        self.assertEqual(result.code, 0, result.stderr)
        rows = {(row["name"], row["type"]): row for row in result.rows()}
        self.assertEqual(len(rows), len(names))
        return rows

    def assert_found(self, row):
        self.assertEqual((row["status"], row["answers"][-1]["data"]), ("NOERROR", "192.0.2.1"), row)

    def assert_no_address(self, row):
        """README: no RCODE, so the row says why."""
        self.assertEqual((row["status"], row["error"]["code"]), ("INVALID_RESPONSE", "no_server_address"), row)

    def test_each_zone_is_found_over_the_family_of_its_servers(self):
        rows = self.resolve([f"www.{domain}" for domain in DOMAINS])
        for (name, _), row in rows.items():
            self.assert_found(row)
            domain = name.removeprefix("www.")
            if domain in ONLY_IPV6:
                self.assertEqual(row["resolver"], f"[{BIND6}]:{PORT}")
                self.assertEqual(row["server"]["address"], row["resolver"])
            elif domain in ONLY_IPV4:
                self.assertEqual(row["resolver"], f"{BIND4}:{PORT}")

    def test_servers_with_both_are_used_over_both(self):
        rows = self.resolve([f"h{i}.{domain}" for i in range(1, HOSTS + 1) for domain in ("dual.com", "glueless.com")])
        for domain in ("dual.com", "glueless.com"):
            families = [family_of(row) for (name, _), row in rows.items() if name.endswith(domain)]
            self.assertEqual(set(families), {"IPv4", "IPv6"}, domain)

    def test_ipv6_only_asks_nobody_over_ipv4(self):
        rows = self.resolve([f"www.{domain}" for domain in DOMAINS], "--ipv6-only", "--trace")
        for (name, _), row in rows.items():
            self.assert_asked_over(row, "[fd00::")
            if name.removeprefix("www.") in ONLY_IPV4:
                self.assert_no_address(row)
            else:
                self.assert_found(row)

    def test_ipv4_only_asks_nobody_over_ipv6(self):
        rows = self.resolve([f"www.{domain}" for domain in DOMAINS], "--ipv4-only", "--trace")
        for (name, _), row in rows.items():
            self.assert_asked_over(row, "127.0.0.")
            if name.removeprefix("www.") in ONLY_IPV6:
                self.assert_no_address(row)
            else:
                self.assert_found(row)

    def assert_asked_over(self, row, address_start):
        asked = [step["server"]["address"] for step in row["trace"] if "server" in step]
        self.assertTrue(all(address.startswith(address_start) for address in asked), row)

    def test_chains_lead_from_one_family_to_the_other(self):
        names = ["to-six.four.com", "to-four.six.com"]
        for row in self.resolve(names).values():
            self.assert_found(row)
            self.assertEqual([a["type"] for a in row["answers"]], ["CNAME", "A"])
        for flags in (["--ipv4-only"], ["--ipv6-only"]):
            for row in self.resolve(names, *flags).values():
                self.assert_no_address(row)

    def test_large_answers_come_over_tcp_and_ipv6(self):
        row = self.resolve(["big.six.com TXT"])["big.six.com", "TXT"]
        self.assertEqual((len(row["answers"]), row["proto"], row["resolver"]), (40, "tcp", f"[{BIND6}]:{PORT}"))

    def test_minimised_questions_and_no_io_uring_find_the_same(self):
        for flags in (["--qname-minimisation"], ["--io", "mmsg"], ["--cache-size", 0]):
            for row in self.resolve([f"www.{domain}" for domain in DOMAINS], *flags).values():
                self.assert_found(row)


if __name__ == "__main__":
    tap.main()
