"""What the audience does, staged behind the API's back, and how it shows to whoever asks."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from connectors.sandbox import Sandbox
from connectors.sandbox.contacts import Contact
from connectors.sandbox.database import Database
from connectors.sandbox.endpoints.exports import EVENT_KINDS
from connectors.sandbox.stage import Stage, UnknownContactError
from tests.connectors.sandbox.api import call, paging, people, records
from tests.connectors.sandbox.state import LATER, NOW, planted, save, stored


@dataclass(frozen=True)
class Scene:
    """A stage and the database behind it."""

    stage: Stage
    database: Database

    def first(self) -> Contact:
        """Give the first contact."""
        with self.database.transaction() as db:
            return stored(db)[0]

    def events(self) -> list[tuple[str, int, int, str, str]]:
        """Give every event as kind, emailID, contactID, date and detail."""
        query = "select kind, email_id, contact_id, date, detail from email_events order by event_id"
        with self.database.transaction() as db:
            return [tuple(row) for row in db.execute(query)]


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    """Two contacts, an hour after they were added."""
    with planted(tmp_path) as database:
        with database.transaction() as db:
            save(db, {"email": "a@x.co"}, {"email": "b@x.co"})
        yield Scene(Stage(database, lambda: LATER), database)


def test_suppressing_opts_out_and_dates_it(scene: Scene) -> None:
    """Whatever the case of the address, and nobody else."""
    scene.stage.suppress("A@X.co")
    contact = scene.first()
    assert (contact.suppressed, contact.date_suppressed, contact.date_modified) == (True, LATER, LATER)
    assert (contact.held, contact.date_held, contact.date_added) == (False, "", NOW)
    with scene.database.transaction() as db:
        assert stored(db)[1].suppressed is False


def test_holding_marks_the_address_as_bad(scene: Scene) -> None:
    """Held and not suppressed: two different reasons."""
    scene.stage.hold("a@x.co")
    contact = scene.first()
    assert (contact.held, contact.date_held, contact.suppressed) == (True, LATER, False)


def test_unsubscribing_is_an_event_and_an_opt_out(scene: Scene) -> None:
    """With its reason."""
    scene.stage.unsubscribe("a@x.co", 90, "too many")
    assert scene.events() == [("unsubscribe", 90, 1, LATER, "too many")]
    assert scene.first().suppressed is True


def test_complaining_is_an_event_and_an_opt_out(scene: Scene) -> None:
    """Feedback loops call it abuse."""
    scene.stage.complain("a@x.co", 90)
    assert scene.events() == [("complaint", 90, 1, LATER, "abuse")]
    assert scene.first().suppressed is True


@pytest.mark.parametrize(("bounce_type", "held"), [("hard", True), ("soft", False)])
def test_only_a_hard_bounce_holds_the_address(scene: Scene, bounce_type: str, held: bool) -> None:  # noqa: FBT001 - expected
    """Both are events."""
    scene.stage.bounce("a@x.co", 90, bounce_type)
    assert scene.events() == [("bounce", 90, 1, LATER, bounce_type)]
    assert (scene.first().held, scene.first().suppressed) == (held, False)


@pytest.mark.parametrize("kind", EVENT_KINDS)
def test_each_kind_of_event_can_be_staged(scene: Scene, kind: str) -> None:
    """One for every export, none of which changes the contact."""
    before = scene.first()
    scene.stage.event(kind, "a@x.co", 90, "detail")
    assert scene.events() == [(kind, 90, 1, LATER, "detail")]
    assert scene.first() == before


def test_a_campaign_has_its_recipients(scene: Scene) -> None:
    """Sent to each once, with an ID of its own."""
    first = scene.stage.campaign("One", ["a@x.co", "b@x.co"])
    second = scene.stage.campaign("Two", ["b@x.co"], parent_email_id=first)
    assert [event[:3] for event in scene.events()] == [("sent", first, 1), ("sent", first, 2), ("sent", second, 2)]
    assert first != second


def test_a_campaign_with_a_stranger_is_none(scene: Scene) -> None:
    """Neither the e-mail nor what was sent before the stranger's turn stays."""
    with pytest.raises(UnknownContactError, match="no contact has this address"):
        scene.stage.campaign("One", ["a@x.co", "canary@x.co"])
    assert scene.events() == []


def test_strangers_do_nothing(scene: Scene) -> None:
    """Every act of somebody who is not there is an error, whose sentence does not repeat the address."""
    acts: tuple[Callable[[], None], ...] = (
        lambda: scene.stage.suppress("canary@x.co"),
        lambda: scene.stage.hold("canary@x.co"),
        lambda: scene.stage.unsubscribe("canary@x.co", 90),
        lambda: scene.stage.complain("canary@x.co", 90),
        lambda: scene.stage.bounce("canary@x.co", 90),
        lambda: scene.stage.event("click", "canary@x.co", 90),
    )
    for act in acts:
        with pytest.raises(UnknownContactError) as caught:
            act()
        assert "canary" not in str(caught.value)
    assert scene.events() == []


def test_what_is_staged_shows_through_the_api(sandbox: Sandbox) -> None:
    """A sync that pulls opt-outs before it plans finds them by the searches it uses."""
    call(sandbox, "contacts/import", contacts=people(4), groupIDs=[7])
    email_id = sandbox.stage.campaign("Spring", ["person0@example.com"])
    sandbox.stage.unsubscribe("person0@example.com", email_id)
    sandbox.stage.bounce("person1@example.com", email_id)
    opted_out = call(sandbox, "contacts/search", suppressed=1, fields="email")
    bounced = call(sandbox, "contacts/search", held=1, fields="email")
    assert records(opted_out) == [{"email": "person0@example.com"}]
    assert records(bounced) == [{"email": "person1@example.com"}]
    assert paging(call(sandbox, "contacts/search", suppressed=0, held=0))["totalRecords"] == 2
    assert [group["activeMembers"] for group in sandbox.groups() if group["groupID"] == 7] == [2]
