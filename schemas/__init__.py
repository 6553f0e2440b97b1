"""What a contact is: fields, rules, issues and outcomes. No input or output, no clock, no Dagster."""
