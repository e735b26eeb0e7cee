"""Run a command against a service that is started for it, as the README starts one.

``python -m tests.with_service COMMAND …``: $LEADGATE_URL and $LEADGATE_API_KEY say where it is.
"""

import os
import secrets
import subprocess
import sys

from tests.readme_session import service

if __name__ == "__main__":
    key = f"lg_{secrets.token_urlsafe(24)}"
    with service(key) as url:
        done = subprocess.run(  # noqa: S603  # whoever calls us says what
            sys.argv[1:],
            env=os.environ | {"LEADGATE_URL": url, "LEADGATE_API_KEY": key},
            check=False,
        )
    sys.exit(done.returncode)
