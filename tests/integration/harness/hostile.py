"""An upstream that says over UDP that answers are truncated, and does over TCP whatever it likes."""
import socket
import struct
import threading

from . import process

RA_RESPONSE, TRUNCATED = 0x8180, 0x0200


class HostileUpstream:
    """`serve(connection, query)` runs in a thread of its own for each connection, with its first query; when it
    returns or the other end is gone, the connection is closed."""

    def __init__(self, serve):
        self.serve = serve
        self.address = process.loopback_address()
        self.port = process.free_port(self.address)
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.bind((self.address, self.port))
        self.tcp = socket.create_server((self.address, self.port), backlog=128)
        self.connections = 0
        for target in (self.answer_udp, self.accept):
            threading.Thread(target=target, daemon=True).start()

    @property
    def endpoint(self):
        return f"{self.address}:{self.port}"

    def answer_udp(self):
        while True:
            query, client = self.udp.recvfrom(4096)
            self.udp.sendto(header(query, RA_RESPONSE | TRUNCATED, 0) + question(query), client)

    def accept(self):
        while True:
            connection, _ = self.tcp.accept()
            self.connections += 1
            threading.Thread(target=self.run, args=(connection,), daemon=True).start()

    def run(self, connection):
        with connection:
            try:
                query = read_query(connection)
                while query is not None:
                    self.serve(connection, query)
                    query = read_query(connection)
            except OSError:
                pass


def read_query(connection):
    """None at the end."""
    length = read_exactly(connection, 2)
    return read_exactly(connection, struct.unpack("!H", length)[0]) if length else None


def read_exactly(connection, octets):
    data = b""
    while len(data) < octets:
        part = connection.recv(octets - len(data))
        if not part:
            return None
        data += part
    return data


def question(query):
    at = 12
    while query[at]:
        at += 1 + query[at]
    return query[12:at + 5]


def header(query, flags, answers):
    return query[:2] + struct.pack("!5H", flags, 1, answers, 0, 0)


def framed(message):
    return struct.pack("!H", len(message)) + message
