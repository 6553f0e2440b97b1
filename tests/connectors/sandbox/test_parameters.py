"""Reading parameters: each type takes its own values, says which rule the others break, and never repeats them."""

import json

import pytest

from connectors.sandbox.answers import ApiError, Code
from connectors.sandbox.parameters import Parameters, decode, read_date, read_integer


def code_of(parameters: Parameters, reader: str, *details: object) -> int:
    """Give the code with which a reader refuses the parameter `x`."""
    with pytest.raises(ApiError, match='"x"') as caught:
        getattr(parameters, reader)("x", *details)
    assert "canary" not in str(caught.value)
    return int(caught.value.code)


@pytest.mark.parametrize("reader", ["text", "integer", "boolean", "day"])
def test_what_is_not_passed_is_none(reader: str) -> None:
    """Absence is no error for an optional parameter."""
    assert getattr(Parameters({}), reader)("x") is None


@pytest.mark.parametrize("reader", ["integers", "words"])
def test_a_list_that_is_not_passed_is_empty(reader: str) -> None:
    """So that the caller can loop without asking."""
    assert getattr(Parameters({}), reader)("x") == ()


def test_what_is_required_must_be_there() -> None:
    """Code 502 names it; an empty or false value is there."""
    with pytest.raises(ApiError, match='The parameter "x" is required') as caught:
        Parameters({"y": 1}).required("x")
    assert caught.value.code is Code.MISSING
    assert Parameters({"x": False}).required("x") is False


@pytest.mark.parametrize(
    ("value", "read"),
    [(0, 0), (7, 7), ("7", 7), (" 7 ", 7), ("007", 7), (2**63 - 1, 2**63 - 1)],
)
def test_integers_are_numbers_or_digits(value: object, read: int) -> None:
    """A URL has only texts, so digits count."""
    assert Parameters({"x": value}).integer("x") == read


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("canary", 500),
        ("", 500),
        ("-7", 500),
        ("7.0", 500),
        ("9" * 30, 500),
        ("²", 500),
        (7.0, 500),
        (True, 500),
        (None, 500),
        ([7], 500),
        ({"canary": 7}, 500),
        (-1, 501),
        (2**63, 501),
    ],
)
def test_what_is_no_integer_is_refused(value: object, code: int) -> None:
    """A wrong type is 500, a number that cannot be 501."""
    assert code_of(Parameters({"x": value}), "integer") == code


@pytest.mark.parametrize(
    ("value", "read"),
    [(1, True), (0, False), (True, True), (False, False), ("1", True), ("0", False), ("TRUE", True), ("false", False)],
)
def test_booleans_are_written_in_four_ways(value: object, read: bool) -> None:  # noqa: FBT001 - the expected value
    """1, 0, true and false, as JSON or as a text of the URL."""
    assert Parameters({"x": value}).boolean("x") is read


@pytest.mark.parametrize("value", ["canary", "", 2, 1.0, None, [], "yes"])
def test_what_is_no_boolean_is_refused(value: object) -> None:
    """A filter that could mean either must not mean one of them by accident."""
    assert code_of(Parameters({"x": value}), "boolean") == 500


@pytest.mark.parametrize("value", [7, None, True, ["canary"], {"canary": 1}])
def test_what_is_no_text_is_refused(value: object) -> None:
    """Numbers are not turned into texts."""
    assert code_of(Parameters({"x": value}), "text") == 500
    assert code_of(Parameters({"x": value}), "day") == 500


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2026-01-18", "2026-01-18"),
        ("2026-01-18 09:01:12", "2026-01-18"),
        ("2026-01-18T09:01:12Z", "2026-01-18"),
        ("2024-02-29", "2024-02-29"),
        ("1900-12-10", "1900-12-10"),
        ("0001-01-01", "0001-01-01"),
    ],
)
def test_dates_lose_their_time_part(value: str, day: str) -> None:
    """API: a time in a date parameter is ignored."""
    assert read_date(value, "x") == day
    assert Parameters({"x": value}).day("x") == day


