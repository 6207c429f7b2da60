"""The forecast page: what will be paid, and how good earlier forecasts were."""
