"""`contact-sync init`: a commented sync.yaml to start from."""

from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import click

from pipelines.cli.options import config_option, explained, fail, json_option, print_json
from pipelines.exit_codes import Exit
from pipelines.installation import config_path


@click.command(name="init")
@json_option
@config_option
@explained
def command(*, as_json: bool, config: Path | None) -> None:
    """Write a commented sync.yaml to start from; a file that is there already is left alone."""
    import os  # noqa: PLC0415

    path = (config or config_path(os.environ)).resolve()
    today = datetime.now(UTC).date().isoformat()
    text = files("pipelines.cli").joinpath("sync_template.yaml").read_text("utf-8").replace("{today}", today)
    try:
        with path.open("x", encoding="utf-8") as stream:
            stream.write(text)
    except FileExistsError:
        fail(f"{path} is there already; it was left alone.", Exit.USAGE)
    except OSError as error:
        fail(f"{path} cannot be written: {error.strerror}.", Exit.FAILED)
    if as_json:
        print_json({"path": str(path)})
    else:
        click.echo(f'Wrote {path}. Name your sources in it, then run "contact-sync check".')
