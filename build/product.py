"""What Windows shows of the product: in the programs' properties, of the installer, and under "Apps"."""

NAME = "Mini CRM"
PUBLISHER = "Mini CRM"
