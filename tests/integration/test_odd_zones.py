#!/usr/bin/env python3
"""Iterative mode against Unbound's recursion over zones that real servers have answers of their own to: NSD, Knot
and BIND each serve one with wildcards, DNAME, long chains, loops, odd names, zones within zones, servers that are
lame.

What differs must be one of EXCUSES, each with its reason.
"""
import unittest

from harness import differential, dnswarm, process, servers, tap

PORT = differential.PORT
ROOT, TLDS = "127.0.0.2", "127.0.0.3"
# Who serves which zone; they delegate to each other where a chain leads from one to the next.
SERVERS = {"bind.com": "127.0.0.1", "nsd.com": "127.0.0.4", "knot.net": "127.0.0.5"}
NEXT = {"bind.com": "nsd.com", "nsd.com": "knot.net", "knot.net": "bind.com"}
SOA = "SOA ns host 1 3600 600 86400 60"
LABEL, LONG = "l" * 63, ".".join(["m" * 60] * 3)

ZONE = f"""$TTL 300
@ {SOA}
@ NS ns
ns A {{address}}
@ MX 10 mail
@ MX 20 mail.{{next}}.
mail A 192.0.2.25
www A 192.0.2.1
www A 192.0.2.2
www AAAA 2001:db8::1
; Wildcards, also of CNAME, also with an empty non-terminal and a name below (RFC 4592).
*.w A 192.0.2.3
*.w MX 5 mail
b.ent.w A 192.0.2.4
*.wc CNAME www.{{next}}.
*.wn CNAME gone.{{next}}.
*.away CNAME *.w.{{next}}.
; DNAME (RFC 6672), also of another zone, also where nothing is.
dn DNAME w
dn TXT "the owner's own"
da DNAME w.{{next}}.
dx DNAME nothing.{{next}}.
to-dn CNAME x.da
; Aliases of what has no such type, of what does not exist, of nothing at all; loops.
to-ent CNAME ent.w
to-gone CNAME gone
to-nowhere CNAME www.no-such-tld.
to-root CNAME .
to-cut CNAME www.sub.{{next}}.
self CNAME self
loop1 CNAME loop2
loop2 CNAME loop1
ring CNAME ring.{{next}}.
; Chains through all zones.
c0 CNAME www.{{next}}.
{{chain}}
; Names and data that are easily taken amiss.
{LABEL} A 192.0.2.5
{LONG} A 192.0.2.6
under_score A 192.0.2.7
dot\\.ted A 192.0.2.8
sp\\032ace A 192.0.2.9
oct\\255et A 192.0.2.10
UPPER A 192.0.2.11
txt TXT "a" "" "b;c" "q\\"uote" "\\000\\255"
srv SRV 1 2 3 www
naptr NAPTR 10 20 "S" "SIP+D2U" "" _sip._udp
caa CAA 0 issue "ca.example"
sshfp SSHFP 1 1 0123456789abcdef0123456789abcdef01234567
unknown TYPE65280 \\# 3 010203
zero 0 A 192.0.2.12
big TXT {" ".join(['"' + "x" * 250 + '"'] * 12)}
{{many}}
; Zones below: on the same server, with a DS, without glue, with lame servers, of which one knows the zone above.
sub NS ns
ds NS ns
ds DS 4711 8 2 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff
glueless NS ns.{{next}}.
upward NS ns.upward
ns.upward A {TLDS}
refused NS ns.refused
ns.refused A {{next_address}}
half NS ns
half NS ns.half
ns.half A {{next_address}}
"""
CHILDREN = ("sub", "ds", "half")
CHILD = f"$TTL 300\n@ {SOA}\n@ NS ns.{{server}}.\nwww A 192.0.2.20\nup CNAME www.{{parent}}.\n*.w TXT \"w\"\n"

