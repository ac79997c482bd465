"""The programs that a report needs: a kernel that runs its notebook, Typst that sets its PDF."""

import sys
from pathlib import Path

from kpi_toolkit.cli.doctor.finding import Finding, fault, ok

KERNEL = "python3"
SECONDS = 60
QUIET = "--IPKernelApp.log_level=40"
_TOLD = "import kpi_toolkit, sys; print(kpi_toolkit.__file__); print(sys.executable)"


def typst() -> Finding:
    """Set one line as a tagged PDF."""
    import typst as compiler

    page = b'#set document(title: "doctor")\nA line.'
    made = compiler.compile(page, format="pdf", pdf_standards=["ua-1"])
    if not isinstance(made, bytes) or not made.startswith(b"%PDF"):
        return fault("typst", "it set no PDF; reinstall typst")
    return ok("typst", f"it set a PDF of {len(made)} bytes")


def kernel() -> Finding:
    """Start the kernel that runs notebooks, and ask it which kpi_toolkit it has."""
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    try:
        spec = KernelSpecManager().get_kernel_spec(KERNEL)
    except NoSuchKernel:
        return fault(
            "kernel",
            f"Jupyter has no kernel {KERNEL!r}: run {sys.executable} -m ipykernel install --user",
        )
    said = _asked(_TOLD)
    if "kpi_toolkit" not in said:
        last = (said.strip().splitlines() or ["it said nothing"])[-1]
        return fault(
            "kernel",
            f"{spec.argv[0]} cannot import kpi_toolkit ({last}): run {sys.executable} "
            "-m ipykernel install --user",
        )
    ours = Path(__file__).parents[2]
    package, python = said.split("\n")[:2]
    if Path(package).parent.resolve() != ours.resolve():
        return fault(
            "kernel",
            f"notebooks run with {package}, and this command is of {ours}: run "
            f"{sys.executable} -m ipykernel install --user",
        )
    return ok("kernel", f"it starts, {python}")


def _asked(code: str) -> str:
    """What a cell prints, or the error that it ends with."""
    from jupyter_client.manager import start_new_kernel

    manager, client = start_new_kernel(
        startup_timeout=SECONDS, kernel_name=KERNEL, extra_arguments=[QUIET]
    )
    said: list[str] = []

    def hear(message: dict) -> None:
        content = message["content"]
        if message["msg_type"] == "stream":
            said.append(content["text"])
        elif message["msg_type"] == "error":
            said.append(f"{content['ename']}: {content['evalue']}")

    try:
        client.execute_interactive(
            code, timeout=SECONDS, output_hook=hear, allow_stdin=False, store_history=False
        )
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    return "".join(said)
