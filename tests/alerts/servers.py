"""A webhook and a mail server on loopback, which keep what they are sent."""

import json
import socketserver
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any


class Webhook(HTTPServer):
    """Keeps each JSON body that is posted to it, and answers `status`."""

    def __init__(self, status: int = 200) -> None:
        super().__init__(("127.0.0.1", 0), _Posted)
        self.status = status
        self.got: list[dict[str, Any]] = []
        self.url = f"http://127.0.0.1:{self.server_port}/hooks/s3cret-path"


class _Posted(BaseHTTPRequestHandler):
    server: Webhook

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.server.status == 200:
            self.server.got.append(json.loads(body))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *_: Any) -> None: ...


class Mailbox(socketserver.ThreadingTCPServer):
    """Takes mail by SMTP. `tls`: what STARTTLS goes on with; `offers`: the extensions that it names."""

    daemon_threads = True

    def __init__(self, offers: tuple[str, ...] = (), tls: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.offers, self.tls = offers, tls
        self.commands: list[str] = []
        self.got: list[EmailMessage] = []
        self.port = self.server_address[1]


class _Talk(socketserver.StreamRequestHandler):
    server: Mailbox

    def say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")

    def handle(self) -> None:
        self.say("220 ready")
        while line := self.rfile.readline().decode().strip():
            verb = line.split()[0].upper()
            self.server.commands.append(line)
            if verb == "EHLO":
                for offer in ("mailbox", *self.server.offers):
                    self.say(f"250-{offer}")
                self.say("250 HELP")
            elif verb == "STARTTLS":
                if self.server.tls is None:
                    self.say("454 not now")
                    continue
                self.say("220 go on")
                self.connection = self.server.tls.wrap_socket(self.connection, server_side=True)
                self.rfile = self.connection.makefile("rb")
                self.wfile = self.connection.makefile("wb", 0)  # type: ignore[assignment]
            elif verb == "AUTH":
                self.say("235 welcome")
            elif verb == "RCPT" and "nobody" in line:
                self.say("550 no such person")
            elif verb == "DATA":
                self.say("354 go on")
                lines = list(iter(self.rfile.readline, b".\r\n"))
                self.server.got.append(message_from_bytes(b"".join(lines), policy=policy.default))
                self.say("250 taken")
            elif verb == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 well")


@contextmanager
def serving(server: Any) -> Iterator[Any]:
    """The server, at work until the block ends."""
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
