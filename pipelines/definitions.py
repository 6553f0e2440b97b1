"""What Dagster loads: the nightly sync of the settings file that the environment names.

Loading needs no network and no secret. Without a settings file the shared assets load all the same, and a run says
what is missing.
"""

import os

import dagster as dg

from pipelines.installation import config_path, open_installation
from pipelines.nightly import build_definitions


def load() -> dg.Definitions:
    """Return the definitions of the settings file that the environment names."""
    installation = open_installation(os.environ) if config_path(os.environ).exists() else None
    return build_definitions(installation)


defs = load()
