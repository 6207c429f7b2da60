"""Where entries, forecasts and accounts are kept: one protocol, an adapter for each database."""
