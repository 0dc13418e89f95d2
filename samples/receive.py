#!/usr/bin/env python3
"""Receives webhooks: verifies the signature (Standard Webhooks 1.0), takes each event once, and ends the sessions of users that are deactivated.

    SCIMSLICE_WEBHOOK_SECRET=whsec_... python3 receive.py 8090 sessions.db

Put it behind something that speaks HTTPS. The table sessions stands for what your application has. Python 3.9 and its standard library.
"""
import base64
import contextlib
import hashlib
import hmac
import http.server
import json
import os
import signal
import sqlite3
import sys
import time

SECRET = base64.b64decode(os.environ["SCIMSLICE_WEBHOOK_SECRET"].removeprefix("whsec_"))
TOLERANCE = 5 * 60  # Seconds that a message may be old, or early: an older one that somebody kept and sends again is refused.
MAX_BODY = 8 * 1024 * 1024


def fault(headers, body):
    """Why a message is not to be believed; None where it is."""
    message_id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not message_id or not timestamp.isascii() or not timestamp.isdigit():
        return "webhook-id and webhook-timestamp are needed"
    if abs(time.time() - int(timestamp)) > TOLERANCE:
        return "the message is too old or too early"
    signed = f"{message_id}.{timestamp}.".encode() + body
    expected = b"v1," + base64.b64encode(hmac.new(SECRET, signed, hashlib.sha256).digest())
    # One signature for each secret that is live: while a secret is changed, there are two. Compared in constant time.
    matches = [hmac.compare_digest(expected, found.encode()) for found in headers.get("webhook-signature", "").split(" ")]
    return None if any(matches) else "no signature is right"


def take(file, message_id, message):
    """Does what follows from an event, once. Returns whether it is in effect now: with a message that comes again, too."""
    with contextlib.closing(sqlite3.connect(file, timeout=10)) as db, db:
        # With its time: a database that was restored from a backup gives ids again, to other events.
        is_new = db.execute("insert or ignore into taken values (?)", (f"{message_id} {message['timestamp']}",)).rowcount == 1
        event = message["data"]
        ends = event["type"] in ("user.deactivated", "user.deleted")
        if is_new and ends:
            count = db.execute("delete from sessions where user_id = ?", (event["resource"]["id"],)).rowcount
            print(f"{event['type']}: {count} sessions ended.", flush=True)
        return ends


class Receiver(http.server.BaseHTTPRequestHandler):
    timeout = 20  # Seconds that a sender may be silent.

    def do_POST(self):
        length = self.headers.get("content-length", "")
        if not length.isascii() or not length.isdigit() or int(length) > MAX_BODY:
            return self.answer(413, {"error": "a body of known and moderate length is needed"})
        body = self.rfile.read(int(length))
        # Verified is the body as it came, before anything is made of it.
        if why := fault(self.headers, body):
            return self.answer(400, {"error": why})
        # An error here becomes no answer, and the message is sent again.
        in_effect = take(self.server.file, self.headers["webhook-id"], json.loads(body))
        return self.answer(200, {"acknowledged": True} if in_effect else {})

    def answer(self, status, body):
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(text)))
        self.send_header("connection", "close")  # Or the sender might send the next message into a connection that is about to end.
        self.end_headers()
        self.wfile.write(text)


def main():
    port, file = int(sys.argv[1]), sys.argv[2]
    with contextlib.closing(sqlite3.connect(file)) as db:
        db.executescript("""
            create table if not exists taken (id text primary key);
            create table if not exists sessions (id text primary key, user_id text not null);
            """)
    with http.server.ThreadingHTTPServer(("127.0.0.1", port), Receiver) as server:
        server.file = file
        server.daemon_threads = False  # What is under way is brought to its end.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        print(f"Receives at port {server.server_port}.", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
