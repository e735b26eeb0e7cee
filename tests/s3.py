"""A bucket on loopback: as much of S3 as a client of one bucket needs, kept in memory."""

import hashlib
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

BUCKET = "files"
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "tests",
    "AWS_SECRET_ACCESS_KEY": "tests",
    "AWS_REGION": "us-east-1",
    "AWS_ALLOW_HTTP": "true",
}


class Bucket(ThreadingHTTPServer):
    """``objects`` by key, ``uploads`` that were begun by id; ``refusal`` answers everything."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.objects: dict[str, tuple[bytes, float]] = {}
        self.uploads: dict[str, dict[int, bytes]] = {}
        self.refusal: HTTPStatus | None = None
        self.requests: list[str] = []

    @property
    def environment(self) -> dict[str, str]:
        return ENVIRONMENT | {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.server_address[1]}"}


@contextmanager
def bucket() -> Iterator[Bucket]:
    server = Bucket()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Bucket

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except ConnectionError:  # the client has gone
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        pass

    def _asked(self) -> tuple[str, dict[str, str], bytes]:
        """Key, query and body."""
        address = urlsplit(self.path)
        query = {k: v[0] for k, v in parse_qs(address.query, keep_blank_values=True).items()}
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.requests.append(f"{self.command} {self.path}")
        return unquote(address.path).removeprefix(f"/{BUCKET}").strip("/"), query, body

    def _answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _refused(self) -> bool:
        if self.server.refusal:
            self._answer(self.server.refusal)
        return self.server.refusal is not None

    def do_POST(self) -> None:
        key, query, body = self._asked()
        if self._refused():
            return
        if "delete" in query:
            gone = re.findall("<Key>(.*?)</Key>", body.decode())
            for one in gone:
                self.server.objects.pop(one, None)
            deleted = "".join(f"<Deleted><Key>{one}</Key></Deleted>" for one in gone)
            self._answer(200, f"<DeleteResult>{deleted}</DeleteResult>".encode())
        elif "uploads" in query:
            begun = str(len(self.server.requests))
            self.server.uploads[begun] = {}
            told = f"<Bucket>{BUCKET}</Bucket><Key>{key}</Key><UploadId>{begun}</UploadId>"
            made = f"<InitiateMultipartUploadResult>{told}</InitiateMultipartUploadResult>"
            self._answer(200, made.encode())
        else:
            parts = self.server.uploads.pop(query["uploadId"])
            self.server.objects[key] = b"".join(parts[n] for n in sorted(parts)), time.time()
            told = f"<Key>{key}</Key><ETag>whole</ETag>"
            made = f"<CompleteMultipartUploadResult>{told}</CompleteMultipartUploadResult>"
            self._answer(200, made.encode())

    def do_PUT(self) -> None:
        key, query, body = self._asked()
        if self._refused():
            return
        if "uploadId" in query:
            self.server.uploads[query["uploadId"]][int(query["partNumber"])] = body
        else:
            self.server.objects[key] = body, time.time()
        self._answer(200, ETag=hashlib.sha256(body).hexdigest())

    def do_DELETE(self) -> None:
        key, query, _ = self._asked()
        if "uploadId" in query:
            del self.server.uploads[query["uploadId"]]
        else:
            self.server.objects.pop(key, None)
        self._answer(204)

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        key, query, _ = self._asked()
        if self._refused():
            return
        if "list-type" in query:
            self._answer(200, self._listed(query.get("prefix", "")))
            return
        if key not in self.server.objects:
            self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>")
            return
        body, at = self.server.objects[key]
        modified = {"Last_Modified": self.date_time_string(int(at)), "ETag": '"x"'}
        if wanted := re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", "")):
            first, last = int(wanted[1]), min(int(wanted[2] or 2**60), len(body) - 1)
            if first > last:
                self._answer(416)
                return
            modified["Content_Range"] = f"bytes {first}-{last}/{len(body)}"
            self._answer(206, body[first : last + 1], **modified)
        else:
            self._answer(200, body, **modified)

    def _listed(self, prefix: str) -> bytes:
        contents = "".join(
            f"<Contents><Key>{key}</Key><Size>{len(body)}</Size>"
            f"<LastModified>{time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(at))}</LastModified>"
            "</Contents>"
            for key, (body, at) in sorted(self.server.objects.items())
            if key.startswith(prefix)
        )
        return f"<ListBucketResult>{contents}</ListBucketResult>".encode()
