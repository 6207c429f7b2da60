"""What all tests share."""

from hypothesis import settings

# A slow machine is no failure. The rest is as before: in CI hypothesis takes the same examples every time.
settings.register_profile("mini-crm", deadline=None)
settings.load_profile("mini-crm")
