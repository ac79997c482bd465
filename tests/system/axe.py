"""axe-core on one page: what it finds against accessibility, rule by rule."""

import json
import re
from html import unescape
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.system.browser import chromium, served

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "build" / "axe" / "axe_playwright_python" / "axe.min.js"
# The page allows no script: its policy is taken off, and another test holds that it is there.
POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
RUN = """<script src="axe.min.js"></script><script>
axe.run(document, {resultTypes: ["violations"]}).then(found => {
  const note = document.createElement("pre");
  note.id = "violations";
  note.textContent = JSON.stringify(found.violations.map(
    rule => [rule.id, rule.help, rule.nodes.slice(0, 3).map(node => node.html.slice(0, 200))]));
  document.body.append(note);
});
</script></body>"""


def violations(page: Path, width: int) -> list[list]:
    """[rule, what it asks for, elements] for each rule of axe-core that a page breaks."""
    assert AXE.exists(), "axe-core is missing: run `make test-system`, which fetches it"
    text = page.read_text("utf-8")
    assert POLICY.search(text)
    with TemporaryDirectory() as folder, served(Path(folder)) as address:
        Path(folder, "axe.min.js").write_bytes(AXE.read_bytes())
        Path(folder, "frame.html").write_text(POLICY.sub("", text).replace("</body>", RUN), "utf-8")
        done = chromium(folder, "--dump-dom", f"--window-size={max(width, 500)},1000", address)
    note = re.search(r'<pre id="violations">(.*?)</pre>', done.stdout, re.DOTALL)
    assert note, f"axe did not run: {done.stderr[-500:]}"
    return json.loads(unescape(note[1]))
