"""What can go wrong with a source, named by what the reader of the message can do about it.

    SourceError                 the sync stops here; nothing was read that may be used
    ├── SourceMissing           deliver the file, start the server, grant access, then run the sync again
    │   ├── NotDelivered        deliver the day's file, or know that this day has none
    │   ├── FileUnfinished      wait until the file is written to its end
    │   └── SourceEmpty         deliver a file or a query that holds rows; never read as "everyone is gone"
    ├── SourceBroken            the content cannot be trusted: mend the file
    └── SourceSettingsWrong     mend sync.yaml
        └── SecretMissing       set the environment variable

No message holds a value of a row, a password or a URL. A row that cannot be read is data, not an error.
"""


class SourceError(Exception):
    """A source cannot be read; the message says what, where and what to do."""


class SourceMissing(SourceError):  # noqa: N818 - named by what the caller can do
    """The file, table or server is not there, or may not be read."""


class NotDelivered(SourceMissing):
    """There is no file of this very day, where each day has its own."""


class FileUnfinished(SourceMissing):
    """The file is being written, and is not whole yet."""


class SourceEmpty(SourceMissing):
    """The source is there and holds no rows."""


class SourceBroken(SourceError):  # noqa: N818 - named by what the caller can do
    """The source's content cannot be read exactly, and a guess would send wrong data."""


class SourceSettingsWrong(SourceError):  # noqa: N818 - named by what the caller can do
    """The settings do not fit the source."""


class SecretMissing(SourceSettingsWrong):
    """The environment variable that a secret refers to is not set."""
