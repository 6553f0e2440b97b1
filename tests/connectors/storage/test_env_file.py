"""The `.env` file that a token is written into."""

from pathlib import Path

import pytest

from connectors.storage.env_file import set_variable
from connectors.storage.files import StorageError


def test_new_file_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    """A token in a file is nobody else's to read."""
    set_variable(tmp_path / ".env", "TOKEN", "abc")
    assert (tmp_path / ".env").read_text() == "TOKEN=abc\n"
    assert (tmp_path / ".env").stat().st_mode & 0o777 == 0o600


def test_other_lines_stay_and_the_variable_is_there_once(tmp_path: Path) -> None:
    """A person's other settings survive, and an old token does not."""
    path = tmp_path / ".env"
    path.write_text("# mine\nOTHER=1\nexport TOKEN=old\nTOKEN = older\nTOKEN_2=x")
    path.chmod(0o644)
    set_variable(path, "TOKEN", "new")
    assert path.read_text() == "# mine\nOTHER=1\nTOKEN_2=x\nTOKEN=new\n"
    assert path.stat().st_mode & 0o777 == 0o600


def test_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    """A mistyped path is said, and no token is lost in silence."""
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="file"):
        set_variable(tmp_path / "file" / ".env", "TOKEN", "abc")
