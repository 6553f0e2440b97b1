"""What contact-sync talks to: sources, the platform, its sandbox and our own storage. No Dagster."""
