"""A plugin of pytest that has kazoo's own suite meet one server that runs already.

The suite would start a cluster of Java servers. Here GUBBO_KAZOO_SERVER is the address of the
server, and a POST to GUBBO_KAZOO_CONTROL followed by "stop" or "start" stops or starts it.
GUBBO_KAZOO_SECURE, if it is set, is the address of its TLS port and, each after a comma, the
names of the PEM files of a client's key, of its certificate and of the authority's.
"""

import os
import urllib.request

import kazoo.testing.harness


SECURE = os.environ.get("GUBBO_KAZOO_SECURE", "127.0.0.1:1").split(",")  # else nobody speaks TLS


class OneServer:
    """The part of kazoo.testing.common that the suite uses, for one server."""

    def __init__(self):
        self.address = os.environ["GUBBO_KAZOO_SERVER"]
        self.secure_address = SECURE[0]
        self.host, port = self.address.split(":")
        self.client_port = int(port)
        self.running = True

    def run(self):
        if not self.running:
            self.control("start")
            self.running = True

    def stop(self):
        if self.running:
            self.control("stop")
            self.running = False

    def control(self, what):
        url = os.environ["GUBBO_KAZOO_CONTROL"] + what
        urllib.request.urlopen(urllib.request.Request(url, method="POST"), timeout=60).close()

    def reset(self):
        pass

    def get_logs(self, num_lines=100):
        return []


class Cluster(list):
    def start(self):
        for server in self:
            server.run()

    def stop(self):
        pass

    terminate = reset = stop

    def get_ssl_client_configuration(self):
        names = ("client_key", "client_cert", "ca_cert")
        return {name: open(path, "rb").read() for name, path in zip(names, SECURE[1:])}

    def get_logs(self):
        return []


CLUSTER = Cluster([OneServer()])
kazoo.testing.harness.get_global_cluster = lambda: CLUSTER
