"""The two gates: what has to pass before anything goes on, and the record of each verdict."""
