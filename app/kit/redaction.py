"""The last line of defence of the logs: what looks like an address, a key or a password.

Nothing of ours logs these. This is for what libraries quote, and for what we shall get wrong.
"""

import re
from typing import Any

ADDRESS, KEY, SECRET = "[address]", "[key]", "[secret]"
MARKS = (ADDRESS, KEY, SECRET)

AT = "@", "%40"
# Without what ends a word in URLs, JSON and Python; not `=`: bounce+ann=example.com@x.com.
LOCAL_PART = r"[^\s@\"\\()\[\]<>,;:/?&\x00-\x1f]{1,256}"
ADDRESSES = re.compile(rf'(?:"[^"\n]{{1,64}}"|{LOCAL_PART}?)(?:@|%40)[\w.-]+')
KEYS = re.compile(r"lg_[\w-]{12,}")
# scheme://user:password@host
IN_URLS = re.compile(r"(?<=://)[^/\s@]+(?=@)")
NAMED = re.compile(
    r"((?:api[_-]?key|token|ticket|password|secret|authorization)[\"']?\s*[=:]\s*[\"']?"
    r"(?:(?:bearer|basic)\s+)?|\bbearer\s+)[^\s\"'&,;)}\]\[]+",
    re.IGNORECASE,
)
WORDS_OF_NAMED = ("key", "token", "ticket", "password", "secret", "authorization", "bearer")
INPUTS = re.compile(r"input_value=.*?(?=, input_type=|\]|$)", re.DOTALL)
"""What pydantic's errors and warnings quote."""


def redacted(text: str) -> str:
    """The text without addresses, keys, passwords and quoted inputs; 1 µs if there are none."""
    lower = text.lower()
    if "input_value=" in text:
        text = INPUTS.sub(f"input_value={SECRET}", text)
    if any(word in lower for word in WORDS_OF_NAMED):
        text = NAMED.sub(rf"\1{SECRET}", text)
    if "lg_" in text:
        text = KEYS.sub(KEY, text)
    if any(sign in text for sign in AT):
        text = ADDRESSES.sub(ADDRESS, IN_URLS.sub(SECRET, text))
    return text


def redacted_value(value: Any) -> Any:
    """Of a line's fields; what is no plain value becomes the text that a renderer would write."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, dict):
        return {redacted(str(name)): redacted_value(one) for name, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [redacted_value(one) for one in value]
    return redacted(value if isinstance(value, str) else repr(value))
