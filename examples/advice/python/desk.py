"""A chat endpoint in one of its states: python desk.py --sdk openai --pair hangs --side before

It serves POST /chat {"message": …} as server-sent events at $PORT. The SDKs are the
official ones; --version prints the version of the one that is named.
"""

import argparse
import importlib
import importlib.metadata
import json
import os
import signal
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class User:
    """What a user is being told."""

    def __init__(self, out):
        self.out = out
        self.begun = False  # words are out that have not been taken back

    def say(self, text):
        if text:
            self.begun = True
            self.event("delta", {"delta": text})

    def take_back(self):
        """Has the user's page forget what it shows."""
        if self.begun:
            self.begun = False
            self.event("reset", {})

    def prepared(self, text):
        """Says a text that is no model's, and owns up to it."""
        self.event("delta", {"delta": text, "degraded": True})

    def fail(self, text):
        self.event("error", {"error": text})

    def event(self, name, data):
        self.out.write(f"event: {name}\ndata: {json.dumps(data)}\n\n".encode())
        self.out.flush()


def serve(answer, port):
    class Desk(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()

        def do_POST(self):
            question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["message"]
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            user = User(self.wfile)
            try:
                answer(question, user)
            except BrokenPipeError:
                pass  # the user left
            except Exception:
                user.fail("please try again in a minute")

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), Desk)
    server.daemon_threads = True
    server.serve_forever()


def main():
    flags = argparse.ArgumentParser()
    flags.add_argument("--sdk", required=True, choices=["openai", "anthropic"])
    flags.add_argument("--pair")
    flags.add_argument("--side", choices=["before", "after"])
    flags.add_argument("--list", action="store_true", help="print the names of the pairs")
    flags.add_argument("--version", action="store_true", help="print the SDK's version")
    args = flags.parse_args()
    if args.version:
        print(importlib.metadata.version(args.sdk))
        return
    from turns import pairs

    all_pairs = pairs(importlib.import_module(f"{args.sdk}_desk"))
    if args.list:
        print("\n".join(sorted(all_pairs)))
        return
    before, after = all_pairs[args.pair]
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    serve(before if args.side == "before" else after, int(os.environ["PORT"]))


if __name__ == "__main__":
    sys.exit(main())
