"""The sandbox on its own, as `contact-sync sandbox` runs it: serve until interrupted, and say what it is."""

import sys
import threading
from pathlib import Path
from typing import TextIO

from connectors.sandbox.faults import FaultPlan
from connectors.sandbox.limits import Limits
from connectors.sandbox.sandbox import DEFAULT_LIMITS, Sandbox


def serve(
    folder: Path,
    port: int,
    *,
    faults: FaultPlan | None = None,
    limits: Limits | None = DEFAULT_LIMITS,
    stream: TextIO = sys.stdout,
) -> None:
    """Run a sandbox until it is interrupted, one line per request.

    Args:
        folder: Where its data is.
        port: The port, or 0 for any free one.
        faults: What to rehearse.
        limits: What to hold callers to, or None for no limits.
        stream: Gets the lines.

    Raises:
        PortTakenError: Another program listens on the port.
    """
    try:
        with Sandbox(folder, port, faults=faults, limits=limits, stream=stream) as sandbox:
            stream.write(_welcome(sandbox))
            stream.flush()
            threading.Event().wait()
    except KeyboardInterrupt:
        stream.write("contact-sync sandbox: stopped\n")


def _welcome(sandbox: Sandbox) -> str:
    lines = [
        "contact-sync sandbox: a stand-in for the platform; nothing here reaches a real audience",
        f"  API    {sandbox.base_url}",
        f"  page   {sandbox.base_url.removesuffix('v1')}",
        f"  token  {sandbox.token}",
    ]
    if sandbox.faults.faults:
        lines.append(f"  faults {len(sandbox.faults.faults)} rules")
    if sandbox.faults.is_random:
        lines.append(f"  seed   {sandbox.faults.seed} (write `seed: {sandbox.faults.seed}` to repeat these draws)")
    return "\n".join(lines) + "\n"
