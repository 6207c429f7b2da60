"""What the program does, whatever database and window it has."""
