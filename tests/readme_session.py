"""Does the README tell the truth? Its commands, in order, against a service started as it says.

A fenced block whose info string is ``sh session`` is run by bash; all of them in one shell, so that
a later one may use what an earlier one set. Every command must succeed, and every curl be answered
below 400. ``$LEADGATE_API_KEY`` is there; http://127.0.0.1:8000 becomes the address that we use.

    python -m tests.readme_session
"""

import os
import re
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from app.kit.embedded.ports import free_port
from tests.dns import NO_DNS

README = Path("README.md")
BLOCK = re.compile(r"^```sh session\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ADDRESS = re.compile(r"http://(127\.0\.0\.1|localhost):8000")
READY_S, SESSION_S, STOP_S = 60, 120, 15
STRICT = """\
set -Eeuo pipefail
curl() { command curl --silent --show-error --fail-with-body "$@"; echo; }
trap 'echo "FAILED: $BASH_COMMAND" >&2' ERR
"""


def main() -> None:
    blocks = BLOCK.findall(README.read_text()) if README.exists() else []
    if not blocks:
        sys.exit(f"{README} has no block with the info string `sh session`.")
    key = f"lg_{secrets.token_urlsafe(24)}"
    with service(key) as url:
        script = STRICT + ADDRESS.sub(url, "\n".join(blocks))
        done = subprocess.run(  # noqa: S603  # our own README
            ["bash", "-c", script],  # noqa: S607  # wherever it is
            env=os.environ | {"LEADGATE_API_KEY": key, "LEADGATE_URL": url},
            check=False,
            timeout=SESSION_S,
        )
    if done.returncode:
        sys.exit(f"The README's session failed with exit code {done.returncode}.")


@contextmanager
def service(key: str) -> Iterator[str]:
    """`make up` on a free port with an empty data folder; it must stop by itself on SIGTERM."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="leadgate-readme-") as folder:
        Path(folder).chmod(0o711)
        process = subprocess.Popen(  # noqa: S603  # a command of ours
            ["make", "up", f"ARGS=--port {port} --data-dir {folder}/data"],  # noqa: S607
            env=os.environ | NO_DNS | {"LEADGATE_BOOTSTRAP_API_KEY": key},
        )
        try:
            url = f"http://127.0.0.1:{port}"
            _wait(url, process)
            yield url
        finally:
            process.terminate()
            process.wait(STOP_S)


def _wait(url: str, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + READY_S
    while process.poll() is None and time.monotonic() < deadline:
        try:
            if httpx.get(f"{url}/health/ready", trust_env=False).is_success:
                return
        except httpx.HTTPError:
            time.sleep(0.1)
    sys.exit("`make up` did not get ready.")


if __name__ == "__main__":
    main()
