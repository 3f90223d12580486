#!/usr/bin/env python3
"""143,709 real domain names through a real Unbound that answers for them from local data: a row each, each
right. The list is named by DNSWARM_REAL_DOMAINS, or lies in shared/data beside the checkout."""
import collections
import os
import unittest
import zlib

from harness import dnswarm, servers, tap

HERE = os.path.dirname(os.path.abspath(__file__))
LIST = os.environ.get("DNSWARM_REAL_DOMAINS") or os.path.join(HERE, "../../../shared/data/real-domains.txt")


def a_label_name(name):
    """The name in A-labels, or None where it is not a name. Python's own IDNA is that of 2003, which says
    the same for the letters in this list."""
    name = name.removesuffix(".").lower()
    try:
        ascii_name = name if name.isascii() else name.encode("idna").decode()
    except UnicodeError:
        return None
    labels = ascii_name.split(".")
    if any(not 1 <= len(label) <= 63 for label in labels) or len(ascii_name) > 253:
        return None
    return ascii_name


def address_of(name):
    number = zlib.crc32(name.encode())
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


class RealDomains(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        dnswarm.require_programs()
        with open(LIST, encoding="utf-8") as file:
            cls.names = file.read().split("\n")
        cls.names = [name for name in cls.names if name.strip()]
        asked = sorted({name for name in map(a_label_name, cls.names) if name})
        cls.server = servers.Unbound({}, extra='  local-zone: "." static\n  extended-statistics: no\n' + "".join(
            f'  local-data: "{name}. 300 IN A {address_of(name)}"\n' for name in asked))

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()

    def test_every_name_gets_its_one_right_row(self):
        result = dnswarm.run(["-r", self.server.endpoint], "".join(name + "\n" for name in self.names))
        rows = result.rows()
        self.assertEqual(collections.Counter(row["name"] for row in rows),
                         collections.Counter(name.removesuffix(".") for name in self.names))
        wrong = []
        for row in rows:
            name = a_label_name(row["name"])
            if name is None:
                good = row["status"] == "INVALID_NAME"
            else:
                good = (row["status"], [r["data"] for r in row["answers"]]) == ("NOERROR", [address_of(name)])
                good = good and row.get("qname", row["name"]) == name
            if not good:
                wrong.append(row)
        kinds = collections.Counter((row["status"], row.get("error", {}).get("code")) for row in wrong)
        self.assertEqual(wrong[:2], [], f"{len(wrong)} of {len(rows)} rows are wrong: {kinds}")
        malformed = any(a_label_name(name) is None for name in self.names)
        self.assertEqual(result.code, 3 if malformed else 0, result.stderr)


if __name__ == "__main__":
    if not os.path.exists(LIST):
        tap.skip_all("the list of real domains is not here (DNSWARM_REAL_DOMAINS=FILE)")
    tap.main()