HOSTS = ("", "ns", "mail", "www", "x.w", "y.x.w", "w", "*.w", "ent.w", "b.ent.w", "x.ent.w", "x.wc", "*.wc", "wc",
         "x.wn", "x.away", "dn", "x.dn", "y.x.dn", "b.ent.dn", "ent.dn", "da", "x.da", "b.ent.da", "dx", "x.dx",
         "to-dn", "to-ent", "to-gone", "to-nowhere", "to-root", "to-cut", "self", "x.self", "loop1", "loop2", "ring",
         LABEL, LONG, "x." + LONG, "under_score", "dot\\.ted", "sp\\032ace", "oct\\255et", "UPPER", "upper", "txt",
         "srv", "naptr", "caa", "sshfp", "unknown", "zero", "big", "many", "gone", "x.gone", "sub", "www.sub",
         "gone.sub", "up.sub", "x.w.sub", "w.sub", "ds", "www.ds", "gone.ds", "glueless", "www.glueless",
         "up.glueless", "refused", "www.refused", "upward", "www.upward", "half", "www.half", "gone.half",
         "ns.refused", "ns.half", *(f"c{i}" for i in range(20)))
TYPES = ("A", "AAAA", "NS", "SOA", "MX", "TXT", "CNAME", "DNAME", "DS", "SRV", "NAPTR", "CAA", "SSHFP", "TYPE65280")


# What may differ, and why: whether it does is said of both rows.
EXCUSES = {
    "no server of the zone is any good: Unbound says SERVFAIL, dnswarm what it saw":
        lambda ours, theirs: set(ours["name"].split(".")) & {"refused", "upward"} and theirs["status"] == "SERVFAIL"
        and ours["status"] in ("REFUSED", "INVALID_RESPONSE"),
    "a loop is SERVFAIL to Unbound, dnswarm names it":
        lambda ours, theirs: ours["name"].split(".")[0] in ("self", "loop1", "loop2", "ring")
        and (ours["status"], theirs["status"]) == ("CNAME_LOOP", "SERVFAIL"),
}


def excuse(ours, theirs):
    return any(excuses(ours, theirs) for excuses in EXCUSES.values())


def is_link_below_dname(question):
    """Where the CNAME itself is asked for that follows from a DNAME."""
    name, rrtype = question
    return rrtype == "CNAME" and any(f".{owner}." in name for owner in ("dn", "da", "dx"))


def zone_text(zone):
    after = NEXT[zone]
    chain = "\n".join(f"c{i} CNAME c{i - 1}.{after}." for i in range(1, 20))
    many = "\n".join(f"many A 192.0.2.{i}" for i in range(1, 91))
    text = ZONE.replace("{address}", SERVERS[zone]).replace("{next_address}", SERVERS[after]).replace("{next}", after)
    return f"$ORIGIN {zone}.\n" + text.replace("{chain}", chain).replace("{many}", many)