@pytest.mark.parametrize(
    "value",
    [
        "",
        "canary",
        "2026-1-18",
        "18.01.2026",
        "01/18/2026",
        "20260118",
        "2026-W03-7",
        "2026-02-29",
        "2026-13-01",
        "-2026-01-01",
    ],
)
def test_what_is_no_date_is_refused(value: str) -> None:
    """Code 500, as for the platform's own example of "hello"."""
    assert code_of(Parameters({"x": value}), "day") == 500


def test_a_choice_is_one_of_the_words() -> None:
    """Code 501 lists what is allowed; a wrong type is 500."""
    assert Parameters({"x": "asc"}).choice("x", ("asc", "desc")) == "asc"
    assert Parameters({}).choice("x", ("asc", "desc")) is None
    with pytest.raises(ApiError, match="must be one of: asc, desc") as caught:
        Parameters({"x": "ASC"}).choice("x", ("asc", "desc"))
    assert caught.value.code is Code.BAD_VALUE
    assert code_of(Parameters({"x": 1}), "choice", ("asc",)) == 500


@pytest.mark.parametrize(
    ("value", "read"),
    [([], ()), ([1, 2], (1, 2)), (["1", 2], (1, 2)), ("1,2", (1, 2)), ("1, 2", (1, 2)), ("7", (7,))],
)
def test_lists_of_integers_come_as_lists_or_with_commas(value: object, read: tuple[int, ...]) -> None:
    """A URL can only have commas."""
    assert Parameters({"x": value}).integers("x") == read


@pytest.mark.parametrize("value", [7, None, {"a": 1}, ["canary"], [1.5], [True], "", "1,,2", "canary", [[1]]])
def test_what_is_no_list_of_integers_is_refused(value: object) -> None:
    """One wrong element makes the whole list wrong."""
    assert code_of(Parameters({"x": value}), "integers") == 500


@pytest.mark.parametrize(("value", "read"), [(["a", " b"], ("a", "b")), ("a,b", ("a", "b")), ("a", ("a",)), ([], ())])
def test_lists_of_words_come_as_lists_or_with_commas(value: object, read: tuple[str, ...]) -> None:
    """Blanks around a word are not part of it."""
    assert Parameters({"x": value}).words("x") == read


@pytest.mark.parametrize("value", [7, None, {"a": 1}, [1], ["a", None]])
def test_what_is_no_list_of_words_is_refused(value: object) -> None:
    """A wrong type is 500."""
    assert code_of(Parameters({"x": value}), "words") == 500


def test_only_known_parameters_are_allowed() -> None:
    """The sentence lists them; a name that somebody made very long is cut."""
    Parameters({"a": 1}).allow(("a", "b"))
    with pytest.raises(ApiError, match=r'There is no parameter "c" here; there are: a, b\.'):
        Parameters({"a": 1, "c": 2}).allow(("a", "b"))
    with pytest.raises(ApiError, match=r"there are: none\."):
        Parameters({"a": 1}).allow(())
    with pytest.raises(ApiError) as caught:
        Parameters({"c" * 1000: 1}).allow(())
    assert len(str(caught.value)) < 100


def test_url_and_body_are_joined() -> None:
    """What stands in both is taken from the URL, where everything is a text and may be empty."""
    parameters = decode("a=1&b=&d=%C3%BC", json.dumps({"a": 2, "c": [3]}).encode())
    assert parameters.values == {"a": "1", "b": "", "c": [3], "d": "ü"}
    assert decode("", b"").values == {}


@pytest.mark.parametrize("body", [b"[]", b"7", b"null", b'"canary"', b"{", b"\xff\xfe", b"{'a': 1}", b"{} {}", b" "])
def test_a_body_is_one_json_object_in_utf_8(body: bytes) -> None:
    """Anything else is code 500, and the sentence does not repeat it."""
    with pytest.raises(ApiError) as caught:
        decode("", body)
    assert caught.value.code is Code.WRONG_TYPE
    assert "canary" not in str(caught.value)


def test_escaped_characters_of_a_body_are_characters() -> None:
    """A pair of surrogates is one character; only a lone one is refused."""
    assert decode("", b'{"a": "\\ud83d\\ude42 \\u00fc"}').values == {"a": "🙂 ü"}


def test_an_integer_is_named_in_its_refusal() -> None:
    """Whoever reads it finds the parameter."""
    with pytest.raises(ApiError, match='The parameter "groupID" must be an integer'):
        read_integer("seven", "groupID")
