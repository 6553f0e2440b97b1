"""The steps of a sync as plain functions. Dagster calls them; none of them knows it."""
