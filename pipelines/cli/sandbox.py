"""`contact-sync sandbox`: the stand-in platform on its own."""

from pathlib import Path

import click

from connectors.sandbox.fault_file import FaultFileError, load_faults
from connectors.sandbox.sandbox import PortTakenError
from connectors.sandbox.serving import serve
from pipelines.cli.options import explained, fail
from pipelines.exit_codes import Exit

DEFAULT_PORT = 8765


@click.command(name="sandbox")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=DEFAULT_PORT, show_default=True, help="0 for any free one."
)
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("contact-sync-sandbox"),
    show_default=True,
    help="Where its contacts are kept between runs.",
)
@click.option(
    "--faults", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Rehearse the faults of this file."
)
@explained
def command(port: int, data: Path, faults: Path | None) -> None:
    """Run the stand-in platform on this machine until it is interrupted. It never reaches a real audience."""
    try:
        serve(data, port, faults=load_faults(faults) if faults else None)
    except (PortTakenError, FaultFileError) as error:
        fail(str(error), Exit.FAILED if isinstance(error, PortTakenError) else Exit.USAGE)
