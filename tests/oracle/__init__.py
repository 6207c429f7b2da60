"""The forecast method in plain Python: what every implementation must agree with.

Written from the method's description alone, for clarity and not for speed: day by day, no SQL, no shared
code, standard library only. Sums of money are exact (`Decimal`); chances are floats.

An evening c drives what is learnt. When the evening of a day is meant, entries are counted on that day too.
A live run during a day learns up to the evening before and counts entries and payments as they are now.
"""

from oracle.backtest import Backtest, CalibrationBin, Cutoff, Metrics, backtest, replay
from oracle.deals import Deal, LeadKey, ManagerKey
from oracle.learning import Learnt
from oracle.rows import Forecast, Row, Run, forecast

__all__ = [
    "Backtest",
    "CalibrationBin",
    "Cutoff",
    "Deal",
    "Forecast",
    "LeadKey",
    "Learnt",
    "ManagerKey",
    "Metrics",
    "Row",
    "Run",
    "backtest",
    "forecast",
    "replay",
]
