"""The built-in stand-in for the platform: a real HTTP server on loopback, for trying settings safely."""

from connectors.sandbox.access import DEFAULT_TOKEN
from connectors.sandbox.behaviour import Behaviour
from connectors.sandbox.fault_file import FaultFileError, load_faults
from connectors.sandbox.faults import Fault, FaultPlan
from connectors.sandbox.limits import Limits
from connectors.sandbox.request_log import RequestRecord
from connectors.sandbox.sandbox import PortTakenError, Sandbox
from connectors.sandbox.seeds import Group
from connectors.sandbox.serving import serve

__all__ = [
    "DEFAULT_TOKEN",
    "Behaviour",
    "Fault",
    "FaultFileError",
    "FaultPlan",
    "Group",
    "Limits",
    "PortTakenError",
    "RequestRecord",
    "Sandbox",
    "load_faults",
    "serve",
]
