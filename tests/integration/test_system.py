#!/usr/bin/env python3
"""The system's own upstreams, search list and hosts file, as written into files of the test's own."""
import os
import unittest

from harness import dnswarm, process, tap


class System(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        dnswarm.require_programs()
        cls.simulator = dnswarm.Simulator(1)
        cls.folder = process.scratch_dir("system")

    @classmethod
    def tearDownClass(cls):
        cls.simulator.__exit__()

    def file(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def test_hosts_file_answers_before_any_upstream(self):
        path = self.file("hosts", "127.9.9.9 ok-own.test alias.test # comment\n2001:db8::9 ok-own.test\nbad line\n")
        result = dnswarm.run(["-r", self.simulator.resolvers, "--hosts", "--hosts-file", path, "--ordered"],
                             ["ok-own.test A", "OK-Own.test AAAA", "alias.test A", "127.9.9.9 PTR", "ok-other.test A"])
        self.assertEqual(result.code, 0, result.stderr)
        rows = result.rows()
        self.assertEqual([row["answers"][0]["data"] for row in rows[:4]],
                         ["127.9.9.9", "2001:db8::9", "127.9.9.9", "ok-own.test"])
        self.assertEqual([row["attempts"] for row in rows[:4]], [0] * 4)
        self.assertEqual(rows[4]["resolver"], self.simulator.listening[0])

    def test_resolv_conf_upstreams_are_the_default(self):
        address, _, port = self.simulator.listening[0].rpartition(":")
        path = self.file("resolv.conf", f"nameserver {address}:{port}\noptions timeout:1\n")
        result = dnswarm.run(["--resolv-conf", path], ["ok-a.test"])
        self.assertEqual((result.code, result.rows()[0]["resolver"]), (0, self.simulator.listening[0]), result.stderr)

    def test_search_list_and_ndots_are_applied_on_request(self):
        path = self.file("search.conf", f"nameserver {self.simulator.listening[0]}\nsearch nx-corp.test ok.example\noptions ndots:2\n")
        plain, = dnswarm.run(["--resolv-conf", path], ["ok-www"]).rows()
        self.assertNotIn("qname", plain)
        row, = dnswarm.run(["--resolv-conf", path, "--search"], ["ok-www"]).rows()
        self.assertEqual((row["name"], row["qname"]), ("ok-www", "ok-www.nx-corp.test"))
        row, = dnswarm.run(["--resolv-conf", path, "--search"], ["ok-www."]).rows()
        self.assertEqual(row["name"], "ok-www")
        self.assertNotIn("qname", row)


if __name__ == "__main__":
    tap.main()
