"""What the program knows about its business: pure, standard library only."""
