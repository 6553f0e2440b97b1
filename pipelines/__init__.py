"""What happens each night: settings, assets, checks, jobs and the command line."""
