"""NSD, Knot, Unbound and BIND from the distribution's packages, each on an own loopback address.

Each runs from a copy of its binary in the test's folder: the packages' AppArmor profiles belong to the
installed paths and refuse other configuration folders.
"""
import os
import random
import shutil
import socket
import struct
import unittest

from . import process


def find_program(name):
    path = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if path is None:
        raise unittest.SkipTest(f"{name} is not installed (tools/setup --test)")
    return path


def copy_of(name, folder):
    target = os.path.join(folder, name)
    shutil.copy2(find_program(name), target)
    return target


def answers(address, port, qname="."):
    """Whether a server answers a SOA query over UDP with NOERROR."""
    labels = b"".join(bytes([len(label)]) + label.encode() for label in qname.split(".") if label)
    query_id = random.randrange(65536)
    query = struct.pack("!6H", query_id, 0x0100, 1, 0, 0, 0) + labels + b"\0" + struct.pack("!2H", 6, 1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(0.3)
        try:
            client.connect((address, port))
            client.send(query)
            response = client.recv(4096)
            return response[:2] == query[:2] and response[3] & 15 == 0
        except OSError:
            return False


class Server:
    """One running server. zones: {zone name: path of its file}. `port` and `address`: None for free ones. `ipv6`:
    addresses to listen on as well."""
    name = ""

    def __init__(self, zones, extra="", port=None, address=None, ipv6=()):
        self.folder = process.scratch_dir(self.name)
        self.address = address or self.choose_address()
        self.port = port or process.free_port(self.address)
        self.zones = zones
        self.extra = extra
        self.ipv6 = ipv6
        arguments = self.configure()
        self.daemon = process.Daemon(arguments, self.name, cwd=self.folder)
        self.daemon.wait_until(self.ready)

    def choose_address(self):
        return process.loopback_address()

    def ready(self):
        return all(answers(self.address, self.port, zone) for zone in self.zones or ["."])

    @property
    def endpoint(self):
        return f"{self.address}:{self.port}"

    def configure(self):
        """Writes the configuration; returns the command."""
        raise NotImplementedError

    def write(self, name, text):
        return process.write_file(self.folder, name, text)

    def stop(self):
        self.daemon.stop()


class Nsd(Server):
    name = "nsd"

    def configure(self):
        zones = "".join(f'zone:\n  name: "{zone}"\n  zonefile: "{path}"\n' for zone, path in self.zones.items())
        listen = "".join(f"  ip-address: {address}@{self.port}\n" for address in [self.address, *self.ipv6])
        config = self.write("nsd.conf", f"""server:
{listen}  username: ""
  zonesdir: "{self.folder}"
  database: ""
  pidfile: "{self.folder}/nsd.pid"
  xfrdfile: "{self.folder}/xfrd.state"
  zonelistfile: "{self.folder}/zone.list"
  server-count: 1
  rrl-ratelimit: 0
{self.extra}remote-control:
  control-enable: no
{zones}""")
        return [copy_of("nsd", self.folder), "-d", "-c", config]


class Knot(Server):
    name = "knotd"

    def configure(self):
        zones = "".join(f"  - domain: {zone}\n    file: {path}\n" for zone, path in self.zones.items())
        listen = ", ".join(f"{address}@{self.port}" for address in [self.address, *self.ipv6])
        config = self.write("knot.conf", f"""server:
  rundir: {self.folder}
  listen: [{listen}]
  udp-workers: 1
  tcp-workers: 1
  background-workers: 1
database:
  storage: {self.folder}/db
log:
  - target: stderr
    any: info
template:
  - id: default
    storage: {self.folder}
    zonefile-sync: -1
    journal-content: none
    semantic-checks: off
zone:
{zones}""")
        return [copy_of("knotd", self.folder), "-c", config]


class Bind(Server):
    name = "named"

    def choose_address(self):
        return "127.0.0.1"  # named listens on addresses that an interface lists, not on all of 127/8

    def configure(self):
        zones = "".join(f'zone "{zone}" {{ type primary; file "{path}"; check-names ignore; }};\n'
                        for zone, path in self.zones.items())
        listen_v6 = "".join(f"{address}; " for address in self.ipv6) or "none; "
        config = self.write("named.conf", f"""options {{
  directory "{self.folder}";
  listen-on port {self.port} {{ {self.address}; }};
  listen-on-v6 port {self.port} {{ {listen_v6}}};
  pid-file none;
  session-keyfile "{self.folder}/session.key";
  recursion no;
  allow-query {{ any; }};
  dnssec-validation no;
  notify no;
  check-integrity no;
  minimal-responses no;
{self.extra}}};
controls {{ }};
{zones}""")
        return [copy_of("named", self.folder), "-g", "-n", "1", "-c", config]


class Unbound(Server):
    """zones are served as authority zones; extra is appended to the server: clause."""
    name = "unbound"

    def configure(self):
        zones = "".join(f'auth-zone:\n  name: "{zone}"\n  zonefile: "{path}"\n  for-upstream: no\n'
                        f'  for-downstream: yes\n  fallback-enabled: no\n' for zone, path in self.zones.items())
        config = self.write("unbound.conf", f"""server:
  interface: {self.address}
  port: {self.port}
  do-daemonize: no
  username: ""
  chroot: ""
  directory: "{self.folder}"
  pidfile: "{self.folder}/unbound.pid"
  use-syslog: no
  logfile: ""
  num-threads: 1
  do-ip6: no
  access-control: 127.0.0.0/8 allow_snoop
  module-config: "iterator"
  local-zone: "test." nodefault
{self.extra}remote-control:
  control-enable: no
{zones}""")
        return [copy_of("unbound", self.folder), "-d", "-c", config]


ALL = {server.name: server for server in (Nsd, Knot, Bind, Unbound)}
