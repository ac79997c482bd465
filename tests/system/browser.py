"""Chromium, headless, on one self-contained page: what it measures, says and shows."""

import json
import re
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from html import unescape
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory

QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--hide-scrollbars",
    "--enable-logging=stderr",
    "--virtual-time-budget=5000",
)
TALLEST_PICTURE = 16_000
# A frame has the width of a telephone, which a window cannot have; its page is of the same
# origin as the frame's, so that it may be measured.
FRAME = """<!doctype html><meta charset="utf-8"><body style="margin:0">
<iframe id="f" src="page.html" style="border:0;width:{width}px;height:{height}px"></iframe>
<script>
document.getElementById("f").onload = event => {{
  const page = event.target.contentDocument;
  const out = page.documentElement;
  const found = {{
    width: out.scrollWidth, height: out.scrollHeight,
    without_alt: [...page.querySelectorAll("img:not([alt]), svg[role=img]:not([aria-label])" +
      ":not(:has(title)):not([aria-labelledby])")].map(e => e.outerHTML.slice(0, 120)),
    requests: event.target.contentWindow.performance.getEntriesByType("resource")
      .map(e => e.name).filter(name => !name.startsWith("data:")),
    text: out.innerText,
  }};
  const note = document.createElement("pre");
  note.id = "found";
  note.textContent = JSON.stringify(found);
  document.body.append(note);
}};
</script>"""


@dataclass(frozen=True)
class Look:
    """One page at one width, in CSS pixels; `complaints` are Chromium's console messages."""

    width: int
    height: int
    without_alt: tuple[str, ...]
    requests: tuple[str, ...]
    text: str
    complaints: tuple[str, ...]


def look(page: Path, width: int, picture: Path) -> Look:
    """Open a page at a width, measure it, and write its picture."""
    with TemporaryDirectory() as folder, served(Path(folder)) as address:
        Path(folder, "page.html").write_bytes(page.read_bytes())
        seen = measured(Path(folder), address, width)
        height = min(seen.height, TALLEST_PICTURE)
        frame(Path(folder), width, height)
        chromium(folder, f"--screenshot={picture}", f"--window-size={width},{height}", address)
        return seen


def measured(folder: Path, address: str, width: int) -> Look:
    frame(folder, width, 1000)
    done = chromium(str(folder), "--dump-dom", "--window-size=1400,1000", address)
    note = re.search(r'<pre id="found">(.*?)</pre>', done.stdout, re.DOTALL)
    assert note, f"the page did not load: {done.stderr}"
    found = json.loads(unescape(note[1]))
    complaints = tuple(line for line in done.stderr.splitlines() if "CONSOLE" in line)
    lists = {name: tuple(found.pop(name)) for name in ("without_alt", "requests")}
    return Look(**found, **lists, complaints=complaints)


def frame(folder: Path, width: int, height: int) -> None:
    (folder / "frame.html").write_text(FRAME.format(width=width, height=height), "utf-8")


def chromium(folder: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = ["chromium", *QUIET, f"--user-data-dir={folder}/profile", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder on the loopback address; yields the address of its frame."""

    class Silent(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Silent, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/frame.html"
    finally:
        server.shutdown()
        server.server_close()
