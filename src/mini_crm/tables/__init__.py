"""Tables that people and machines hand in: from the bytes of a file to rows of cells.

``opening.open_table`` is the door; what comes out is in ``table``.
"""
