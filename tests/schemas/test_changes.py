"""The state of a source that gives only what changed: nobody is left out, and nobody is there twice."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from schemas.changes import merged, tells_apart
from schemas.rows import ROW, TECHNICAL

Rows = list[tuple[int | None, str]]


def snapshot(rows: Rows) -> pl.DataFrame:
    """Return rows of a key and a name as a snapshot has them."""
    found = pl.DataFrame(rows, schema={"id": pl.Int64, "name": pl.String}, orient="row")
    other = [pl.lit(None, kind).alias(name) for name, kind in TECHNICAL.items() if name != ROW]
    return found.select(pl.int_range(1, pl.len() + 1).cast(pl.Int64).alias(ROW), *other, "id", "name")


def state(before: Rows, changed: Rows, deleted: list[int], at_a_time: int = 2) -> Rows:
    """Return the merged rows, numbered without gaps, whatever slices they are read in."""
    gone = pl.DataFrame({"id": deleted}, schema={"id": pl.Int64})
    parts = snapshot(before).iter_slices(at_a_time)
    found = pl.concat(merged(parts, snapshot(changed), gone, ["id"]))
    assert found[ROW].to_list() == list(range(1, found.height + 1))
    assert found.schema == snapshot([]).schema
    return found.select("id", "name").rows()


def test_a_key_that_has_two_rows_now_has_two() -> None:
    """They stand where the one stood, in the order in which they were read; the next night reads the whole source."""
    before: Rows = [(1, "Ann"), (2, "Bob"), (3, "Cy")]
    changed: Rows = [(2, "Rob"), (4, "Di"), (2, "Robby")]
    assert state(before, changed, []) == [(1, "Ann"), (2, "Rob"), (2, "Robby"), (3, "Cy"), (4, "Di")]


def test_deleted_rows_are_gone_unless_they_came_back() -> None:
    """A deletion that was noted before the row was written anew must not take the new row away."""
    assert state([(1, "Ann"), (2, "Bob")], [(2, "Rob")], [1, 2, 9]) == [(2, "Rob")]


def test_rows_without_a_key_stay_and_are_not_doubled() -> None:
    """Nobody can say which row without a key has changed, so none is lost, and one that is read again is one row."""
    before: Rows = [(None, "Ann"), (None, "Bob"), (1, "Cy")]
    assert state(before, [(None, "Bob"), (None, "Di")], [1]) == [(None, "Ann"), (None, "Bob"), (None, "Di")]


KEYED = st.dictionaries(st.integers(0, 8), st.sampled_from("abc"), max_size=8)


@given(before=KEYED, changed=KEYED, deleted=st.lists(st.integers(0, 8), max_size=4))
def test_the_state_is_that_of_the_source(before: dict[int, str], changed: dict[int, str], deleted: list[int]) -> None:
    """Whatever changed and went, the state is what a reading of the whole source would have given."""
    stay = {key: name for key, name in before.items() if key not in deleted or key in changed}
    assert state(list(before.items()), list(changed.items()), deleted) == list((stay | changed).items())


def test_a_changed_row_stays_where_it_stood() -> None:
    """Of a person's two rows the later one wins: whichever of them was changed tonight."""
    before: Rows = [(1, "Ann"), (2, "Bob"), (3, "Cy")]
    assert state(before, [(4, "Di"), (1, "Anny")], []) == [(1, "Anny"), (2, "Bob"), (3, "Cy"), (4, "Di")]


def test_a_key_tells_rows_apart_or_not() -> None:
    """Rows without a key are no two rows of one key."""
    alone = snapshot([(1, "Ann"), (2, "Ann"), (None, "Cy"), (None, "Cy")]).lazy()
    twice = snapshot([(1, "Ann"), (1, "Bob")]).lazy()
    assert (tells_apart(alone, ["id"]), tells_apart(twice, ["id"]), tells_apart(twice, ["id", "name"])) == (
        True,
        False,
        True,
    )
