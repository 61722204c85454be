"""A local HTTP server that speaks vLLM's shapes, on a port or a Unix socket: ids in, a countdown out."""

import argparse
import json
import socketserver
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LONG, ABORTED, BROKEN, FULL, SILENT = 801, 802, 803, 804, 805


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.server.gone:
            return self._hang_up()
        assert self.path == "/v1/models"
        server = self.server
        if server.key and self.headers["Authorization"] != server.key:
            return self._json(401, {"error": {"message": "no key", "code": 401}})
        return self._json(200, {"object": "list", "data": server.models})

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.server.gone:
            return self._hang_up()
        self.server.asked.append(body)
        assert self.path == "/v1/completions"
        first = body["prompt"][0]
        if first == LONG:
            said = "This model's maximum context length is 100 tokens."
            return self._json(400, {"error": {"message": said, "type": "BadRequestError", "code": 400}})
        if first == FULL:
            return self._json(503, {"error": {"message": "too many requests wait", "code": 503}})
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        try:
            self._answer(body, first)
            self._chunk(b"")
        except (BrokenPipeError, ConnectionResetError):
            self.server.hung_up.append(first)
        return None

    def _hang_up(self):
        self.close_connection = True

    def _answer(self, body, first):
        many = min(first, body["max_tokens"])
        if first == ABORTED:
            return self._event({"choices": [{"index": 0, "text": "", "finish_reason": "abort"}]})
        if first == BROKEN:
            return self._event({"error": {"message": "CUDA error", "code": 500}})
        while first == SILENT:
            time.sleep(0.05)
            self._chunk(b": ping\n\n")
        for count in range(many):
            token = first - count
            more = {"token_ids": [token]} if body.get("return_token_ids") else {}
            time.sleep(self.server.token_seconds)
            self._event({"choices": [{"index": 0, "text": f"{token}가 ", "finish_reason": None, **more}]})
        reason = "stop" if many == first else "length"
        more = {"token_ids": [0]} if body.get("return_token_ids") else {}
        self._event({"choices": [{"index": 0, "text": "", "finish_reason": reason, **more}]})
        usage = {"prompt_tokens": len(body["prompt"]), "completion_tokens": many + 1}
        self._event({"choices": [], "usage": {**usage, "prompt_tokens_details": {"cached_tokens": 1}}})
        return self._line(b"data: [DONE]\n\n")

    def _event(self, said):
        self._line(b"data: " + json.dumps(said, ensure_ascii=False).encode() + b"\n\n")

    def _line(self, data):
        self._chunk(data)

    def _chunk(self, data):
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def _json(self, status, said):
        data = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def address_string(self):
        return "somebody"

    def log_message(self, *args):
        pass


class _State:
    """What a test may look at and change."""

    daemon_threads = True
    key = ""  # the whole header that it asks for
    gone = False  # every connection is closed without a word
    token_seconds = 0.0

    def prepare(self, *models):
        self.models = [{"id": name, "parent": parent, "max_model_len": 100} for name, parent in models]
        self.asked, self.hung_up = [], []
        return self


class PortServer(_State, ThreadingHTTPServer):
    request_queue_size = 128  # with the default of 5 some of many connections at once are dropped

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"

    def begin(self):
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def end(self):
        self.shutdown()
        self.server_close()


class SocketServer(_State, socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    pass


def parse(arguments):
    """``vllm serve BASE --uds PATH --lora-modules NAME=PATH …``, with what vLLM 0.33.0 knows of it (its
    ``EngineArgs``, ``FrontendArgs`` and ``MaxLoRARanks``) and nothing else: what it does not know ends it."""
    parser = argparse.ArgumentParser(prog="vllm", allow_abbrev=False)
    serve = parser.add_subparsers(required=True).add_parser("serve", allow_abbrev=False)
    serve.add_argument("model_tag")
    serve.add_argument("--uds", required=True)
    serve.add_argument("--enable-lora", action=argparse.BooleanOptionalAction)
    serve.add_argument("--lora-modules", nargs="*", required=True)
    serve.add_argument("--max-lora-rank", type=int, choices=[1, 8, 16, 32, 64, 128, 256, 320, 512], default=16)
    serve.add_argument("--max-model-len", type=int)
    serve.add_argument("--max-num-seqs", type=int)
    serve.add_argument("--generation-config", default="auto")
    serve.add_argument("--enable-prefix-caching", action=argparse.BooleanOptionalAction)
    serve.add_argument("--enable-log-requests", action=argparse.BooleanOptionalAction)
    return parser.parse_args(arguments)


def main(arguments):
    told = parse(arguments)
    adapter = told.lora_modules[0].partition("=")[0]
    SocketServer(told.uds, Handler).prepare((adapter, told.model_tag), (told.model_tag, None)).serve_forever()


if __name__ == "__main__":
    main(sys.argv[1:])
