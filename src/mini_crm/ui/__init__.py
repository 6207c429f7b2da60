"""The desktop program: windows (views) and what they do (presenters)."""
