"""A small hierarchy on loopback, served by real software: NSD has the root, Knot the TLDs, BIND everything below.
All on one port, each at an address of its own."""
import random

from . import process, servers

TLDS = ("com", "net", "org")
BIG_DOMAIN, BIG_RECORDS = 2, 40  # more than fits into a datagram
HOSTS = ("www", "mail", "a.deep")
SOA = "SOA ns.invalid. host.invalid. 1 3600 600 86400 60"
# It has other name servers than its delegation says, and an answer that nobody may keep.
BROKEN_ZONE = (f"$ORIGIN broken.net.\n$TTL 300\n@ {SOA}\n@ NS ns1\n@ NS ns9\nns1 A 127.0.0.1\nns9 A 127.0.0.1\n"
               "www 0 A 10.9.9.9\n")


class Domain:
    """A zone and what it holds: {name: [(type, data), ...]}."""

    def __init__(self, name, number, glueless):
        self.name, self.number, self.glueless = name, number, glueless
        self.records = {}
        for i, host in enumerate(HOSTS):
            self.records[f"{host}.{name}"] = [("A", f"10.{number >> 8 & 255}.{number & 255}.{i + 1}")]
        self.records[name] = [("A", f"10.{number >> 8 & 255}.{number & 255}.9")]
        self.records[f"alias.{name}"] = [("CNAME", f"www.{name}")]

    def zone_text(self, away):
        lines = [f"$ORIGIN {self.name}.", "$TTL 300", f"@ {SOA}", f"@ NS {self.server()}."]
        if not self.glueless:
            lines.append(f"{self.server()}. A 127.0.0.1")
        for name, records in self.records.items():
            lines += [f"{name}. {rrtype} {data}{'.' if rrtype == 'CNAME' else ''}" for rrtype, data in records]
        lines.append(f"away CNAME www.{away}.")
        if self.number == BIG_DOMAIN:
            lines += [f'big TXT "{i:02} {"x" * 100}"' for i in range(BIG_RECORDS)]
        return "\n".join(lines) + "\n"

    def server(self):
        return "ns.provider.net" if self.glueless else f"ns.{self.name}"


class Hierarchy:
    def __init__(self, domains, seed=1):
        draw = random.Random(seed)
        self.folder = process.scratch_dir("hierarchy")
        self.port = process.free_port("127.0.0.1")
        # Every tenth domain is served by somebody whose name lies elsewhere, so that there is no glue.
        self.domains = [Domain(f"d{i}.{TLDS[i % len(TLDS)]}", i, i % 10 == 0 and i % len(TLDS) != 1)
                        for i in range(domains)]
        self.away = {domain.name: draw.choice(self.domains) for domain in self.domains}
        self.running = []
        self.start()

    def write(self, name, text):
        return process.write_file(self.folder, name, text)

    def start(self):
        auth = {domain.name: self.write(domain.name, domain.zone_text(self.away[domain.name].name))
                for domain in self.domains}
        auth["provider.net"] = self.write("provider.net", f"$ORIGIN provider.net.\n$TTL 300\n@ {SOA}\n"
                                          "@ NS ns\nns A 127.0.0.1\n")
        auth["broken.net"] = self.write("broken.net", BROKEN_ZONE)
        self.running.append(servers.Bind(auth, port=self.port))
        address = process.loopback_address()  # known before Knot starts: the zones name it
        tlds = {tld: self.write(f"{tld}.zone", self.tld_text(tld, address)) for tld in TLDS}
        self.running.append(servers.Knot(tlds, port=self.port, address=address))
        root_text = "$TTL 3600\n. " + SOA + "\n. NS a.root.\n"
        for tld in TLDS:
            root_text += f"{tld}. NS ns.{tld}.\nns.{tld}. A {address}\n"
        self.root = servers.Nsd({".": self.write("root.zone", root_text)}, port=self.port)
        self.running.append(self.root)
        self.hints = self.write("hints", f". NS a.root.\na.root. A {self.root.address}\n")

    def tld_text(self, tld, address):
        lines = [f"$ORIGIN {tld}.", "$TTL 3600", f"@ {SOA}", "@ NS ns", f"ns A {address}"]
        for domain in self.domains:
            if not domain.name.endswith("." + tld):
                continue
            lines.append(f"{domain.name}. NS {domain.server()}.")
            if not domain.glueless:
                lines.append(f"{domain.server()}. A 127.0.0.1")
        if tld == "net":
            lines += ["provider NS ns.provider", "ns.provider A 127.0.0.1"]
            # One server is lame, as the one of the TLD does not have the zone, and one has no address.
            lines += ["broken NS ns1.broken", "ns1.broken A 127.0.0.1", "broken NS ns2.broken",
                      f"ns2.broken A {address}", "broken NS ns3.broken", "loop CNAME loop2", "loop2 CNAME loop"]
        return "\n".join(lines) + "\n"

    def expected(self, name):
        """(status, [(owner, type, data), ...]) of an A question."""
        labels = name.split(".")
        domain = next(d for d in self.domains if d.name == ".".join(labels[-2:]))
        if name == f"away.{domain.name}":
            target = f"www.{self.away[domain.name].name}"
            status, records = self.expected(target)
            return status, [(name, "CNAME", target), *records]
        records = domain.records.get(name)
        if records is None:
            exists = any(known.endswith("." + name) for known in domain.records)
            return ("NOERROR" if exists else "NXDOMAIN"), []
        found = [(name, rrtype, data) for rrtype, data in records]
        if records[0][0] == "CNAME":
            return "NOERROR", found + self.expected(records[0][1])[1]
        return "NOERROR", found

    def stop(self):
        for server in self.running:
            server.stop()
