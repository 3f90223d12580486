"""A zone that is signed with keys made for the run, by BIND's tools."""
import os
import subprocess

from . import servers

SOURCE = os.path.join(os.path.dirname(__file__), "../zones/signed.zone")


def sign(zone, flags, folder):
    """Signs a zone file with keys made for this run; returns the signed file's path."""
    keygen, signzone = servers.find_program("dnssec-keygen"), servers.find_program("dnssec-signzone")
    for key in ([], ["-f", "KSK"]):
        subprocess.run([keygen, "-q", "-K", folder, "-a", "ECDSAP256SHA256", *key, zone], check=True,
                       stdout=subprocess.DEVNULL)
    path = os.path.join(folder, zone)
    with open(SOURCE, encoding="utf-8") as file:
        text = file.read()
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"$ORIGIN {zone}.\n{text}")
    subprocess.run([signzone, "-q", "-S", "-K", folder, "-o", zone, "-f", path + ".signed", *flags, path],
                   check=True, capture_output=True, cwd=folder)
    return path + ".signed"
