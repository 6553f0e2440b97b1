"""The demonstration: sample sources with realistic dirt, and the settings that go with them."""