class OddZones(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        dnswarm.require_programs()
        for program in ("unbound", "nsd", "knotd", "named", "ip"):
            servers.find_program(program)
        if not process.own_network():
            raise unittest.SkipTest("no network of its own, which port 53 is free in")
        cls.folder = process.scratch_dir("odd")
        tops = {name: f"$ORIGIN {name}.\n$TTL 600\n@ {SOA}\n@ NS ns\nns A {TLDS}\n" for name in ("com", "net")}
        for zone, address in SERVERS.items():
            tops[zone.rpartition(".")[2]] += f"{zone}. NS ns.{zone}.\nns.{zone}. A {address}\n"
        root = f"$ORIGIN .\n$TTL 600\n@ {SOA}\n@ NS a.root.\na.root. A {ROOT}\n"
        root += "".join(f"{top}. NS ns.{top}.\nns.{top}. A {TLDS}\n" for top in tops)
        cls.serve(servers.Nsd, {".": root}, ROOT)
        cls.serve(servers.Knot, tops, TLDS)
        for zone, program in zip(SERVERS, (servers.Bind, servers.Nsd, servers.Knot)):
            held = {zone: zone_text(zone)}
            before = next(other for other in NEXT if NEXT[other] == zone)
            for child, parent in [*((name, zone) for name in CHILDREN), ("glueless", before)]:
                text = CHILD.replace("{parent}", parent).replace("{server}", zone)
                held[f"{child}.{parent}"] = f"$ORIGIN {child}.{parent}.\n" + text
            cls.serve(program, held, SERVERS[zone])
        cls.hints = cls.write("hints", f". NS a.root.\na.root. A {ROOT}\n")
        cls.questions = [(f"{host}.{zone}" if host else zone, rrtype) for host in HOSTS for zone in SERVERS
                         for rrtype in TYPES]
        cls.unbound = {minimised: differential.ask_unbound(cls.hints, cls.questions, minimised)
                       for minimised in (False, True)}

    @classmethod
    def write(cls, name, text):
        return process.write_file(cls.folder, name, text)

    @classmethod
    def serve(cls, program, zones, address):
        paths = {zone: cls.write(f"{zone.strip('.') or 'root'}.zone", text) for zone, text in zones.items()}
        server = program(paths, port=PORT, address=address)
        cls.addClassCleanup(server.stop)

    def differences(self, questions, unbound, flags):
        run = differential.ask_dnswarm(self.hints, questions, *flags)
        self.assertEqual(set(run.rows), set(questions), run.result.stderr)
        pairs = [(run.rows[q], unbound.rows[q]) for q in questions]
        return [differential.difference(*pair) for pair in pairs
                if differential.difference(*pair) and not excuse(*pair)]

    def test_iterative_mode_finds_the_same(self):
        questions = [q for q in self.questions if not is_link_below_dname(q)]
        for flags in [[], ["--qname-minimisation"], ["--nxdomain-cut"], ["--cache-size", 0], ["--workers", 1]]:
            for minimised, unbound in self.unbound.items():
                with self.subTest(flags=flags, unbound_minimises=minimised):
                    found = self.differences(questions, unbound, flags)
                    self.assertEqual(found[:10], [], f"{len(found)} in all")

    # The DNAME, which the servers answer with as well (RFC 6672 section 3.1), is left out.
    def test_a_link_that_is_asked_for_comes_with_its_dname(self):
        questions = [q for q in self.questions if is_link_below_dname(q)]
        # With minimisation Unbound gives the RCODE of the target here, although the link is what was asked for.
        self.assertEqual(self.differences(questions, self.unbound[False], []), [])

    def test_the_odd_is_there(self):
        """That both are wrong in the same way is not enough."""
        rows = differential.ask_dnswarm(self.hints, self.questions).rows

        def answers(name, rrtype="A"):
            return [(a["name"], a["type"], a["data"]) for a in rows[name, rrtype]["answers"]]
        for zone, after in NEXT.items():
            self.assertEqual(answers(f"y.x.w.{zone}"), [(f"y.x.w.{zone}", "A", "192.0.2.3")])
            self.assertEqual(rows[f"x.ent.w.{zone}", "A"]["status"], "NXDOMAIN")
            self.assertEqual(rows[f"ent.w.{zone}", "A"]["status"], "NOERROR")
            self.assertEqual(answers(f"x.da.{zone}"), [
                (f"da.{zone}", "DNAME", f"w.{after}"), (f"x.da.{zone}", "CNAME", f"x.w.{after}"),
                (f"x.w.{after}", "A", "192.0.2.3")])
            self.assertEqual(len(answers(f"c14.{zone}")), 17)
            self.assertEqual(rows[f"c19.{zone}", "A"]["status"], "CNAME_LOOP")
            self.assertEqual(rows[f"big.{zone}", "TXT"]["proto"], "tcp")
            self.assertEqual(answers(f"www.half.{zone}"), [(f"www.half.{zone}", "A", "192.0.2.20")])
            self.assertEqual(rows[f"www.glueless.{zone}", "A"]["server"]["name"], f"ns.{after}")
            self.assertEqual(rows[f"refused.{zone}", "A"]["status"], "REFUSED")
            self.assertEqual(rows[f"upward.{zone}", "A"]["error"]["code"], "upward_referral")


if __name__ == "__main__":
    tap.main()
