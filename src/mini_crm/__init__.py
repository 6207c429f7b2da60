"""Mini CRM: team leads enter expected sales, the program forecasts what will be paid."""

__version__ = "0.1.0"
