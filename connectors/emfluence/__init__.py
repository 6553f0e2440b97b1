"""The emfluence Marketing Platform's API, version 1: paced, retried, and imports told apart row by row."""

from connectors.emfluence.client import Client
from connectors.emfluence.errors import Failure
from connectors.emfluence.imports import ImportResult, import_contacts
from connectors.emfluence.pacing import PacingReport
from connectors.emfluence.protocol import Answer
from connectors.emfluence.verdicts import Fate, Verdict

__all__ = ["Answer", "Client", "Failure", "Fate", "ImportResult", "PacingReport", "Verdict", "import_contacts"]
