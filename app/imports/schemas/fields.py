"""What several bodies and parameters of imports share."""

from typing import Annotated

from pydantic import StringConstraints

Push = Annotated[str, StringConstraints(max_length=200)]
"""The name under which a sender holds several imports together."""
