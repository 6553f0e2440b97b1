"""What contact-sync talks to: sources, the platform, its sandbox and our own storage. No Dagster."""

import logging

# As every library does: who wants our log lines says so, and nobody else finds them on their terminal.
logging.getLogger(__name__).addHandler(logging.NullHandler())
