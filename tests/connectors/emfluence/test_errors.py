"""The tree of failures: which code belongs where, and that a failure survives being passed between processes."""

import pickle

import pytest

from connectors.emfluence import errors

DOCUMENTED = [1, 2, 3, 4, 5, 100, 101, 200, 201, 202, 203, 204, 300, 301, 302, 303, 500, 501, 502]


def test_every_documented_code_has_its_failure() -> None:
    """A code that is forgotten would pass for an unknown one."""
    assert sorted(errors.FAILURE_BY_CODE) == DOCUMENTED


@pytest.mark.parametrize("code", DOCUMENTED)
def test_only_codes_1_and_5_are_retried(code: int) -> None:
    """API: "When to retry a failed request"."""
    kind, _ = errors.FAILURE_BY_CODE[code]
    assert issubclass(kind, errors.Retryable) == (code in {1, 5})


def test_a_failure_survives_pickling() -> None:
    """A step's failure is handed from one process to another."""
    facts = errors.Facts("contacts/save", 200, 301, "R", ("Said.",), 456)
    copy = pickle.loads(pickle.dumps(errors.DuplicateRecord("Why.", facts)))  # noqa: S301 - our own bytes
    assert (type(copy), copy.reason, copy.facts) == (errors.DuplicateRecord, "Why.", facts)
    assert str(copy) == 'POST contacts/save: Why. The platform says: "Said." (HTTP status 200, code 301, requestID R)'


def test_a_failure_without_a_call_is_its_reason() -> None:
    """Wrong settings are found before anything is sent."""
    assert str(errors.WrongSettings("The token is empty.")) == "The token is empty."


@pytest.mark.parametrize(
    ("message", "permission"),
    [
        ("Access to this endpoint requires the permission 'Contacts (Add)'", "Contacts (Add)"),
        ('requires the permission "Create Groups".', "Create Groups"),
        ("Not allowed.", None),
    ],
)
def test_the_missing_permission_is_named(message: str, permission: str | None) -> None:
    """The administrator must know which box to tick."""
    facts = errors.Facts(messages=("Sorry.", message))
    assert errors.PermissionNeeded("No.", facts).permission == permission
