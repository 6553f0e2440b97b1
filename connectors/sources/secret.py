"""A reference to a secret in the environment: the value itself is in no settings, log or error."""

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field

from connectors.sources.errors import SecretMissing


class Secret(BaseModel):
    """`{env: NAME}` in sync.yaml.

    Attributes:
        env: The environment variable that holds the value.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    env: str = Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")

    def read(self, environ: Mapping[str, str]) -> str:
        """Return the secret.

        Args:
            environ: The environment to read, usually `os.environ`.

        Raises:
            SecretMissing: The variable is not set, or is empty.
        """
        value = environ.get(self.env, "")
        if not value:
            raise SecretMissing(f"The environment variable {self.env} is not set; set it to the secret's value.")
        return value
