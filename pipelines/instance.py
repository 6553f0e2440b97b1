"""Dagster's own storage: where `DAGSTER_HOME` says, else beside ours, so that every command shows the same runs."""

import os
from collections.abc import MutableMapping
from pathlib import Path
from typing import Final

from connectors.storage.files import make_folder, replace_file
from pipelines.installation import Installation

HOME_VARIABLE: Final = "DAGSTER_HOME"

# dagster.yaml in the project's folder says the same for `dagster dev`.
_INSTANCE: Final = """\
# Written by contact-sync; change it in a folder of your own and set DAGSTER_HOME to that.
concurrency:
  pools:
    default_limit: 1
    granularity: run
  # The days of one backfill follow each other in the order of the calendar, whatever the order they were asked for in.
  runs:
    tag_concurrency_limits:
      - key: dagster/backfill
        limit: 1
        value: {applyLimitPerUniqueValue: true}
run_monitoring:
  enabled: true
  # Whoever is told to stop finishes the requests in flight and writes down what they did.
  cancel_timeout_seconds: 300
  max_runtime_seconds: MAX_RUNTIME
# What the connector says of failed requests stands in the log of the run.
python_logs:
  managed_python_loggers: [connectors]
  python_log_level: WARNING
telemetry:
  enabled: false
nux:
  enabled: false
"""


def set_dagster_home(installation: Installation, environ: MutableMapping[str, str] = os.environ) -> Path:
    """Return Dagster's home, and name it in the environment that Dagster reads.

    Raises:
        StorageError: The folder cannot be written.
    """
    if not environ.get(HOME_VARIABLE):
        home = make_folder(installation.storage / "dagster")
        longest = round(installation.settings.schedule.max_hours * 3600)
        replace_file(home / "dagster.yaml", _INSTANCE.replace("MAX_RUNTIME", str(longest)).encode())
        environ[HOME_VARIABLE] = str(home)
    return Path(environ[HOME_VARIABLE])
