"""Signing in and changing the password."""
