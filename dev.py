"""The developer's commands: `python3 dev.py demo | run | test | check | bench | lock`.

Needs only Python and git. Every command first makes `.venv` from the hashed lock file, unless it is already
current, so that each works as the first one on a fresh machine.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
LOCK = ROOT / "requirements.lock"
STAMP = VENV / "installed-from"


def main(arguments: list[str]) -> int:
    """Run one command and return its exit code."""
    commands = {"demo": demo, "run": run, "test": test, "check": check, "bench": bench, "lock": lock}
    if not arguments or arguments[0] not in commands:
        print(__doc__)
        return 2
    if sys.version_info < (3, 11):  # noqa: UP036 - this file is what a too old Python starts
        print(f"contact-sync needs Python 3.11 or later; this is {sys.version.split()[0]}.")
        return 2
    install()
    return commands[arguments[0]](arguments[1:])


def install() -> None:
    """Make `.venv` hold exactly what the lock file says, and this project in editable form."""
    wanted = hashlib.sha256(LOCK.read_bytes() + (ROOT / "pyproject.toml").read_bytes()).hexdigest()
    if STAMP.exists() and STAMP.read_text() == wanted:
        return
    print("Installing into .venv (a minute or two, once) …", flush=True)
    venv.create(VENV, with_pip=True, clear=True)
    pip = [tool("python"), "-m", "pip", "--quiet", "--disable-pip-version-check", "install"]
    steps = (
        # The lock file is whole: nothing is left to be resolved.
        [*pip, "--no-deps", "--require-hashes", "-r", str(LOCK)],
        [*pip, "--no-deps", "--no-build-isolation", "--editable", str(ROOT)],
    )
    for step in steps:
        if subprocess.run(step, check=False).returncode:
            sys.exit("The installation failed; pip says why above. Run the same command again once that is mended.")
    STAMP.write_text(wanted)


def demo(arguments: list[str]) -> int:
    """Run the nightly job on the built-in sandbox and the sample sources."""
    return call("contact-sync", "demo", *arguments)


def run(arguments: list[str]) -> int:
    """Run `contact-sync` with the arguments given."""
    return call("contact-sync", *arguments)


def test(arguments: list[str]) -> int:
    """Run the tests; arguments go to pytest."""
    return call("pytest", *arguments)


def check(arguments: list[str]) -> int:
    """Lint, formatting and types; `check --fix` mends what can be mended."""
    fix = "--fix" in arguments
    codes = [
        call("ruff", "check", *(["--fix"] if fix else []), "."),
        call("ruff", "format", *([] if fix else ["--check"]), "."),
        call("mypy"),
    ]
    return max(codes)


def bench(arguments: list[str]) -> int:
    """Run the benchmarks; arguments name some of them."""
    return call("python", str(ROOT / "benchmarks" / "run.py"), *arguments)


def lock(arguments: list[str]) -> int:
    """Write the lock file anew; `lock --upgrade` takes the newest releases."""
    options = ["--universal", "--generate-hashes", "--no-emit-index-url", "--no-header", "--no-strip-extras"]
    options += ["--extra", "dev"]
    return call("uv", "pip", "compile", *options, *arguments, "pyproject.toml", "-o", str(LOCK))


def tool(name: str) -> str:
    """Return the path of a program in `.venv`."""
    return str(BIN / name)


def call(name: str, *arguments: str) -> int:
    """Run a program of `.venv` in the project's folder."""
    return subprocess.run([tool(name), *arguments], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
