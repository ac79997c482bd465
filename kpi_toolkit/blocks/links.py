"""Which addresses may become links: the web and mail, never a script or a file."""

import re

_WEB = re.compile(r"(https?://|mailto:)[^\s\x00-\x1f\"<>\\]+\Z", re.IGNORECASE)


def is_web(address: str) -> bool:
    """Whether an address leads to the web or to mail."""
    return bool(_WEB.match(address))
