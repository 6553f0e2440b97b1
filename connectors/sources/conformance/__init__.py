"""The promises of every kind of source as one pytest class; a kind's own test says how to make a source of it.

from connectors.sources.conformance import SourceSuite

class TestCsv(SourceSuite):
    def make(self, folder, people):
        pyarrow.csv.write_csv(people, folder / "people.csv")
        yield {"kind": "csv", "path": "people.csv"}
"""

from connectors.sources.conformance.suite import SourceSuite

__all__ = ["SourceSuite"]
