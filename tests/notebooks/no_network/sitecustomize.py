"""Python reads this at start where this folder is on PYTHONPATH: it takes the network away, in kernels too.

An audit hook sees every way to a socket that Python has, and cannot be taken out again. Connections within
the machine stay: kernels talk through them. What was refused is written down, so that a notebook which asks
for the network and hides the refusal is found too.
"""

import ipaddress
import os
import socket
import sys

LOG_VARIABLE = "REFUSED_CONNECTIONS_LOG"
# For each event, where among its arguments the host or the address stands.
HOSTS = {
    "socket.connect": 1,
    "socket.sendto": 1,
    "socket.sendmsg": 1,
    "socket.getaddrinfo": 0,
    "socket.gethostbyname": 0,
}


def is_here(host: object) -> bool:
    """Whether a host or a socket address means this machine: loopback, its own name, or a Unix socket."""
    if isinstance(host, tuple):
        host = host[0]
    elif host is None or isinstance(host, bytes) or str(host).startswith(("/", "\0")):
        return True
    if host in ("", "localhost", socket.gethostname()):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def refuse(event: str, arguments: tuple) -> None:
    place = HOSTS.get(event)
    if place is None or is_here(arguments[place]):
        return
    with open(os.environ[LOG_VARIABLE], "a") as log:
        log.write(f"{event} {arguments[place]!r}\n")
    raise ConnectionRefusedError(f"refused by the tests, which run without a network: {arguments[place]!r}")


# Tests import this file too, and keep their network.
if LOG_VARIABLE in os.environ:
    sys.addaudithook(refuse)
