"""The page for a head of sales: all leads against their targets, and what any of them has; read only."""
