"""The base of all models of sync.yaml."""

from pydantic import BaseModel, ConfigDict


class Strict(BaseModel):
    """Settings that refuse keys they do not know."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)
